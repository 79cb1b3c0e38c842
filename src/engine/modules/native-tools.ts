import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { repairJson } from '../adapters/repair-json'
import type { Values } from '../base/example'
import { EngineError, isEngineError } from '../base/errors'
import type { LmAnswer, ToolOffer } from '../lm/lm'
import type { Part } from '../lm/parts'
import { coerceValue } from '../signature/check-value'
import type { Field, Signature } from '../signature/signature'
import type { FieldType } from '../signature/types/field-type'
import type { NativeOutputs } from './native-outputs'

/** Tools that a request offers, in place of an input that tells of them and an output that calls them. */
export interface NativeTools {
  /** The signature without these two. */
  readonly signature: Signature
  /** The input that holds the tools. */
  readonly input: string
  /** The tools among the inputs, as a request offers them. */
  offers(inputs: Values): readonly ToolOffer[]
  /**
   * The outputs of the whole signature: the calls out of the parts of the answer, the others as `parse` finds them in its words, or out of what
   * came beside them. Beside calls, words that cannot be read are no fault. Throws what `parse` throws, and `adapter-parse` for an answer
   * with neither words nor calls.
   */
  fill(answer: Pick<LmAnswer, 'text' | 'parts'>, parse: () => Values, native?: NativeOutputs): Values
}

/**
 * Undefined where a signature has no output of calls of tools, or no input of tools to offer.
 * Source: dspy-spec §2.9, DSPy's `_call_preprocess` and `_call_postprocess`.
 * Differs: DSPy refuses a signature with calls and no tools; here these are asked for in words, as without the setting.
 */
export function nativeTools(signature: Signature): NativeTools | undefined {
  if (known.has(signature)) return known.get(signature)
  const made = madeFor(signature)
  known.set(signature, made)
  return made
}

/** The same signature gives the same object, so that prompts are laid out once. */
const known = new WeakMap<Signature, NativeTools | undefined>()

function madeFor(signature: Signature): NativeTools | undefined {
  const calling = signature.fields.find(({ role, type }) => role === 'output' && type.kind === 'tool-calls')
  const offering = signature.fields.find(({ role, type }) => role === 'input' && holdsTools(type))
  if (!calling || !offering) return undefined
  const fields = signature.fields.filter(field => field !== calling && field !== offering)
  return {
    signature: { ...signature, fields },
    input: offering.name,
    offers: inputs => offersOf(inputs[offering.name] ?? null),
    fill(answer, parse, native) {
      const calls = (answer.parts ?? []).flatMap(part => (part.type === 'tool-call' ? [calledBy(part)] : []))
      const hasWords = answer.text.trim() !== ''
      if (calls.length === 0 && !hasWords) throw empty(signature, answer.text)
      const written = calls.length === 0 ? parse() : hasWords ? readable(parse) : {}
      const found = native ? native.fill(written, answer) : written
      const outputs = signature.fields.filter(({ role }) => role === 'output')
      return Object.fromEntries(
        outputs.map((field): [string, Json] => [
          field.name,
          field === calling && calls.length > 0 ? { tool_calls: calls } : (found[field.name] ?? field.default ?? null),
        ]),
      )
    },
  }
}

function holdsTools(type: FieldType): boolean {
  return type.kind === 'tool' || (type.kind === 'list' && type.of.kind === 'tool')
}

function offersOf(value: Json): readonly ToolOffer[] {
  return (Array.isArray(value) ? value : [value]).flatMap((item: Json): ToolOffer[] => {
    const read = coerceValue({ kind: 'tool' }, item)
    if (!read.ok || !isJsonObject(read.value)) return []
    const { name, desc, args } = read.value
    const properties = isJsonObject(args) ? args : {}
    const required = Object.entries(properties).flatMap(([argument, schema]) =>
      isJsonObject(schema) && 'default' in schema ? [] : [argument],
    )
    return [{ name: String(name), description: typeof desc === 'string' ? desc : '', parameters: { type: 'object', properties, required } }]
  })
}

/** As DSPy's `ToolCalls` holds one. Arguments that are no JSON are repaired; an id that a server did not give is none. */
function calledBy({ id, name, args }: Extract<Part, { type: 'tool-call' }>): JsonObject {
  const read = typeof args === 'string' ? repairJson(args) : args
  return { ...(id !== '' && { id }), name, args: isJsonObject(read) ? read : {} }
}

function readable(parse: () => Values): Values {
  try {
    return parse()
  } catch (error) {
    if (!isEngineError(error, 'adapter-parse')) throw error
    return {}
  }
}

function empty({ fields }: Signature, text: string): EngineError {
  const missing = fields.flatMap(({ role, name }: Field) => (role === 'output' ? [name] : []))
  const sentence = 'The model sent an empty answer, and called no tool. Raise the token limit or try another model.'
  return new EngineError('adapter-parse', sentence, { text, parsed: {}, missing, unreadable: [] })
}
