import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import type { TypeOf } from './field-type'
import { fitted, isList, type TypeKind } from './type-kind'

/**
 * DSPy's `History`: earlier turns of a conversation, each with values by the names of the signature's fields. They are sent as messages of
 * their own before the current one. A list of turns alone is taken for one, as data has it.
 */
export const historyKind: TypeKind<TypeOf<'history'>> = {
  help: 'Earlier turns of a conversation',
  example: { kind: 'history' },
  given: 'histories',
  spell: (_type, _spell, place) => (place === 'prompt' ? 'History' : 'dspy.History'),
  schema: () => ({
    type: 'object',
    properties: { messages: { type: 'array', items: { type: 'object', additionalProperties: true } } },
    required: ['messages'],
  }),
  closedSchema: () => undefined,
  fit(_type, value) {
    const turns = isList(value) ? value : isJsonObject(value) && Object.keys(value).length === 1 ? value['messages'] : undefined
    if (turns === undefined || !isList(turns)) return undefined
    const odd = turns.findIndex(turn => !isJsonObject(turn))
    if (odd >= 0) return { ok: false, reason: `turn ${odd + 1} is not an object of values by the names of fields` }
    return { ok: true, value: { messages: turns } }
  },
  fitness: (_type, value) => (isJsonObject(value) && isList(value['messages'] ?? null) ? 'exact' : 'lax'),
  parts: () => [],
}

/** DSPy's `Tool` as far as data can hold one: what a model reads of it. What it does belongs to the step that calls it. */
export const toolKind: TypeKind<TypeOf<'tool'>> = {
  help: 'What a tool does and takes',
  example: { kind: 'tool' },
  given: 'tools',
  spell: (_type, _spell, place) => (place === 'prompt' ? 'Tool' : 'dspy.Tool'),
  schema: () => ({
    type: 'object',
    properties: { args: openObject, desc: { type: 'string' }, name: { type: 'string' } },
    required: ['name'],
  }),
  closedSchema: () => undefined,
  fit: (_type, value) => fitted(toTool(value)),
  fitness: (_type, value) => (toTool(value) === undefined ? 'lax' : 'exact'),
  parts: () => [],
}

/** DSPy's `ToolCalls`: which tools a model wants called, with what. */
export const toolCallsKind: TypeKind<TypeOf<'tool-calls'>> = {
  help: 'Calls of tools that the model asks for',
  example: { kind: 'tool-calls' },
  spell: (_type, _spell, place) => (place === 'prompt' ? 'ToolCalls' : 'dspy.ToolCalls'),
  schema: () => ({
    type: 'object',
    properties: {
      tool_calls: {
        type: 'array',
        items: { type: 'object', properties: { args: openObject, name: { type: 'string' } }, required: ['name', 'args'] },
      },
    },
    required: ['tool_calls'],
  }),
  // The arguments are whatever the tool takes.
  closedSchema: () => undefined,
  fit: (_type, value) => fitted(toToolCalls(value)),
  fitness: (_type, value) => (isJsonObject(value) && 'tool_calls' in value ? 'exact' : 'lax'),
  parts: () => [],
}

const openObject: JsonObject = { type: 'object', additionalProperties: true }

/** In the keys of DSPy's class, also out of the shape in which providers take tools. */
function toTool(value: Json): Json | undefined {
  if (!isJsonObject(value)) return undefined
  const { name, desc, description, args, parameters } = isJsonObject(value['function'] ?? null) ? Object(value['function']) : value
  if (typeof name !== 'string' || name === '') return undefined
  const words = desc ?? description
  const given = args ?? (isJsonObject(parameters) ? parameters['properties'] : undefined) ?? {}
  if (!isJsonObject(given) || (words !== undefined && words !== null && typeof words !== 'string')) return undefined
  return { name, ...(typeof words === 'string' && words !== '' && { desc: words }), args: given }
}

/** A list, one call, or the whole object, each with the keys of DSPy or of providers. */
function toToolCalls(value: Json): Json | undefined {
  const results = isJsonObject(value) ? (value['tool_call_results'] ?? null) : null
  const calls = isList(value) ? value : !isJsonObject(value) ? undefined : 'tool_calls' in value ? value['tool_calls'] : [value]
  if (calls === undefined || !isList(calls)) return undefined
  const read = calls.map(toToolCall)
  if (!read.every(call => call !== undefined)) return undefined
  return { tool_calls: read, ...(results !== null && { tool_call_results: results }) }
}

function toToolCall(value: Json): Json | undefined {
  if (!isJsonObject(value)) return undefined
  const { function: called, id, call_id: callId } = value
  const { name: own, args, arguments: others } = called === undefined ? value : isJsonObject(called) ? called : {}
  const name = own ?? value['name']
  if (typeof name !== 'string') return undefined
  const given = args ?? others
  if (called === undefined && given === undefined) return undefined
  const key = id ?? callId
  return { ...(typeof key === 'string' && key !== '' && { id: key }), name, args: argumentsIn(given) }
}

/** Providers give arguments as the text of an object. What is no object is none. */
function argumentsIn(given: Json | undefined): JsonObject {
  const read = typeof given === 'string' ? parseJson(given) : undefined
  const value = read?.ok ? read.value : given
  return isJsonObject(value) ? value : {}
}
