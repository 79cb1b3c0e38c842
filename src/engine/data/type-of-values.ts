import { isJsonObject, type Json } from '@/lib/json'
import { isUnsafeInteger } from '@/lib/exact-json'
import { coerceValue } from '../signature/check-value'
import { fieldNameProblem } from '../signature/types/field-name'
import type { ClassField, FieldType } from '../signature/types/field-type'

/**
 * The narrowest type that all of some values have, for a type made from a column of a dataset: objects become classes called `name` and after
 * their keys, a key that some objects lack is optional. `any` where nothing fits all.
 */
export function typeOfValues(values: readonly Json[], name: string): FieldType {
  const given = values.filter(value => value !== null)
  const type = typeOfGiven(given, name)
  return given.length < values.length && type.kind !== 'any' ? { kind: 'optional', of: type } : type
}

function typeOfGiven(values: readonly Json[], name: string): FieldType {
  if (values.length === 0) return { kind: 'any' }
  if (values.every(isJsonObject)) return classOf(values, name)
  if (values.every(isList)) return { kind: 'list', of: typeOfValues(values.flat(), name) }
  if (values.every(value => typeof value === 'boolean')) return { kind: 'bool' }
  if (values.every(isWhole)) return { kind: 'int' }
  if (values.every(value => typeof value === 'number')) return { kind: 'float' }
  if (!values.every(value => typeof value === 'string')) return { kind: 'any' }
  const isDay = values.every(value => /^\d{4}-\d\d-\d\d$/.test(value) && coerceValue({ kind: 'date' }, value).ok)
  return { kind: isDay ? 'date' : 'str' }
}

function classOf(objects: readonly { readonly [key: string]: Json }[], name: string): FieldType {
  const keys = [...new Set(objects.flatMap(Object.keys))]
  // Keys that are ids of things, not names of fields.
  if (keys.length === 0 || keys.length > mostFields || keys.some(key => fieldNameProblem(key) !== undefined))
    return { kind: 'dict', of: typeOfValues(objects.flatMap(Object.values), name) }
  const fields = keys.map((key): ClassField => {
    const values = objects.map(object => (Object.hasOwn(object, key) ? (object[key] ?? null) : null))
    const type = typeOfValues(values, classNameFor(key))
    return { name: key, type, ...(type.kind === 'optional' && { default: null }) }
  })
  return { kind: 'class', name, fields }
}

const mostFields = 100

/** `home_address` → `HomeAddress`. */
export function classNameFor(text: string): string {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter(word => word !== '')
  const name = words.map(word => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
  return /^\p{N}/u.test(name) ? `Type${name}` : name || 'Type'
}

function isWhole(value: Json): boolean {
  return Number.isInteger(value) || (typeof value === 'string' && isUnsafeInteger(value))
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
