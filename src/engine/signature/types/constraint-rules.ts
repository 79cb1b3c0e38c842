import type { Json, JsonObject } from '@/lib/json'
import { pythonRepr } from '@/lib/python-text'
import type { Constraints } from './constraints'
import type { FieldType } from './field-type'
import { isTimeText, timeReaders } from './time-kinds'

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
const ofTimes = ['gt', 'ge', 'lt', 'le'] as const
const ofLengths = ['minLength', 'maxLength'] as const

/** Which bounds each kind of type may have. */
const constraintsOfKind: Partial<Record<FieldType['kind'], readonly (keyof Constraints)[]>> = {
  str: [...ofLengths, 'pattern'],
  int: ofNumbers,
  float: [...ofNumbers, 'allowInfNan'],
  list: ofLengths,
  set: ofLengths,
  dict: ofLengths,
  tuple: ofLengths,
  date: ofTimes,
  datetime: ofTimes,
  time: ofTimes,
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
  const read = isTimeKind(type.kind) ? timesOf(type.kind, constraints) : constraints
  if (read === undefined || (!isTimeKind(type.kind) && ofTimes.some(name => typeof read[name] === 'string'))) return undefined
  // Only kinds with bounds come here.
  return { ...type, constraints: { ...constraintsOf(type), ...read } } as FieldType
}

/** Bounds of a point in time as values of its type are written; undefined where one of them is none. */
function timesOf(kind: TimeKind, constraints: Constraints): Constraints | undefined {
  const read = Object.entries(constraints).map(([name, value]) => [
    name,
    typeof value === 'string' && isTimeText(value) ? timeReaders[kind](value) : undefined,
  ])
  return read.every(([, value]) => value !== undefined) ? Object.fromEntries(read) : undefined
}

type TimeKind = keyof typeof timeReaders

function isTimeKind(kind: FieldType['kind']): kind is TimeKind {
  return Object.hasOwn(timeReaders, kind)
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
    exclusiveMaximum: numberIn(lt),
    exclusiveMinimum: numberIn(gt),
    [`max${unit}`]: maxLength,
    maximum: numberIn(le),
    [`min${unit}`]: minLength,
    minimum: numberIn(ge),
    multipleOf,
    pattern,
  }
  return Object.fromEntries(Object.entries(said).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}

/** A schema has no bounds for points in time. */
function numberIn(bound: number | string | undefined): number | undefined {
  return typeof bound === 'number' ? bound : undefined
}

function namesIn(constraints: Constraints): readonly (keyof Constraints)[] {
  // The keys of the table are those of the interface.
  return (Object.keys(constraintNames) as (keyof Constraints)[]).filter(name => constraints[name] !== undefined)
}
