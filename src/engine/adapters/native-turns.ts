import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { Values } from '../base/example'
import { contentOf, type Message, type Part } from '../lm/parts'
import { coerceValue } from '../signature/check-value'
import type { Field } from '../signature/signature'
import type { Layout } from './frame'

/** The value of a turn that holds calls of tools, under whichever name, as DSPy looks for it. */
export function calledIn(turn: Values): JsonObject | undefined {
  const value = Object.values(turn).find((one): one is JsonObject => isJsonObject(one) && 'tool_calls' in one)
  const read = value && coerceValue({ kind: 'tool-calls' }, value)
  return read?.ok && isJsonObject(read.value) ? read.value : undefined
}

/**
 * A turn whose calls and results are parts: the assistant's message with the outputs that the turn has and its calls, then the results.
 * Calls without a result for each, in their order and by their ids, are left out, since a provider refuses them; of a turn with nothing
 * else nothing is left. Source: dspy-spec §2.6.
 */
export function nativeMessages(
  layout: Pick<Layout, 'answer'>,
  outputs: readonly Field[],
  values: Values,
  called: JsonObject,
): readonly Message[] {
  const given = outputs.filter(({ name, type }) => type.kind !== 'tool-calls' && (values[name] ?? null) !== null)
  const text: readonly Part[] = given.length === 0 ? [] : [{ type: 'text', text: layout.answer(given, values, undefined) }]
  const calls = listOf(called['tool_calls'])
  const held = called['tool_call_results'] ?? null
  const results = isJsonObject(held) ? listOf(held['tool_call_results']) : listOf(held)
  const isWhole =
    held !== null &&
    calls.length === results.length &&
    calls.every((call, at) => idOf(call) !== '' && idOf(call) === results[at]?.['call_id'])
  if (!isWhole) return text.length === 0 ? [] : [{ role: 'assistant', content: contentOf(text) }]
  const callParts = calls.map((call): Part => ({
    type: 'tool-call',
    id: idOf(call),
    name: String(call['name'] ?? ''),
    args: call['args'] ?? {},
  }))
  const resultParts = results.map((result): Part => ({
    type: 'tool-result',
    id: String(result['call_id']),
    name: String(result['name'] ?? ''),
    value: result['value'] ?? null,
  }))
  const messages: Message[] = []
  const said = [...text, ...callParts]
  if (said.length > 0) messages.push({ role: 'assistant', content: contentOf(said) })
  if (resultParts.length > 0) messages.push({ role: 'user', content: resultParts })
  return messages
}

function idOf(call: JsonObject): string {
  return typeof call['id'] === 'string' ? call['id'] : ''
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
