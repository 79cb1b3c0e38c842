import { isJsonObject, type Json } from '@/lib/json'
import type { Values } from '../base/example'
import type { Message } from '../lm/parts'
import { coerceValue } from '../signature/check-value'
import type { Field } from '../signature/signature'
import type { FieldType } from '../signature/types/field-type'
import type { Frame, Layout } from './frame'
import { calledIn, nativeMessages } from './native-turns'

/** The input that holds earlier turns: the first one of that very type, as in DSPy. */
export function historyField(inputs: readonly Field[]): Field | undefined {
  return inputs.find(({ type }) => type.kind === 'history')
}

/**
 * The messages of earlier turns, between the demos and the request. A turn is the inputs that it has, with the reminder, and an answer in
 * the adapter's layout, in which `None` stands for an output that it lacks; one without inputs is an answer alone. Results of tools that
 * stand beside their calls follow as a turn of the user; natively, calls and results are parts (see `nativeMessages`). What is no history, as an empty input, is no turn.
 * Source: dspy-spec §2.6, dspy-spec-3.4 §A.2 (H01: turns of the user end with the reminder).
 */
export function historyMessages(
  layout: Layout,
  { inputs, outputs, reminder, nativeTools }: Pick<Frame, 'inputs' | 'outputs' | 'reminder'> & { readonly nativeTools: boolean },
  history: Json | undefined,
  userContent: (fields: readonly Field[], values: Values, suffix?: string) => Message['content'],
): readonly Message[] {
  const messages: Message[] = []
  for (const turn of turnsOf(history)) {
    const values = given(turn, [...inputs, ...outputs])
    const hasInput = inputs.some(({ name }) => Object.hasOwn(values, name))
    if (hasInput) messages.push({ role: 'user', content: userContent(inputs, values, reminder) })
    const called = nativeTools ? calledIn(turn) : undefined
    if (called) {
      messages.push(...nativeMessages(layout, outputs, values, called))
      continue
    }
    const { calls, results } = parted(values, outputs)
    messages.push({ role: 'assistant', content: layout.answer(outputs, calls, undefined) })
    if (results !== undefined) messages.push({ role: 'user', content: userContent([resultsField], { [resultsField.name]: results }) })
  }
  return messages
}

/** What each turn of a history holds, as far as it is one. */
export function turnsOf(history: Json | undefined): readonly Values[] {
  if (history === undefined || history === null) return []
  const read = coerceValue({ kind: 'history' }, history)
  const turns = read.ok && isJsonObject(read.value) ? read.value['messages'] : undefined
  return Array.isArray(turns) ? turns.filter(isJsonObject) : []
}

/** Each value as its field has it, where it fits: a turn is data, and nobody has read it before. */
function given(turn: Values, fields: readonly Field[]): Values {
  const entries = fields.flatMap(({ name, type }): [string, Json][] => {
    const value = Object.hasOwn(turn, name) ? turn[name] : undefined
    if (value === undefined) return []
    const read = type.kind === 'str' ? undefined : coerceValue(type, value)
    return [[name, read?.ok ? read.value : value]]
  })
  return Object.fromEntries(entries)
}

/** Calls of tools without their results, and these apart. */
function parted(values: Values, outputs: readonly Field[]): { readonly calls: Values; readonly results: Json | undefined } {
  const field = outputs.find(
    ({ name, type }) => type.kind === 'tool-calls' && isJsonObject(values[name]) && 'tool_call_results' in Object(values[name]),
  )
  const value = field && values[field.name]
  if (field === undefined || !isJsonObject(value)) return { calls: values, results: undefined }
  const { tool_call_results: results = null, ...calls } = value
  const listed = Array.isArray(results) ? { tool_call_results: results } : results
  return { calls: { ...values, [field.name]: calls }, results: listed ?? undefined }
}

const anything: FieldType = { kind: 'any' }
/** DSPy's name. */
const resultsField: Field = { id: 'tool_call_results', name: 'tool_call_results', role: 'input', type: anything, desc: '' }
