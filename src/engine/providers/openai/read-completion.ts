import { cutText } from '@/lib/cut-text'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { EngineError } from '../../base/errors'
import { finishOf } from '../../lm/finish'
import type { ChatRequest, Finish, LmAnswer, LmResponse } from '../../lm/lm'
import { redact } from '../../lm/keys/redact'
import type { Part } from '../../lm/parts'
import { answerOf } from '../../lm/kept/stored-answer'
import { usageFrom } from '../../lm/usage'
import { isError } from './event-stream'
import { readAnswer, type AnswerShape } from './read-answer'
import { contentOf, thoughtsApart, type Content } from './read-content'
import { listedCalls, toolCalls, type ToolCall } from './tool-calls'
import type { Transport } from './transport'

/**
 * Reads the body of a chat completion: the one place that knows the shapes in which servers send text, thoughts, tool calls and the
 * reason why an answer ended. Throws the provider's refusal where the body holds an error, `lm-content-filter` where a filter left
 * nothing of the answer, and `lm-bad-response` for what is no completion or was broken off by the provider.
 */
export function readCompletion(body: string, request: ChatRequest, ms: number, transport: Transport): LmResponse {
  const { choice, usage } = readAnswer(body, transport, completion)
  if (isError(choice['error'])) throw transport.refusal(200, JSON.stringify({ error: choice['error'] }))
  const message = messageOf(choice) ?? {}
  const content = contentOf(message['content'])
  const calls = callsIn(message, content)
  const said = { content, calls, thoughtsApart: thoughtsApart(message), mayCall: request.tools !== undefined }
  const answer = withCitations(answerIn(said, finishIn(choice)), message)
  if (answer.finish === 'error') throw brokenOff(transport)
  const refusal = typeof message['refusal'] === 'string' && message['refusal'] !== '' ? message['refusal'] : content.refusal
  if (answer.text === '' && (answer.finish === 'filter' || refusal !== '')) throw filtered(refusal, transport)
  const unread = [...content.wordless, ...(calls.length === 0 ? unreadCalls(message) : [])]
  if (answer.text === '' && calls.length === 0 && unread.length > 0) throw wordless(unread, transport)
  // Thoughts are paid for like the answer, so they count where the provider does not.
  const written = answer.parts ? answer.parts.map(writtenIn).join('') : answer.text
  if (written.length > mostCharacters) throw tooLong(written.length, transport)
  return { ...answer, usage: usageFrom(usage, request, written), ms, cached: false, attempts: 1 }
}

function writtenIn(part: Part): string {
  if (part.type === 'tool-call') return `${part.name}${JSON.stringify(part.args)}`
  return 'text' in part ? part.text : ''
}

const completion: AnswerShape<{ readonly choice: JsonObject; readonly usage?: Json }> = {
  what: 'a chat completion',
  mayChange: true,
  isOtherApi: isWithoutChoices,
  find(body) {
    if (isWithoutChoices(body)) return 'it has no list of choices. Check the base URL; it often ends in /v1'
    if (!isJsonObject(body)) return 'it is no object'
    const { choices, usage } = body
    if (!Array.isArray(choices)) return 'it has no list of choices'
    const answers = choices.filter(isJsonObject)
    const choice = answers.find(one => one['index'] === 0) ?? answers[0]
    if (!choice) return choices.length === 0 ? 'its list of choices is empty' : 'its choices are no objects'
    // Of an answer that was withheld or broken off, nothing may be left but the reason.
    const isEmpty = !messageOf(choice) && !isError(choice['error']) && !['filter', 'error'].includes(finishIn(choice))
    return isEmpty ? 'its choice holds no message' : { choice, ...(usage !== undefined && { usage }) }
  },
}

function isWithoutChoices(body: Json): boolean {
  const first = Array.isArray(body) ? body[0] : body
  return isJsonObject(first) && !('choices' in first) && Object.keys(first).length > 0
}

/** A server that always streams may leave its own name for the message in a whole answer. */
function messageOf({ message, delta }: JsonObject): JsonObject | undefined {
  if (isJsonObject(message)) return message
  return isJsonObject(delta) ? delta : undefined
}

function finishIn({ finish_reason: reason, finish_details: details }: JsonObject): Finish {
  return finishOf(typeof reason !== 'string' && isJsonObject(details) ? details['type'] : reason)
}

interface Said {
  readonly content: Content
  readonly calls: readonly ToolCall[]
  readonly thoughtsApart: readonly string[]
  /** Tools were offered. */
  readonly mayCall: boolean
}

function answerIn({ content, calls, thoughtsApart: apart, mayCall }: Said, finish: Finish): LmAnswer {
  const thoughts = [...apart, ...content.thoughts].map(thought => thought.trim()).filter(thought => thought !== '')
  const answer = answerOf({ text: content.text, thoughts })
  const [call] = calls
  if (!call) return { ...answer, finish }
  // No tools were offered: a server that answers in JSON by calling one made it up to carry the answer.
  if (!mayCall && answer.text.trim() === '' && calls.length === 1)
    return { ...answerOf({ text: call.text, thoughts }), finish: finish === 'tool-calls' ? 'stop' : finish }
  return { text: answer.text, parts: [...(answer.parts ?? [{ type: 'text', text: answer.text }]), ...calls.map(one => one.part)], finish }
}

/** Gateways to Anthropic's models tell beside the text what it cites: a list for each of its pieces, or one list of all. */
function withCitations(answer: LmAnswer, { provider_specific_fields: special }: JsonObject): LmAnswer {
  const told = isJsonObject(special) ? special['citations'] : undefined
  const citations = (Array.isArray(told) ? told.flat(1) : []).filter(one => isJsonObject(one) && typeof one['cited_text'] === 'string')
  if (citations.length === 0) return answer
  return { ...answer, parts: [...(answer.parts ?? [{ type: 'text', text: answer.text }]), { type: 'citations', citations }] }
}

/** Servers that put calls into the content as well repeat those that stand beside it. */
function callsIn(message: JsonObject, content: Content): readonly ToolCall[] {
  const listed = listedCalls(message['tool_calls'])
  const beside = toolCalls(listed.length > 0 ? listed : [{ function: message['function_call'] ?? null }])
  return beside.length > 0 ? beside : toolCalls(content.calls)
}

/** Fields of calls that hold something which is no call. */
function unreadCalls(message: JsonObject): readonly string[] {
  return ['tool_calls', 'function_call'].filter(
    name => Object.keys(typeof message[name] === 'object' ? (message[name] ?? {}) : {}).length > 0,
  )
}

function brokenOff(transport: Transport): EngineError {
  const message = `${transport.host} broke off its answer with an error. Try again later, or choose another model or provider.`
  return new EngineError('lm-bad-response', message, { status: 200, isRetryable: true, isBrokenOff: true })
}

/** Several times what the models with the longest answers can write. */
const mostCharacters = 4 * 1024 * 1024

function tooLong(length: number, transport: Transport): EngineError {
  const message = `${transport.host} sent an answer of ${Math.round(length / 1e6)} million characters, more than is read. Lower the token limit, or tell the model to write less.`
  return new EngineError('lm-bad-response', message, { status: 200, isRetryable: false, characters: length })
}

function filtered(refusal: string, transport: Transport): EngineError {
  const said = refusal === '' ? '' : ` It said: ${cutText(redact(refusal), 400)}`
  return new EngineError('lm-content-filter', `The content filter of ${transport.host} withheld the answer.${said}`, {
    status: 200,
    isRetryable: false,
  })
}

function wordless(types: readonly string[], transport: Transport): EngineError {
  const named = cutText(redact([...new Set(types)].join(', ')), 100)
  const message = `${transport.host} answered without words, in a form that is not read: ${named}. Choose a model that answers in text.`
  return new EngineError('lm-bad-response', message, { status: 200, isRetryable: false })
}
