import { isJsonObject, parseJson, type Json, type JsonObject } from '../src/lib/json'
import type { ChatRequest, ToolOffer } from '../src/engine/lm/lm'
import type { Message, Part } from '../src/engine/lm/parts'
import { respond } from '../src/engine/providers/sandbox/sandbox-lm'
import type { FakeReply, FakeRequest } from './fake-openai'

/**
 * An answer of a model that can call tools, with the Sandbox behind it: tools that a request offers are called as OpenAI's API has it, in
 * pieces where it asks for these.
 */
export function agentAnswer({ body, model }: Pick<FakeRequest, 'body' | 'model'>): FakeReply {
  const choice = objectOf(objectOf(body['tool_choice'])['function'])['name']
  const tools = offersOf(listOf(body['tools']))
  const request: ChatRequest = {
    model,
    messages: listOf(body['messages']).map(messageOf),
    settings: {},
    ...(tools.length > 0 && { tools }),
    ...(typeof choice === 'string' && { toolChoice: choice }),
  }
  const { text, parts = [] } = respond(request, 0)
  const calls = parts.flatMap((part, index) =>
    part.type === 'tool-call'
      ? [{ index, id: part.id, type: 'function', function: { name: part.name, arguments: JSON.stringify(part.args) } }]
      : [],
  )
  const finish = calls.length > 0 ? 'tool_calls' : 'stop'
  if (body['stream'] === true) return streamed(text, calls, finish)
  const message = { role: 'assistant', content: text === '' ? null : text, ...(calls.length > 0 && { tool_calls: calls }) }
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  return { body: { id: 'a', object: 'chat.completion', model, choices: [{ index: 0, message, finish_reason: finish }], usage } }
}

interface WireCall {
  readonly index: number
  readonly id: string
  readonly type: string
  readonly function: { readonly name: string; readonly arguments: string }
}

/** A call comes with its name first, and its arguments in two halves. */
function streamed(text: string, calls: readonly WireCall[], finish: string): FakeReply {
  const event = (delta: object, reason: string | null = null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`
  const halves = calls.flatMap(({ index, id, type, function: { name, arguments: args } }) => [
    { index, id, type, function: { name, arguments: '' } },
    { index, function: { arguments: args.slice(0, args.length / 2) } },
    { index, function: { arguments: args.slice(args.length / 2) } },
  ])
  const events = [...(text === '' ? [] : [event({ content: text })]), ...halves.map(half => event({ tool_calls: [half] }))]
  return { headers: { 'content-type': 'text/event-stream' }, body: `${events.join('')}${event({}, finish)}data: [DONE]\n\n` }
}

function messageOf(message: JsonObject): Message {
  const { role, content } = message
  const text: readonly Part[] = typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : []
  if (role === 'tool') {
    const read = parseJson(String(content))
    const value = read.ok ? read.value : String(content)
    return { role: 'user', content: [{ type: 'tool-result', id: String(message['tool_call_id']), name: String(message['name']), value }] }
  }
  const calls = listOf(message['tool_calls']).map((call): Part => {
    const called = objectOf(call['function'])
    const args = parseJson(String(called['arguments']))
    return { type: 'tool-call', id: String(call['id']), name: String(called['name']), args: args.ok ? args.value : {} }
  })
  const known = role === 'system' || role === 'assistant' ? role : 'user'
  return { role: known, content: [...text, ...calls] }
}

function offersOf(tools: readonly JsonObject[]): readonly ToolOffer[] {
  return tools.map(tool => {
    const { name, description, parameters } = objectOf(tool['function'])
    return { name: String(name), description: String(description), parameters: objectOf(parameters) }
  })
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isJsonObject(item)) : []
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && isJsonObject(value as Json) ? (value as JsonObject) : {}
}
