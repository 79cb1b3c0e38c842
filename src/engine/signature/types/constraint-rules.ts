import type { Json, JsonObject } from '@/lib/json'
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

function namesIn(constraints: Constraints): readonly (keyof Constraints)[] {
  // The keys of the table are those of the interface.
  return (Object.keys(constraintNames) as (keyof Constraints)[]).filter(name => constraints[name] !== undefined)
}
