import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { submitTool, trajectoryNames } from '../../base/agent-words'
import type { ToolOffer } from '../../lm/lm'
import { partsOf, plainText, type Message, type PlainMessage } from '../../lm/parts'
import { typeOfSchema } from '../../signature/type-of-schema'
import { block } from '../frame'
import { frameText } from '../frame-text'
import { balancedEnd } from '../loose-json'
import { readPythonLiteral } from '../python-literal'
import type { Prompt, PromptField, PromptTool } from './prompt'
import type { PromptMessage } from './read-prompt'

/** A turn of an agent that works in a conversation, as one that is asked with its trajectory would be asked it. */
export interface ConversationTurn {
  /** With the inputs of the conversation's first turn, and what was done since as the input `trajectory`. */
  readonly prompt: Prompt
  readonly tools: readonly PromptTool[]
  /** What `submit` takes. */
  readonly outputs: readonly PromptField[]
}

/**
 * Reads the request for a turn of such an agent: undefined for any other request. `offered` are the tools that came beside the messages, in
 * place of an input that tells of them.
 */
export function conversationTurn(
  prompt: Prompt,
  messages: readonly PromptMessage[],
  offered?: readonly PromptTool[],
): ConversationTurn | undefined {
  if (offered === undefined && !prompt.outputs.some(({ name }) => name === 'tool_calls')) return undefined
  const listed = offered ?? toolsOf(prompt.request['tools'] ?? '')
  const submit = listed.find(({ name }) => name === submitTool)
  if (submit === undefined) return undefined
  const { trajectory, count } = turnsIn(messages)
  const { tools: _tools, ...rest } = prompt.request
  const first = count === 0 ? rest : (prompt.demos.at(-count)?.inputs ?? {})
  const { tools: _firstTools, ...inputs } = first
  const gap = prompt.instructions.lastIndexOf('\n\n')
  return {
    prompt: {
      ...prompt,
      instructions: prompt.instructions.slice(0, Math.max(0, gap)),
      demos: count === 0 ? prompt.demos : prompt.demos.slice(0, -count),
      request: { ...inputs, trajectory },
    },
    tools: listed.filter(tool => tool !== submit),
    outputs: submit.args,
  }
}

/** The turns at the end of the messages, and how many pairs of messages they are. */
function turnsIn(messages: readonly PromptMessage[]): { readonly trajectory: string; readonly count: number } {
  const found: { readonly calls: readonly Json[]; readonly results: readonly Json[] }[] = []
  for (let at = messages.length - 2; at > 0; at -= 2) {
    const results = listIn(messages[at]?.content ?? '', frameText.toolResults)
    const calls = listIn(messages[at - 1]?.content ?? '', 'tool_calls')
    if (messages[at]?.role !== 'user' || results === undefined || calls === undefined) break
    found.unshift({ calls, results })
  }
  const entries = found.flatMap(({ calls, results }) => results.map((result, index) => ({ result, call: calls[index] ?? null })))
  const parts = entries.map(({ result, call }, index) => {
    const names = trajectoryNames(index)
    const { name = '', value = null } = isJsonObject(result) ? result : {}
    const args = isJsonObject(call) ? (call['args'] ?? {}) : {}
    const texts = [block(names.thought, ''), block(names.tool, String(name)), block(names.args, JSON.stringify(args))]
    return [...texts, block(names.observation, typeof value === 'string' ? value : JSON.stringify(value))].join('\n\n')
  })
  return { trajectory: parts.join('\n\n'), count: found.length }
}

/** The list under a name in the first object of a text that begins with it. */
function listIn(text: string, name: string): readonly Json[] | undefined {
  const start = text.indexOf(`{"${name}"`)
  const end = start < 0 ? undefined : balancedEnd(text, start)
  const read = end === undefined ? undefined : parseJson(text.slice(start, end))
  const list = read?.ok && isJsonObject(read.value) ? read.value[name] : undefined
  return Array.isArray(list) ? list : undefined
}

/** The tools of a list of texts: each a name, a description in tags, and the schemas of its arguments as Python writes them. */
function toolsOf(text: string): readonly PromptTool[] {
  const list = parseJson(text)
  if (!list.ok || !Array.isArray(list.value)) return []
  return list.value.flatMap(item => {
    const line = String(item)
    const name = /^\w+/.exec(line)?.[0]
    if (name === undefined) return []
    const open = line.indexOf('<desc>')
    const close = open < 0 ? -1 : line.indexOf('</desc>', open)
    const desc = close < 0 ? '' : line.slice(open + '<desc>'.length, close)
    const start = line.indexOf('{', Math.max(0, close))
    const schemas = start < 0 ? undefined : readPythonLiteral(line.slice(start, line.lastIndexOf('}') + 1))
    return [{ name, desc, args: argumentsOf(schemas !== undefined && isJsonObject(schemas) ? schemas : {}) }]
  })
}

/** A tool that a request offers, as a prompt would tell of it. */
export function toolOffered({ name, description, parameters }: ToolOffer): PromptTool {
  const { properties = null } = parameters
  return { name, desc: description, args: argumentsOf(isJsonObject(properties) ? properties : {}) }
}

function argumentsOf(schemas: JsonObject): readonly PromptField[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    type: typeOfSchema(schema),
    desc: isJsonObject(schema) && typeof schema['description'] === 'string' ? schema['description'] : '',
  }))
}

/** Messages as text, with calls of tools and their results as a prompt without native calls shows them. */
export function toldInWords(messages: readonly Message[]): readonly PlainMessage[] {
  return messages.map(message => {
    const parts = partsOf(message.content)
    const calls = parts.flatMap(part => (part.type === 'tool-call' ? [{ name: part.name, args: part.args }] : []))
    const results = parts.flatMap(part =>
      part.type === 'tool-result' ? [{ call_id: part.id, name: part.name ?? '', value: part.value }] : [],
    )
    const words = plainText(parts.filter(({ type }) => type !== 'tool-call' && type !== 'tool-result'))
    const told = [
      ...(words === '' ? [] : [words]),
      ...(calls.length === 0 ? [] : [JSON.stringify({ tool_calls: calls })]),
      ...(results.length === 0 ? [] : [JSON.stringify({ [frameText.toolResults]: results })]),
    ]
    return { ...message, content: told.join('\n\n') }
  })
}

/** The turns at the end of a conversation, as an agent that is asked with its trajectory would be shown them. */
export function trajectoryOf(messages: readonly PromptMessage[]): string {
  return turnsIn(messages).trajectory
}
