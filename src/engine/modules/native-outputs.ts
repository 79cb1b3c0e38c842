import type { Json } from '@/lib/json'
import type { Values } from '../base/example'
import { citesDocuments } from '../blobs/document'
import { thoughtsOf } from '../lm/kept/stored-answer'
import type { LmAnswer, LmSettings } from '../lm/lm'
import { coerceValue } from '../signature/check-value'
import type { Field, Signature } from '../signature/signature'

/** Outputs that a model gives beside what it writes: these are not asked for in words. */
export interface NativeOutputs {
  /** The signature without them. */
  readonly signature: Signature
  /** The values that were written, with those that came beside them. Null stands for one that did not come. */
  fill(written: Values, answer: Pick<LmAnswer, 'parts'>): Values
}

/**
 * `dspy.Reasoning` comes out of the thoughts of a model that is told to think (it has a reasoning effort), `dspy.Citations` out of what a
 * model of Anthropic's cites. Undefined where there is nothing of the kind; then these are outputs as any other. Source: dspy-spec §2.10,
 * DSPy's `Citations`.
 * Differs: DSPy makes every model think that can, at the effort "low", and looks up in a table of models whether one can; here it is the
 * model's setting that decides, and the same field is asked for in words without it. Where nothing else would be left to ask for, the
 * outputs stay, but for a question that offers tools (`hasTools`): its answer may be calls alone.
 */
export function nativeOutputs(
  signature: Signature,
  { model, settings, hasTools = false }: { readonly model: string; readonly settings: LmSettings; readonly hasTools?: boolean },
): NativeOutputs | undefined {
  const thinks = settings.reasoningEffort !== undefined && !model.includes('gpt-5')
  const cites = citesDocuments(model)
  const isNative = ({ role, type }: Field): boolean =>
    role === 'output' && ((type.kind === 'reasoning' && thinks) || (type.kind === 'citations' && cites))
  if (!signature.fields.some(isNative)) return undefined
  const asked = without(signature, isNative, `${thinks} ${cites}`)
  if (!hasTools && !asked.fields.some(({ role }) => role === 'output')) return undefined
  return {
    signature: asked,
    fill(written, answer) {
      const entries = signature.fields.flatMap((field): [string, Json][] => {
        if (field.role !== 'output') return []
        return [[field.name, isNative(field) ? besides(field, answer) : (written[field.name] ?? null)]]
      })
      return Object.fromEntries(entries)
    },
  }
}

function besides({ type }: Field, answer: Pick<LmAnswer, 'parts'>): Json {
  if (type.kind === 'reasoning') return thoughtsOf(answer) || null
  const cited = (answer.parts ?? []).flatMap(part => (part.type === 'citations' ? [...part.citations] : []))
  const read = coerceValue(type, cited)
  return cited.length > 0 && read.ok ? read.value : null
}

/** The same object each time, since adapters keep what they made of a list of fields. */
function without(signature: Signature, isNative: (field: Field) => boolean, kinds: string): Signature {
  const known = made.get(signature) ?? new Map<string, Signature>()
  made.set(signature, known)
  const found = known.get(kinds) ?? { ...signature, fields: signature.fields.filter(field => !isNative(field)) }
  known.set(kinds, found)
  return found
}

const made = new WeakMap<Signature, Map<string, Signature>>()
