import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { pythonRepr, pythonStr } from '@/lib/python-text'
import { enumKind } from './choice-kind'
import type { ChoiceOption, DecisionType, FieldType, TypeOf } from './field-type'
import { boolKind, toBool, toFloat } from './plain-kinds'
import { fitted, isList, type TypeKind } from './type-kind'

/**
 * DSPy's experimental `Noul`: yes or no, by the probability of yes. Source: dspy-spec-3.4 §B.1.
 * Differs: an answer without its probability (`true`) is a value of the type, too, since labels and demos hold such; to DSPy it is none.
 */
export const noulKind: TypeKind<TypeOf<'noul'>> = {
  help: 'Yes or no, by a probability',
  example: { kind: 'noul' },
  spell(type, _spell, place) {
    const pairs = noulPairs(type)
    const name = `${nameIn('Noul', place)}${pairs.length === 0 ? '' : `[${pairs.map(pairText).join(', ')}]`}`
    return type.isPlain ? `Annotated[bool, ${name}]` : name
  },
  schema: ({ isPlain }) => (isPlain ? { type: 'boolean' } : resultSchema({ type: 'boolean' })),
  closedSchema: ({ isPlain }) => (isPlain ? { type: 'boolean' } : closed(resultSchema({ type: 'boolean' }))),
  fit({ isPlain }, value) {
    if (isPlain || !isJsonObject(value)) return fitted(toBool(value))
    const isResult = hasKeys(value, ['probability']) && typeof value['value'] === 'boolean' && isMaybeProbability(value['probability'])
    return isResult ? { ok: true, value: inOrder(value) } : undefined
  },
  fitness: (_type, value) => (typeof value === 'boolean' ? 'exact' : 'lax'),
  parts: () => [],
  partAt: ({ isPlain }, at) => (isPlain ? undefined : resultParts(boolKind.example)[at]),
  problem: ({ criteria = {} }) => textsProblem(Object.values(criteria)),
}

/** DSPy's experimental `Choice`: one of some options, by a probability for each. */
export const choiceKind: TypeKind<TypeOf<'choice'>> = {
  help: 'One of some options, by their probabilities',
  example: {
    kind: 'choice',
    options: [
      { value: 'billing', desc: 'A payment' },
      { value: 'technical', desc: 'A fault' },
    ],
  },
  spell({ options, isPlain }, spell, place) {
    const name = nameIn('Choice', place)
    const pairs = options.map(({ value, desc }): readonly [Json, Json] => [value, desc])
    if (!isPlain) return `${name}[${pairs.map(pairText).join(', ')}]`
    const isBare = options.every(({ desc }) => desc === null)
    return `Annotated[${spell(literalOf(options))}, ${name}${isBare ? '' : `[${pairs.map(pairText).join(', ')}]`}]`
  },
  schema: ({ options, isPlain }, schemaOf) => (isPlain ? schemaOf(literalOf(options)) : resultSchema(schemaOf(literalOf(options)))),
  closedSchema({ options, isPlain }, schemaOf) {
    const value = schemaOf(literalOf(options))
    return value === undefined || isPlain ? value : closed(resultSchema(value))
  },
  fit({ options, isPlain }, value, fit) {
    const literal = literalOf(options)
    if (isPlain || !isJsonObject(value)) return fit(literal, value)
    const labels = new Set(options.map(optionLabel))
    const isResult =
      hasKeys(value, ['probabilities']) && fit(literal, value['value'] ?? null).ok && isMaybeDistribution(value['probabilities'], labels)
    return isResult ? { ok: true, value: inOrder(value) } : undefined
  },
  fitness: ({ options }, value, fitness) => fitness(literalOf(options), value),
  parts: () => [],
  partAt: ({ options, isPlain }, at) => (isPlain ? undefined : resultParts(literalOf(options))[at]),
  problem({ options }) {
    if (options.length === 0) return 'Give the Choice at least one option.'
    if (options.some(({ value }) => typeof value === 'number' && !Number.isInteger(value)))
      return 'An option of a Choice is a text, a whole number, True, False or None. Write a number with a point as a text.'
    return enumKind.problem?.(literalOf(options)) ?? textsProblem(options.map(({ desc }) => desc))
  },
}

/** DSPy's experimental `Score`: how far up some levels, by a probability for each. */
export const scoreKind: TypeKind<TypeOf<'score'>> = {
  help: 'How far up some levels, by their probabilities',
  example: { kind: 'score', levels: ['poor', 'fair', 'excellent'] },
  spell: ({ levels }, _spell, place) => `${nameIn('Score', place)}[${levels.map(pythonRepr).join(', ')}]`,
  schema: ({ levels }) => resultSchema(scoreSchema(levels)),
  closedSchema: ({ levels }) => closed(resultSchema(scoreSchema(levels))),
  fit({ levels }, value) {
    const isScore = (number: Json | undefined): boolean => typeof number === 'number' && number >= 0 && number <= levels.length - 1
    if (!isJsonObject(value)) {
      const number = toFloat(value)
      return number !== undefined && isScore(number) ? { ok: true, value: number } : undefined
    }
    const { level = null } = value
    const isResult =
      hasKeys(value, ['probabilities', 'level']) &&
      isScore(value['value']) &&
      isMaybeDistribution(value['probabilities'], new Set(levels.map((_, at) => String(at)))) &&
      (level === null || (isScore(level) && Number.isInteger(level)))
    return isResult ? { ok: true, value: inOrder(value) } : undefined
  },
  fitness: (_type, value) => (typeof value === 'number' ? 'exact' : 'lax'),
  parts: () => [],
  partAt: (_type, at) => resultParts(float)[at],
  problem({ levels }) {
    if (levels.length < fewestLevels || levels.length > mostLevels)
      return `A Score has ${fewestLevels} to ${mostLevels} levels. Change their number.`
    if (levels.includes(null)) return 'Describe each level of the Score.'
    return textsProblem(levels)
  },
}

export const fewestLevels = 2
export const mostLevels = 10

export function isDecisionType(type: FieldType): type is DecisionType {
  return type.kind === 'noul' || type.kind === 'choice' || type.kind === 'score'
}

/** What the value of a decision is without its probabilities; any other type as it is. */
export function answerType(type: FieldType): FieldType {
  if (type.kind === 'noul') return boolKind.example
  if (type.kind === 'choice') return literalOf(type.options)
  return type.kind === 'score' ? float : type
}

/** The answer in a decision; any other value as it is. */
export function plainAnswer(value: Json): Json {
  if (!isJsonObject(value) || typeof value['confidence'] !== 'number' || value['value'] === undefined) return value
  return hasKeys(value, ['probability', 'probabilities', 'level']) ? value['value'] : value
}

/** What an option is called among probabilities and weights: `True`, `None`, `3`. */
export function optionLabel({ value }: Pick<ChoiceOption, 'value'>): string {
  return pythonStr(value)
}

/** The criteria of a Noul that are written down, yes before no. */
export function noulPairs({ criteria = {} }: TypeOf<'noul'>): readonly (readonly [boolean, Json])[] {
  const pairs: (readonly [boolean, Json])[] = []
  if (criteria.true !== undefined) pairs.push([true, criteria.true])
  if (criteria.false !== undefined) pairs.push([false, criteria.false])
  return pairs
}

function literalOf(options: readonly ChoiceOption[]): TypeOf<'enum'> {
  return { kind: 'enum', values: options.map(({ value }) => value) }
}

const float: FieldType = { kind: 'float' }
const probabilities: FieldType = { kind: 'dict', of: float }

/** The types of what stands in a result, by its keys. */
function resultParts(value: FieldType): Readonly<Record<number | string, FieldType>> {
  return { confidence: float, value, probability: float, probabilities, level: { kind: 'int' } }
}

/** What a model is asked for where the decision is not taken by its probabilities: within a list, say. */
function resultSchema(value: JsonObject): JsonObject {
  const confidence = { type: 'number', maximum: 1, minimum: 0 }
  return { type: 'object', properties: { confidence, value }, required: ['confidence', 'value'] }
}

function closed(schema: JsonObject): JsonObject {
  return { ...schema, additionalProperties: false }
}

function scoreSchema(levels: readonly Json[]): JsonObject {
  return { type: 'number', maximum: levels.length - 1, minimum: 0 }
}

/** A value and a confidence, and of other keys none but some. */
function hasKeys(value: JsonObject, others: readonly string[]): boolean {
  const allowed = new Set(['confidence', 'value', ...others])
  return value['value'] !== undefined && isProbability(value['confidence']) && Object.keys(value).every(key => allowed.has(key))
}

function isProbability(value: Json | undefined): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function isMaybeProbability(value: Json | undefined): boolean {
  return value === undefined || value === null || isProbability(value)
}

function isMaybeDistribution(value: Json | undefined, labels: ReadonlySet<string>): boolean {
  if (value === undefined || value === null) return true
  return isJsonObject(value) && Object.entries(value).every(([label, share]) => labels.has(label) && isProbability(share))
}

/** As DSPy prints a result: without what is not there, but for the value. */
function inOrder(result: JsonObject): JsonObject {
  const { confidence = null, value = null, ...others } = result
  return { confidence, value, ...Object.fromEntries(Object.entries(others).filter(([, item]) => item !== null)) }
}

function pairText([value, desc]: readonly [Json, Json]): string {
  return `(${pythonRepr(value)}, ${pythonRepr(desc)})`
}

function nameIn(name: string, place: 'signature' | 'prompt'): string {
  return place === 'prompt' ? name : `dspy.experimental.${name}`
}

function textsProblem(texts: readonly Json[]): string | undefined {
  return texts.every(text => text === null || typeof text === 'string' || isJsonObject(text) || isList(text))
    ? undefined
    : 'What a decision says of an option is a text, a list or an object. Put a number into quotes.'
}
