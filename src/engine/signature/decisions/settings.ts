import { isJsonObject, type Json } from '@/lib/json'
import type { Field, Signature } from '../signature'
import { typeProblem } from '../check-fields'
import type { DecisionType } from '../types/field-type'
import { decidedType, decisionsOf, labelsOf, type Decision, type DecisionFields, type DecisionSettings } from './decision'

/** The numbers that turn probabilities into an answer, whether they were set or not. */
export type Thresholds =
  | { readonly kind: 'noul'; readonly threshold: number }
  | { readonly kind: 'choice'; readonly weights: Readonly<Record<string, number>> }
  | { readonly kind: 'score'; readonly cuts: readonly number[] }

export function thresholdsOf(type: DecisionType, { threshold = 0.5, weights = {}, cuts }: DecisionSettings): Thresholds {
  if (type.kind === 'noul') return { kind: 'noul', threshold }
  if (type.kind === 'score') return { kind: 'score', cuts: cuts ?? type.levels.slice(1).map((_, at) => at + 0.5) }
  return { kind: 'choice', weights: Object.fromEntries(labelsOf(type).map(label => [label, ownWeight(weights, label)])) }
}

function ownWeight(weights: Readonly<Record<string, number>>, label: string): number {
  return Object.hasOwn(weights, label) ? (weights[label] ?? 1) : 1
}

/**
 * What is wrong with the decisions of a predictor, in a sentence that says what to do: settings out of bounds or of an output that is none,
 * and an output that nothing is asked about. DSPy says so at each call, before it saves and when it loads.
 * Source: dspy-spec-3.4 §B.2, §B.5.
 */
export function decisionProblem(signature: Pick<Signature, 'fields'>, fields: DecisionFields = {}): string | undefined {
  const problem = settingsProblem(signature, fields)
  return problem ?? decisionsOf(signature, fields).map(unaskedProblem).find(Boolean)
}

/** The same without what is asked: what a state file may hold. */
export function settingsProblem(signature: Pick<Signature, 'fields'>, fields: DecisionFields = {}): string | undefined {
  const decisions = decisionsOf(signature, fields)
  const unknown = Object.keys(fields).find(name => decisions.every(({ field }) => field.name !== name))
  if (unknown !== undefined)
    return `There are settings of a decision for \`${unknown}\`, which is no output that is decided by probabilities. Remove them, or give it such a type.`
  return decisions.map(problemOf).find(Boolean)
}

/**
 * What of the settings still holds for a field that was changed; undefined where it is no decision any more. Settings alone make a `bool` or a
 * `Literal` a decision, so that for these empty ones stay.
 */
export function heldSettings(field: Field, settings: DecisionSettings): DecisionSettings | undefined {
  const type = field.role === 'output' ? decidedType(field.type) : undefined
  if (type === undefined) return undefined
  const known = Object.entries(settings.weights ?? {}).filter(([label]) => labelsOf(type).includes(label))
  const held: DecisionSettings = { ...settings, ...(settings.weights && { weights: Object.fromEntries(known) }) }
  const entries = Object.entries(held).filter(
    ([key, value]) => settingsProblem({ fields: [field] }, { [field.name]: { [key]: value } }) === undefined,
  )
  return entries.length === 0 && type === field.type ? undefined : Object.fromEntries(entries)
}

/** Without a description there is nothing to decide. */
function unaskedProblem({ field, settings }: Decision): string | undefined {
  const isAsked = settings.instructions !== undefined || (field.desc.trim() !== '' && field.desc !== `\${${field.name}}`)
  return isAsked ? undefined : unaskedWords(field.name)
}

export function unaskedWords(name: string): string {
  return `\`${name}\` is decided by probabilities, and its description is the question. Write one.`
}

function problemOf({ field, type, settings }: Decision): string | undefined {
  const problem = typeProblem(type) ?? unknownKey(type, settings) ?? boundsProblem(type, settings) ?? wordsProblem(type, settings)
  return problem && `\`${field.name}\`: ${problem}`
}

function unknownKey({ kind }: DecisionType, settings: DecisionSettings): string | undefined {
  const own = parameterOf[kind]
  const wrong = Object.keys(settings).find(key => key !== own && key !== 'instructions' && key !== 'criteria')
  return wrong && `a decision of this kind has ${own}, instructions and criteria, and no ${wrong}. Remove it.`
}

const parameterOf = { noul: 'threshold', choice: 'weights', score: 'cuts' } as const

function boundsProblem(type: DecisionType, settings: DecisionSettings): string | undefined {
  const set = thresholdsOf(type, settings)
  if (set.kind === 'noul') return isWithin(set.threshold, 0, 1) ? undefined : 'the threshold is a number from 0 to 1. Change it.'
  if (set.kind === 'score' && type.kind === 'score') {
    const top = type.levels.length - 1
    const isRising = set.cuts.every((cut, at) => isNumber(cut) && cut > (at === 0 ? 0 : (set.cuts[at - 1] ?? 0)) && cut < top)
    return set.cuts.length === top && isRising
      ? undefined
      : `there are ${top} cuts between ${type.levels.length} levels, each above the one before and between 0 and ${top}. Change them.`
  }
  return weightsProblem(labelsOf(type), settings.weights ?? {})
}

function weightsProblem(labels: readonly string[], weights: Readonly<Record<string, number>>): string | undefined {
  const unknown = Object.keys(weights).find(label => !labels.includes(label))
  if (unknown !== undefined) return `there is no option ${unknown} that could have a weight. Remove it.`
  if (!Object.values(weights).every(weight => isNumber(weight) && weight >= 0)) return 'a weight is 0 or more. Change it.'
  return labels.some(label => ownWeight(weights, label) > 0) ? undefined : 'all weights are 0. Raise one.'
}

function wordsProblem(type: DecisionType, { instructions, criteria }: DecisionSettings): string | undefined {
  if (instructions !== undefined && !isText(instructions)) return 'the instructions are a text, a list or an object. Change them.'
  if (criteria === undefined) return undefined
  return fitsCriteria(type, criteria) ? undefined : 'the criteria do not match the options of its type. Name each of them once.'
}

function fitsCriteria(type: DecisionType, criteria: Json): boolean {
  if (type.kind === 'score')
    return (
      Array.isArray(criteria) && criteria.length === type.levels.length && criteria.every((text: Json) => text !== null && isText(text))
    )
  if (criteria === null) return type.kind === 'noul'
  if (!isJsonObject(criteria) || !Object.values(criteria).every(isText)) return false
  const keys = Object.keys(criteria)
  if (type.kind === 'noul') return keys.every(key => key === 'true' || key === 'false')
  const labels = labelsOf(type)
  return keys.length === labels.length && keys.every(key => labels.includes(key))
}

/** What DSPy takes for words. */
function isText(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'object'
}

function isWithin(value: number, least: number, most: number): boolean {
  return isNumber(value) && value >= least && value <= most
}

/** Settings come from files, too. */
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
