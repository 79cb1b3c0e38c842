import type { Json } from '@/lib/json'
import type { Field, Signature } from '../signature'
import { isDecisionType, optionLabel } from '../types/decision-kinds'
import type { DecisionType, FieldType } from '../types/field-type'

/**
 * How the answer of one output follows from its probabilities, and what else than its type and description a model is asked: the entry of
 * DSPy's `fields`. What is absent is its default. Source: dspy-spec-3.4 §B.5.
 */
export interface DecisionSettings {
  /** Of a yes or no: the least probability of yes; 0.5. */
  readonly threshold?: number
  /** Of options: what the probability of each is multiplied with, by its label; 1. */
  readonly weights?: Readonly<Record<string, number>>
  /** Of levels: the least mean of each level but the first; half way between two. */
  readonly cuts?: readonly number[]
  /** Asked in place of the description. */
  readonly instructions?: Json
  /** In place of what the type says of the options. */
  readonly criteria?: Json
}

/** By the name of the output. */
export type DecisionFields = Readonly<Record<string, DecisionSettings>>

/** An output that is answered by probabilities. */
export interface Decision {
  readonly field: Field
  readonly type: DecisionType
  /** True where the value is the answer alone. */
  readonly isPlain: boolean
  readonly settings: DecisionSettings
}

/** What a model said of a decision: `{ noul }`, or `{ probabilities, confidence }` with a key for each option or level. */
export type Evidence = {
  readonly noul?: number
  readonly probabilities?: Readonly<Record<string, number>>
  readonly confidence?: number
}

/** By the name of the output. */
export type Evidences = Readonly<Record<string, Evidence>>

/**
 * The outputs that are decided by probabilities: those of a decision type, and a `bool` or a `Literal` that has settings. A type within
 * another one is not. Source: dspy-spec-3.4 §B.2, for a generative model.
 */
export function decisionsOf({ fields }: Pick<Signature, 'fields'>, settings: DecisionFields = {}): readonly Decision[] {
  return fields.flatMap((field): readonly Decision[] => {
    if (field.role !== 'output') return []
    const own = Object.hasOwn(settings, field.name) ? settings[field.name] : undefined
    const isDecided = isDecisionType(field.type) || own !== undefined
    const type = isDecided ? decidedType(field.type) : undefined
    return type ? [{ field, type, isPlain: type !== field.type || ('isPlain' in type && type.isPlain === true), settings: own ?? {} }] : []
  })
}

/** The decision that a type is, or can be made: a `bool` is yes or no, a `Literal` a choice. */
export function decidedType(type: FieldType): DecisionType | undefined {
  if (isDecisionType(type)) return type
  if (type.kind === 'bool') return { kind: 'noul' }
  return type.kind === 'enum' ? { kind: 'choice', options: type.values.map(value => ({ value, desc: null })) } : undefined
}

/** The options or levels by which probabilities are told apart; none for yes or no. */
export function labelsOf(type: DecisionType): readonly string[] {
  if (type.kind === 'noul') return []
  return type.kind === 'choice' ? type.options.map(optionLabel) : type.levels.map((_, at) => String(at))
}
