import type { ChatCompletionCreateParams, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { EngineError, isEngineError } from '../../base/errors'
import type { RefusablePart } from '../../lm/refusable'
import type { NamedPart } from './read-refusal'

type ChatBody = ChatCompletionCreateParams

/**
 * The body of a chat request as a model takes it that refuses some parts: a limit goes by its other name, a system message to the front
 * of the first question, a schema becomes a free object and that becomes plain text; the rest is left out. A limit that is
 * refused by both names stays, since an answer without one is not what was asked for. Tools stay, too: without them it would be another question,
 * which only its asker can put (see `toolsRefused`).
 */
export function writtenWithout(body: ChatBody, refused: readonly RefusablePart[]): ChatBody {
  if (refused.length === 0) return body
  const no = (part: RefusablePart): boolean => refused.includes(part)
  const {
    temperature,
    top_p,
    stop,
    seed,
    reasoning_effort,
    response_format,
    max_tokens,
    max_completion_tokens,
    messages,
    stream,
    stream_options,
    tool_choice,
    ...rest
  } = body
  const format = responseFormat(response_format, refused)
  return {
    ...rest,
    ...pieces({ stream, stream_options }, refused),
    messages: no('system') ? folded(messages) : messages,
    ...(temperature !== undefined && !no('temperature') && { temperature }),
    ...(top_p !== undefined && !no('top_p') && { top_p }),
    ...limit({ max_tokens, max_completion_tokens }, refused),
    ...(stop !== undefined && !no('stop') && { stop }),
    ...(seed !== undefined && !no('seed') && { seed }),
    ...(reasoning_effort !== undefined && !no('reasoning_effort') && { reasoning_effort }),
    ...(format && { response_format: format }),
    ...(tool_choice !== undefined && !no('tool_choice') && { tool_choice }),
  }
}

/**
 * What the refusal of a body teaches: of each of its texts, the first part that was really sent. The error comes back as one to try
 * again at once; as it was where it names nothing that could be left out, so that nobody asks forever.
 */
export function learnedFrom(error: unknown, body: ChatBody, refused: readonly RefusablePart[]): unknown {
  const groups = isEngineError(error) ? error.facts['refused'] : undefined
  if (!isEngineError(error) || !Array.isArray(groups)) return error
  // A limit refused by both names is still sent, and teaches nothing more.
  const sent = partsOf(body).filter(part => !refused.includes(part))
  const learned = groups.flatMap(group => {
    const names = Array.isArray(group) ? group : []
    const found = sent.find(part => part === first(names, sent))
    return found === undefined ? [] : [found]
  })
  if (learned.length === 0) return error
  const about = { ...error.facts, learned: [...new Set(learned)] }
  if (learned.includes('tools')) return new EngineError('lm-bad-request', error.message, { ...about, isRetryable: false }, error)
  return new EngineError(error.code, error.message, { ...about, isRetryable: true, retryAfterMs: 1 }, error)
}

/** A refusal speaks of one format, the one that was sent, whichever others it recommends. */
function first(names: readonly unknown[], sent: readonly RefusablePart[]): RefusablePart | undefined {
  const format = sent.find(isFormat)
  const mapped = names.map(name => (isFormat(name) ? format : name))
  if (sent.includes('tools') && (mapped.includes('tools') || mapped.includes('tool_choice'))) return firstOfTools(mapped, sent)
  // Models that take one of the two at a time are told so in one sentence.
  if (mapped[0] === 'temperature' && mapped[1] === 'top_p' && sent.includes('top_p') && sent.includes('temperature')) return 'top_p'
  return sent.find(part => part === mapped.find(name => sent.some(one => one === name)))
}

/**
 * A refusal of tools that were sent. Where an answer in a format was asked for as well, some servers take only one of the two: then the format goes. A choice
 * that was not sent is a word for the tools.
 */
function firstOfTools(named: readonly unknown[], sent: readonly RefusablePart[]): RefusablePart | undefined {
  const format = sent.find(isFormat)
  if (format !== undefined && named.includes(format)) return format
  return named.includes('tool_choice') && sent.includes('tool_choice') ? 'tool_choice' : 'tools'
}

function isFormat(name: unknown): name is NamedPart {
  return name === 'format' || name === 'json_schema' || name === 'json_object'
}

/** The parts of a body that could go without. */
function partsOf(body: ChatBody): readonly RefusablePart[] {
  const format = body.response_format?.type
  return [
    ...(body.stream === true ? (['stream'] as const) : []),
    ...(body.messages.some(({ role }) => role === 'system') ? (['system'] as const) : []),
    ...(format === 'json_schema' || format === 'json_object' ? [format] : []),
    ...settingNames.filter(name => body[name] !== undefined),
    ...(body.tools !== undefined ? (['tools'] as const) : []),
  ]
}

const settingNames = [
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'reasoning_effort',
  'stream_options',
  'tool_choice',
] as const

function limit(
  { max_tokens, max_completion_tokens }: Pick<ChatBody, 'max_tokens' | 'max_completion_tokens'>,
  refused: readonly RefusablePart[],
): Pick<ChatBody, 'max_tokens' | 'max_completion_tokens'> {
  const most = max_completion_tokens ?? max_tokens
  if (most === undefined || most === null) return {}
  const own = max_completion_tokens === undefined ? 'max_tokens' : 'max_completion_tokens'
  const other = own === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  return { [refused.includes(own) && !refused.includes(other) ? other : own]: most }
}

/** Of an answer that comes whole, the count of tokens comes unasked. */
function pieces(
  { stream, stream_options }: Pick<ChatBody, 'stream' | 'stream_options'>,
  refused: readonly RefusablePart[],
): { stream?: boolean; stream_options?: NonNullable<ChatBody['stream_options']> } {
  if (typeof stream !== 'boolean') return {}
  if (!stream || refused.includes('stream')) return { stream: false }
  return { stream: true, ...(stream_options && !refused.includes('stream_options') && { stream_options }) }
}

function responseFormat(format: ChatBody['response_format'], refused: readonly RefusablePart[]): ChatBody['response_format'] {
  if (format === undefined || format.type === 'text') return format
  if (format.type === 'json_schema' && !refused.includes('json_schema')) return format
  return refused.includes('json_object') ? undefined : { type: 'json_object' }
}

function folded(messages: readonly ChatCompletionMessageParam[]): ChatCompletionMessageParam[] {
  // Ours are texts, whatever else the API would take.
  const system = messages.flatMap(({ role, content }) => (role === 'system' && typeof content === 'string' ? [content] : [])).join('\n\n')
  const others = messages.filter(({ role }) => role !== 'system')
  if (system === '') return others
  const at = others.findIndex(({ role }) => role === 'user')
  const asked = others[at]
  if (asked === undefined || asked.role !== 'user') return [{ role: 'user', content: system }, ...others]
  const content =
    typeof asked.content === 'string'
      ? `${system}\n\n${asked.content}`
      : [{ type: 'text' as const, text: `${system}\n\n` }, ...asked.content]
  return others.with(at, { ...asked, content })
}
