import { deepestValue, isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import type { Part } from '../../lm/parts'

export interface ToolCall {
  readonly part: Part
  /** The arguments as they were written. */
  readonly text: string
}

/** The calls in a field of that name: a list, one call alone, or an object of calls by their numbers. */
export function listedCalls(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value
  if (!isJsonObject(value)) return []
  return calledIn(value) ? [value] : Object.values(value)
}

export interface Called {
  readonly name?: Json
  readonly args?: Json
}

/** What a call calls, with its arguments by any name that servers give them. Undefined for what is no call. */
export function calledIn(call: JsonObject): Called | undefined {
  const inner = isJsonObject(call['function']) ? call['function'] : undefined
  const name = (inner ?? call)['name']
  const given = [inner, call].flatMap(holder => (holder ? argumentFields.map(field => holder[field]) : []))
  const args = given.find(value => value !== undefined && value !== null)
  if (!inner && args === undefined && !isCallType(call['type'])) return undefined
  return { ...(name !== undefined && { name }), ...(args !== undefined && { args }) }
}

const argumentFields = ['arguments', 'parameters', 'input'] as const

/** The types by which a call is told from a part that holds words. */
export function isCallType(type: Json | undefined): boolean {
  return typeof type === 'string' && /^(?:tool_use|tool_call|function_call)$/.test(type)
}

/** Calls as parts of an answer, without an id where the server gave none. What is no call is left out. */
export function toolCalls(calls: readonly Json[]): readonly ToolCall[] {
  return calls.flatMap((call): readonly ToolCall[] => {
    const called = isJsonObject(call) ? calledIn(call) : undefined
    if (!isJsonObject(call) || !called) return []
    const given = called.args ?? ''
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    const parsed = parseJson(text, { deepest: deepestValue })
    const id = [call['call_id'], call['id']].find(one => typeof one === 'string' && one !== '') ?? ''
    const name = typeof called.name === 'string' ? called.name : ''
    return [{ part: { type: 'tool-call', id: String(id), name, args: parsed.ok ? parsed.value : text }, text }]
  })
}
