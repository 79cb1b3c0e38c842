import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { linearPattern, type LinearPattern } from '@/lib/linear-pattern'
import { pythonRepr } from '@/lib/python-text'
import type { Constraints } from './constraints'
import type { FieldType } from './field-type'

/** What pydantic's `Field` calls each bound, in the order in which it is printed. */
export const constraintNames: Readonly<Record<keyof Constraints, string>> = {
  gt: 'gt',
  ge: 'ge',
  lt: 'lt',
  le: 'le',
  multipleOf: 'multiple_of',
  minLength: 'min_length',
  maxLength: 'max_length',
  pattern: 'pattern',
  allowInfNan: 'allow_inf_nan',
}

const ofNumbers = ['gt', 'ge', 'lt', 'le', 'multipleOf'] as const
const ofLengths = ['minLength', 'maxLength'] as const

/** Which bounds each kind of type may have. */
const constraintsOfKind: Partial<Record<FieldType['kind'], readonly (keyof Constraints)[]>> = {
  str: [...ofLengths, 'pattern'],
  int: ofNumbers,
  float: [...ofNumbers, 'allowInfNan'],
  list: ofLengths,
  set: ofLengths,
  dict: ofLengths,
}

export function constraintsFor(kind: FieldType['kind']): readonly (keyof Constraints)[] {
  return constraintsOfKind[kind] ?? []
}

export function constraintsOf(type: FieldType): Constraints | undefined {
  return 'constraints' in type ? type.constraints : undefined
}

/** The type with these bounds beside those it has; of an optional type they bind what is not null, as in pydantic. Undefined where it can have none of them. */
export function constrained(type: FieldType, constraints: Constraints): FieldType | undefined {
  const names = namesIn(constraints)
  if (names.length === 0) return type
  if (type.kind === 'optional') {
    const of = constrained(type.of, constraints)
    return of && { kind: 'optional', of }
  }
  const allowed = constraintsFor(type.kind)
  if (!names.every(name => allowed.includes(name))) return undefined
  // Only kinds with bounds come here.
  return { ...type, constraints: { ...constraintsOf(type), ...constraints } } as FieldType
}

/** The type without the bounds of its own; those of its parts stay. */
export function unconstrained(type: FieldType): FieldType {
  if (constraintsOf(type) === undefined) return type
  const { constraints: _, ...bare } = type as FieldType & { readonly constraints?: Constraints }
  return bare as FieldType
}

/** `Field(ge=0, le=10)`. */
export function spellConstraints(constraints: Constraints): string {
  return `Field(${namesIn(constraints)
    .map(name => `${constraintNames[name]}=${pythonRepr(constraints[name] ?? null)}`)
    .join(', ')})`
}

/** What a JSON schema says of them. */
export function constraintSchema(kind: FieldType['kind'], constraints: Constraints): JsonObject {
  const { gt, ge, lt, le, multipleOf, minLength, maxLength, pattern } = constraints
  const unit = kind === 'str' ? 'Length' : kind === 'dict' ? 'Properties' : 'Items'
  const said: Record<string, Json | undefined> = {
    exclusiveMaximum: lt,
    exclusiveMinimum: gt,
    [`max${unit}`]: maxLength,
    maximum: le,
    [`min${unit}`]: minLength,
    minimum: ge,
    multipleOf,
    pattern,
  }
  return Object.fromEntries(Object.entries(said).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}

/** Why a value of the type is outside of its bounds, as words behind `expected`. */
export function brokenConstraint(constraints: Constraints, value: Json): string | undefined {
  return brokenNumber(constraints, value) ?? brokenLength(constraints, value) ?? brokenPattern(constraints, value)
}

/** Why bounds cannot be used as they are. */
export function constraintProblem(constraints: Constraints): string | undefined {
  const { gt, ge, lt, le, multipleOf, minLength = 0, maxLength = Infinity, pattern } = constraints
  const [low, high] = [Math.max(gt ?? -Infinity, ge ?? -Infinity), Math.min(lt ?? Infinity, le ?? Infinity)]
  if (low > high || (low === high && (low === gt || high === lt))) return 'The bounds leave no number. Correct one of them.'
  if (multipleOf !== undefined && multipleOf <= 0) return 'A multiple of 0 or less is none. Write a number above 0.'
  if ([minLength, constraints.maxLength ?? 0].some(length => length < 0 || !Number.isInteger(length)))
    return 'A length is a whole number from 0 on. Correct it.'
  if (!(maxLength >= minLength)) return 'The least length is above the greatest. Correct one of them.'
  const read = pattern === undefined ? undefined : linearPattern(pattern)
  return read?.ok === false ? `The pattern cannot be used: ${read.reason}` : undefined
}

function namesIn(constraints: Constraints): readonly (keyof Constraints)[] {
  // The keys of the table are those of the interface.
  return (Object.keys(constraintNames) as (keyof Constraints)[]).filter(name => constraints[name] !== undefined)
}

function brokenNumber({ gt, ge, lt, le, multipleOf }: Constraints, value: Json): string | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{16,}$/.test(value) ? Number(value) : undefined
  if (number === undefined) return undefined
  if (gt !== undefined && !(number > gt)) return `a number above ${gt}`
  if (ge !== undefined && !(number >= ge)) return `a number of at least ${ge}`
  if (lt !== undefined && !(number < lt)) return `a number below ${lt}`
  if (le !== undefined && !(number <= le)) return `a number of at most ${le}`
  if (multipleOf !== undefined && !isMultiple(typeof value === 'string' ? value : number, multipleOf)) return `a multiple of ${multipleOf}`
  return undefined
}

/** With the tolerance of pydantic, since 0.3 is no multiple of 0.1 in binary. Digits that a number would round are told by all of them. */
function isMultiple(value: number | string, of: number): boolean {
  if (typeof value === 'string' && Number.isSafeInteger(of)) return BigInt(value) % BigInt(of) === 0n
  const number = Number(value)
  const rest = Math.abs(number % of)
  const tolerance = Math.abs(number) / 1e9
  return rest <= tolerance || Math.abs(rest - of) <= tolerance
}

function brokenLength({ minLength, maxLength }: Constraints, value: Json): string | undefined {
  if (minLength === undefined && maxLength === undefined) return undefined
  const [length, unit] = lengthOf(value)
  if (minLength !== undefined && length < minLength) return `at least ${minLength} ${unit}`
  if (maxLength !== undefined && length > maxLength) return `at most ${maxLength} ${unit}`
  return undefined
}

function lengthOf(value: Json): readonly [number, string] {
  if (typeof value !== 'string') return [Array.isArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0, 'items']
  let length = 0
  for (const _character of value) length += 1
  return [length, 'characters']
}

function brokenPattern({ pattern }: Constraints, value: Json): string | undefined {
  if (pattern === undefined || typeof value !== 'string') return undefined
  const read = patternOf(pattern)
  if (!read.ok) return `a text that matches ${pattern}, a pattern that cannot be used: ${read.reason}`
  const found = read.pattern.isIn(value)
  if (found === 'too-long') return `a shorter text: this one is too long for the pattern ${pattern}`
  return found ? undefined : `a text that matches ${pattern}`
}

/** The pattern read last: a run checks many values against the same one. */
let last: { readonly source: string; readonly read: LinearPattern } | undefined

function patternOf(source: string): LinearPattern {
  if (last?.source !== source) last = { source, read: linearPattern(source) }
  return last.read
}
