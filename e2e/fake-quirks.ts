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

/** In which of the shapes seen at real servers a refusal comes. */
export type RefusalShape = 'openai' | 'router' | 'detail-list' | 'text' | 'server-error'

export interface QuirkOptions {
  readonly shape?: RefusalShape
  /** The request from which on it refuses, counted from 0. */
  readonly from?: number
}

/** Refuses requests that hold one of the parts, and answers the others. */
export function refusing(quirks: readonly Quirk[], answer: Answer, { shape = 'openai', from = 0 }: QuirkOptions = {}): Answer {
  return request => {
    const quirk = request.index < from ? undefined : quirks.find(one => holds(request, one))
    return quirk === undefined ? answer(request) : refusalOf(quirk, shape)
  }
}

export function holds({ body, messages }: Pick<FakeRequest, 'body' | 'messages'>, quirk: Quirk): boolean {
  if (quirk === 'system') return messages.some(({ role }) => role === 'system')
  if (quirk !== 'json_schema' && quirk !== 'json_object') return body[quirk] !== undefined
  const format = body['response_format']
  return typeof format === 'object' && format !== null && 'type' in format && format.type === quirk
}

export function refusalOf(quirk: Quirk, shape: RefusalShape): FakeReply {
  const message = sentences[quirk]
  if (shape === 'openai') return { status: 400, body: { error: { message, type: 'invalid_request_error', param: null, code: null } } }
  if (shape === 'server-error') return { status: 500, body: { error: { message } } }
  if (shape === 'text') return { status: 422, body: `Bad request: ${message}` }
  if (shape === 'router') {
    const raw = JSON.stringify({ error: { message, code: 'unsupported' } })
    return {
      status: 400,
      body: { error: { message: 'Provider returned error', code: 400, metadata: { raw, provider_name: 'Elsewhere' } } },
    }
  }
  const entry =
    quirk === 'system'
      ? { type: 'literal_error', loc: ['body', 'messages', 0, 'role'], msg: "Input should be 'user' or 'assistant'", input: 'system' }
      : quirk === 'json_schema' || quirk === 'json_object'
        ? { type: 'literal_error', loc: ['body', 'response_format', 'type'], msg: "Input should be 'text'", input: quirk }
        : { type: 'extra_forbidden', loc: ['body', quirk], msg: 'Extra inputs are not permitted', input: 1 }
  return { status: 422, body: { detail: [entry] } }
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
}
