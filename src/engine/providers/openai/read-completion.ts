import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { EngineError } from '../../base/errors'
import { finishOf } from '../../lm/finish'
import type { Finish, LmAnswer, LmRequest, LmResponse, Part } from '../../lm/lm'
import { answerOf } from '../../lm/stored-answer'
import { usageFrom } from '../../lm/usage'
import { isError, readBody } from './event-stream'
import type { Transport } from './transport'

/**
 * Reads the body of a chat completion: the one place that knows the shapes in which servers send text, thoughts, tool calls and the
 * reason why an answer ended. Throws the provider's refusal where the body holds an error, `lm-content-filter` where a filter left
 * nothing of the answer, and `lm-bad-response` for what is no completion or was broken off by the provider.
 */
export function readCompletion(body: string, request: LmRequest, ms: number, transport: Transport): LmResponse {
  const root = readBody(body)
  if (!root) throw notACompletion(body, transport)
  if (isError(root['error'])) throw transport.refusal(200, JSON.stringify(root))
  const choice = Array.isArray(root['choices']) ? root['choices'][0] : undefined
  if (!isJsonObject(choice)) throw notACompletion(body, transport)
  if (isError(choice['error'])) throw transport.refusal(200, JSON.stringify({ error: choice['error'] }))
  const message = messageOf(choice)
  if (!message) throw notACompletion(body, transport)
  const answer = answerIn(message, finishIn(choice))
  if (answer.finish === 'error') throw brokenOff(transport)
  const refusal = typeof message['refusal'] === 'string' ? message['refusal'] : ''
  if (answer.text === '' && (answer.finish === 'filter' || refusal !== '')) throw filtered(refusal, transport)
  // Thoughts are paid for like the answer, so they count where the provider does not.
  const written = answer.parts ? answer.parts.map(part => ('text' in part ? part.text : '')).join('') : answer.text
  return { ...answer, usage: usageFrom(root['usage'], request, written), ms, cached: false, attempts: 1 }
}

/** A server that always streams may leave its own name for the message in a whole answer. */
function messageOf({ message, delta }: JsonObject): JsonObject | undefined {
  if (isJsonObject(message)) return message
  return isJsonObject(delta) ? delta : undefined
}

function finishIn({ finish_reason: reason, finish_details: details }: JsonObject): Finish {
  return finishOf(typeof reason !== 'string' && isJsonObject(details) ? details['type'] : reason)
}

function answerIn(message: JsonObject, finish: Finish): LmAnswer {
  const content = contentOf(message['content'])
  const thoughts = [...apartFrom(message), ...content.thoughts].map(thought => thought.trim()).filter(thought => thought !== '')
  const answer = answerOf({ text: content.text, thoughts })
  const calls = toolCallsOf(message)
  const [call] = calls
  if (!call) return { ...answer, finish }
  // No tools were offered: a server that answers in JSON by calling one made it up to carry the answer.
  if (answer.text.trim() === '' && calls.length === 1)
    return { ...answerOf({ text: call.text, thoughts }), finish: finish === 'tool-calls' ? 'stop' : finish }
  return { text: answer.text, parts: [...(answer.parts ?? [{ type: 'text', text: answer.text }]), ...calls.map(one => one.part)], finish }
}

interface Content {
  readonly text: string
  readonly thoughts: readonly string[]
}

/** A text, a part, a list of both, or null when all tokens went into thoughts. JSON that a server has parsed already is written out again. */
function contentOf(content: Json | undefined): Content {
  if (typeof content === 'string') return { text: content, thoughts: [] }
  if (isJsonObject(content) && !isPart(content))
    return { text: Object.keys(content).length === 0 ? '' : JSON.stringify(content), thoughts: [] }
  const texts: string[] = []
  const thoughts: string[] = []
  for (const part of Array.isArray(content) ? content : [content ?? null]) {
    if (!isJsonObject(part)) texts.push(wordsIn(part))
    else if (typeof part['type'] === 'string' && /reason|think|thought/i.test(part['type'])) thoughts.push(wordsIn(part))
    // Gemini marks a thought with a flag of its own.
    else if (part['thought'] === true) thoughts.push(wordsIn(part))
    else texts.push(wordsIn(part['text'] ?? null))
  }
  return { text: texts.join(''), thoughts }
}

function isPart(content: JsonObject): boolean {
  return typeof content['type'] === 'string' || (typeof content['text'] === 'string' && Object.keys(content).length === 1)
}

/** Thoughts in a field of their own; servers that fill several say the same in each. */
function apartFrom(message: JsonObject): readonly string[] {
  for (const field of thoughtFields) {
    const words = wordsIn(message[field] ?? null)
    if (words.trim() !== '') return [words]
  }
  return []
}

const thoughtFields = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking', 'thinking_blocks'] as const
const wordFields = ['text', 'thinking', 'reasoning', 'content', 'summary', 'value'] as const

/** The words in a thought of any shape; encrypted ones have none. */
function wordsIn(value: Json, depth = 0): string {
  if (typeof value === 'string') return value
  if (depth > deepest) return ''
  if (Array.isArray(value)) return value.map(item => wordsIn(item, depth + 1)).join('')
  if (!isJsonObject(value)) return ''
  for (const field of wordFields) {
    const words = wordsIn(value[field] ?? null, depth + 1)
    if (words !== '') return words
  }
  return ''
}

const deepest = 6

interface ToolCall {
  readonly part: Part
  /** The arguments as they were written. */
  readonly text: string
}

function toolCallsOf(message: JsonObject): readonly ToolCall[] {
  const list = Array.isArray(message['tool_calls']) ? message['tool_calls'] : [{ function: message['function_call'] ?? null }]
  return list.flatMap((call, index): readonly ToolCall[] => {
    const called = isJsonObject(call) ? call['function'] : undefined
    if (!isJsonObject(call) || !isJsonObject(called)) return []
    const given = called['arguments'] ?? null
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    const parsed = parseJson(text)
    const id = typeof call['id'] === 'string' && call['id'] !== '' ? call['id'] : `call-${index}`
    const name = typeof called['name'] === 'string' ? called['name'] : ''
    return [{ part: { type: 'tool-call', id, name, args: parsed.ok ? parsed.value : text }, text }]
  })
}

function notACompletion(body: string, transport: Transport): EngineError {
  const isPage = /^\s*</.test(body)
  const message = isPage
    ? `${transport.host} answered with a web page instead of a completion. Check the base URL, and whether this network asks you to sign in.`
    : `${transport.host} answered with something that is not a chat completion: ${transport.redact(body.slice(0, 200)) || 'nothing'}`
  return new EngineError('lm-bad-response', message, { status: 200, isRetryable: true, isPage })
}

function brokenOff(transport: Transport): EngineError {
  const message = `${transport.host} broke off its answer with an error. Try again later, or choose another model or provider.`
  return new EngineError('lm-bad-response', message, { status: 200, isRetryable: true, isBrokenOff: true })
}

function filtered(refusal: string, transport: Transport): EngineError {
  const said = refusal === '' ? '' : ` It said: ${transport.redact(refusal)}`
  return new EngineError('lm-content-filter', `The content filter of ${transport.host} withheld the answer.${said}`, {
    status: 200,
    isRetryable: false,
  })
}
