import { plainDigits } from '@/lib/exact-json'
import type { Json, JsonObject } from '@/lib/json'
import type { FieldType, TypeOf } from './field-type'
import { fitted, type Fitness, type TypeKind } from './type-kind'

/** A kind without parts. */
function plain<T extends FieldType>(
  kind: Omit<TypeKind<T>, 'spell' | 'schema' | 'closedSchema' | 'parts' | 'fit' | 'fitness'> & {
    readonly name: string
    readonly json: JsonObject
    readonly isOpen?: true
    fit(value: Json): Json | undefined
    fitness(value: Json): Fitness
  },
): TypeKind<T> {
  const { name, json, isOpen, ...rest } = kind
  return {
    ...rest,
    spell: () => name,
    schema: () => json,
    closedSchema: () => (isOpen ? undefined : json),
    fit: (_type, value) => fitted(kind.fit(value)),
    fitness: (_type, value) => kind.fitness(value),
    parts: () => [],
  }
}

export const anyKind = plain<TypeOf<'any'>>({
  help: 'Not checked',
  example: { kind: 'any' },
  name: 'Any',
  json: {},
  isOpen: true,
  fit: value => value,
  fitness: () => 'exact',
})

/** Inside a list or an object; a `str` field of its own takes anything. */
export const strKind = plain<TypeOf<'str'>>({
  help: 'Text',
  example: { kind: 'str' },
  name: 'str',
  json: { type: 'string' },
  fit: value => (typeof value === 'string' ? value : undefined),
  fitness: value => (typeof value === 'string' ? 'exact' : 'lax'),
})

export const intKind = plain<TypeOf<'int'>>({
  help: 'Whole number',
  example: { kind: 'int' },
  name: 'int',
  json: { type: 'integer' },
  fit: toInt,
  fitness: value => (Number.isInteger(value) ? 'exact' : 'lax'),
})

export const floatKind = plain<TypeOf<'float'>>({
  help: 'Number',
  example: { kind: 'float' },
  name: 'float',
  json: { type: 'number' },
  fit: toFloat,
  // A whole number is an int to Python, which a float takes even when it is strict.
  fitness: value => (typeof value !== 'number' ? 'lax' : Number.isInteger(value) ? 'strict' : 'exact'),
})

export const boolKind = plain<TypeOf<'bool'>>({
  help: 'Yes or no',
  example: { kind: 'bool' },
  name: 'bool',
  json: { type: 'boolean' },
  fit: toBool,
  fitness: value => (typeof value === 'boolean' ? 'exact' : 'lax'),
})

/** A number, or the digits of an integer that a number would round, as text. */
export function toInt(value: Json): number | string | undefined {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(_\d+)*(\.0+)?\s*$/.test(value)) return undefined
  const digits = value.trim().replaceAll('_', '').replace(/\.0+$/, '')
  const number = Number(digits)
  // Plus 0: an int knows no -0.
  return Number.isSafeInteger(number) ? number + 0 : plainDigits(digits)
}

export function toFloat(value: Json): number | undefined {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return undefined
  const number = Number(value.replaceAll('_', ''))
  return Number.isFinite(number) ? number : undefined
}

export function toBool(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 1 || value === 0) return value === 1
  if (typeof value !== 'string') return undefined
  const word = value.toLowerCase()
  return trueWords.has(word) ? true : falseWords.has(word) ? false : undefined
}

const trueWords: ReadonlySet<string> = new Set(['1', 'on', 't', 'true', 'y', 'yes'])
const falseWords: ReadonlySet<string> = new Set(['0', 'off', 'f', 'false', 'n', 'no'])
