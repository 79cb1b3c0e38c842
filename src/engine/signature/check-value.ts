import { assertNever } from '@/lib/assert'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { pythonStr } from '@/lib/python-text'
import type { FieldType } from './field-type'
import { typeName } from './type-name'
import { isBlobRef } from '../blobs/blob-ref'

export type Coerced = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string }

/**
 * Fits a JSON value to a field's type with the lax rules of pydantic, which DSPy validates with: `"3"` and `3.0` are
 * ints, `yes` is a bool, further keys of an object are dropped. A `str` field takes anything, as Python's `str` would
 * print it; a text inside a list or object must be a text already.
 *
 * Differs: `inf` and `nan` are refused, since values are JSON everywhere. The number options of an enum match their
 * digits in text (DSPy finds `"3"` in no `Literal[3, 4]`). An optional key that an object lacks is null.
 */
export function coerceValue(type: FieldType, json: Json): Coerced {
  return type.kind === 'str' ? { ok: true, value: pythonStr(json) } : coerce(type, json)
}

function coerce(type: FieldType, value: Json): Coerced {
  switch (type.kind) {
    case 'any':
      return { ok: true, value }
    case 'str':
      return typeof value === 'string' ? { ok: true, value } : refused(type, value)
    case 'image':
      return isBlobRef(value) ? { ok: true, value } : refused(type, value)
    case 'int':
      return found(toInt(value), type, value)
    case 'float':
      return found(toFloat(value), type, value)
    case 'bool':
      return found(toBool(value), type, value)
    case 'enum':
      return found(toOption(type.values, value), type, value)
    case 'optional':
      return value === null ? { ok: true, value } : coerce(type.of, value)
    case 'list':
      return isList(value) ? coerceList(type.of, value) : refused(type, value)
    case 'dict':
      return isJsonObject(value) ? coerceDict(type.of, value) : refused(type, value)
    case 'object':
      return isJsonObject(value) ? coerceObject(type.fields, value) : refused(type, value)
    default:
      return assertNever(type)
  }
}

function coerceList(of: FieldType, items: readonly Json[]): Coerced {
  const values: Json[] = []
  for (const [i, item] of items.entries()) {
    const result = coerce(of, item)
    if (!result.ok) return { ok: false, reason: `item ${i + 1}: ${result.reason}` }
    values.push(result.value)
  }
  return { ok: true, value: values }
}

function coerceDict(of: FieldType, object: JsonObject): Coerced {
  const entries: [string, Json][] = []
  for (const [key, item] of Object.entries(object)) {
    const result = coerce(of, item)
    if (!result.ok) return { ok: false, reason: `key ${key}: ${result.reason}` }
    entries.push([key, result.value])
  }
  return { ok: true, value: Object.fromEntries(entries) }
}

function coerceObject(fields: Readonly<Record<string, FieldType>>, object: JsonObject): Coerced {
  const names = Object.keys(fields)
  if (names.length === 0) return { ok: true, value: object }
  const entries: [string, Json][] = []
  for (const name of names) {
    const of = fields[name] ?? { kind: 'any' }
    const item = Object.hasOwn(object, name) ? object[name] : undefined
    if (item === undefined && of.kind !== 'optional') return { ok: false, reason: `key ${name} is missing` }
    const result = coerce(of, item ?? null)
    if (!result.ok) return { ok: false, reason: `key ${name}: ${result.reason}` }
    entries.push([name, result.value])
  }
  return { ok: true, value: Object.fromEntries(entries) }
}

function toInt(value: Json): number | undefined {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(_\d+)*(\.0+)?\s*$/.test(value)) return undefined
  // Plus 0: an int knows no -0.
  return Number(value.replaceAll('_', '')) + 0
}

function toFloat(value: Json): number | undefined {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return undefined
  const number = Number(value.replaceAll('_', ''))
  return Number.isFinite(number) ? number : undefined
}

function toBool(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 1 || value === 0) return value === 1
  if (typeof value !== 'string') return undefined
  const word = value.toLowerCase()
  return trueWords.has(word) ? true : falseWords.has(word) ? false : undefined
}

const trueWords: ReadonlySet<string> = new Set(['1', 'on', 't', 'true', 'y', 'yes'])
const falseWords: ReadonlySet<string> = new Set(['0', 'off', 'f', 'false', 'n', 'no'])

function toOption(options: readonly (string | number)[], value: Json): string | number | undefined {
  const exact = options.find(option => option === value)
  if (exact !== undefined || typeof value !== 'string') return exact
  return options.find(option => typeof option === 'number' && String(option) === value)
}

function found(value: Json | undefined, type: FieldType, from: Json): Coerced {
  return value === undefined ? refused(type, from) : { ok: true, value }
}

function refused(type: FieldType, value: Json): Coerced {
  const shown = pythonStr(value)
  return {
    ok: false,
    reason: `expected ${typeName(type)}, got ${shown === '' ? 'nothing' : shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`,
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
