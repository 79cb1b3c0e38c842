import type { FakeOpenAiOptions, FakeReply, FakeRequest } from './fake-openai'

type Answer = NonNullable<FakeOpenAiOptions['answer']>

/** What a server may refuse in a request, by the name it has there. */
export type Quirk =
  | 'system'
  | 'json_schema'
  | 'json_object'
  | 'max_tokens'
  | 'max_completion_tokens'
  | 'temperature'
  | 'top_p'
  | 'stop'
  | 'seed'
  | 'reasoning_effort'
  | 'stream_options'
  | 'stream'

/** In which of the shapes seen at real servers a refusal comes. */
export const refusalShapes = ['openai', 'router', 'detail-list', 'text', 'server-error', 'html', 'router-html'] as const
export type RefusalShape = (typeof refusalShapes)[number]

export interface QuirkOptions {
  readonly shape?: RefusalShape
  /** The request from which on it refuses, counted from 0. */
  readonly from?: number
  /** True: one refusal names everything that is wrong; else the first thing only, as most servers do. */
  readonly isThorough?: boolean
}

/** Refuses requests that hold one of the parts, and answers the others. */
export function refusing(quirks: readonly Quirk[], answer: Answer, options: QuirkOptions = {}): Answer {
  const { shape = 'openai', from = 0, isThorough = false } = options
  return request => {
    const held = request.index < from ? [] : quirks.filter(one => holds(request, one))
    return held.length === 0 ? answer(request) : refusalOf(isThorough ? held : held.slice(0, 1), shape)
  }
}

export function holds({ body, messages }: Pick<FakeRequest, 'body' | 'messages'>, quirk: Quirk): boolean {
  if (quirk === 'system') return messages.some(({ role }) => role === 'system')
  if (quirk === 'stream') return body['stream'] === true
  if (quirk !== 'json_schema' && quirk !== 'json_object') return body[quirk] !== undefined
  const format = body['response_format']
  return typeof format === 'object' && format !== null && 'type' in format && format.type === quirk
}

export function refusalOf(quirks: readonly Quirk[], shape: RefusalShape): FakeReply {
  const message = quirks.map(quirk => sentences[quirk]).join(' ')
  switch (shape) {
    case 'openai':
      return { status: 400, body: { error: { message, type: 'invalid_request_error', param: null, code: null } } }
    case 'server-error':
      return { status: 500, body: { error: { message } } }
    case 'text':
      return { status: 422, body: `Bad request: ${message}` }
    case 'html':
      return { status: 400, headers: { 'content-type': 'text/html' }, body: page(message) }
    case 'router':
      return routed(JSON.stringify({ error: { message, code: 'unsupported' } }))
    case 'router-html':
      return routed(page(message))
    case 'detail-list':
      return { status: 422, body: { detail: quirks.map(detailOf) } }
  }
}

/** What a gateway says of the refusal behind it. */
function routed(raw: string): FakeReply {
  return {
    status: 400,
    body: { error: { message: 'Provider returned error', code: 400, metadata: { raw, provider_name: 'Elsewhere' } } },
  }
}

/** As proxies dress what a server said, with words of their own around it. */
function page(message: string): string {
  const escaped = message.replaceAll('&', '&amp;').replaceAll("'", '&#39;').replaceAll('"', '&quot;')
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8"><title>400 Bad Request</title>',
    '<style>body { max-width: 40em } .stop { color: #c00 } /* no system fonts: not supported everywhere */</style></head>',
    `<body><h1>Bad Request</h1><p class="stop">${escaped}</p><hr><address>gateway/1.27.0 at models.example</address>`,
    '<script>document.title = "This temperature is not supported"</script></body></html>',
  ].join('\n')
}

function detailOf(quirk: Quirk): object {
  if (quirk === 'system')
    return { type: 'literal_error', loc: ['body', 'messages', 0, 'role'], msg: "Input should be 'user' or 'assistant'", input: 'system' }
  return quirk === 'json_schema' || quirk === 'json_object'
    ? { type: 'literal_error', loc: ['body', 'response_format', 'type'], msg: "Input should be 'text'", input: quirk }
    : { type: 'extra_forbidden', loc: ['body', quirk], msg: 'Extra inputs are not permitted', input: 1 }
}

const sentences: Readonly<Record<Quirk, string>> = {
  system: 'System role not supported',
  json_schema: "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
  json_object: "'response_format.type' must be 'json_schema' or 'text'",
  max_tokens: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  max_completion_tokens: 'Unrecognized request argument supplied: max_completion_tokens',
  temperature: "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
  top_p: '`top_p` is deprecated for this model.',
  stop: "Unsupported parameter: 'stop' is not supported with this model.",
  seed: 'property "seed" is unsupported',
  reasoning_effort: 'This model does not support reasoning_effort',
  stream_options: 'Unrecognized request argument supplied: stream_options',
  stream: 'Streaming is not supported by this model.',
}
