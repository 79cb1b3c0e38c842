import { isUnsafeInteger } from '@/lib/exact-json'
import { isJsonObject, type Json } from '@/lib/json'
import { pythonFloat, pythonJson, pythonNumber, pythonRepr, pythonStr } from '@/lib/python-text'
import type { FieldType } from '../signature/types/field-type'
import { partType } from '../signature/types/registry'
import { fileWords, isFileRef } from '../blobs/blob-ref'
import { hasOwnForm, ownForm } from './own-types'

/**
 * A value as it stands in a chat block: lists and objects as one line of Python's JSON, other values as Python's `str`.
 * A list in a field of type `str` prints as numbered quotes, one a line.
 */
export function formatValue(type: FieldType, value: Json): string {
  if (hasOwnForm(type)) return formatValue(any, ownForm(type, value))
  if (typeof value === 'string') return value
  // A user's message has a place for files, and they were taken out of its values before; anywhere else one is described.
  if (isFileRef(value)) return `[${fileWords(value)}]`
  if (type.kind === 'str' && isList(value)) return quotedList(value)
  if (typeof value === 'number') return formatNumber(type, value)
  return typeof value === 'object' && value !== null ? formatJson(type, value) : pythonStr(value)
}

/**
 * A value as JSON with Python's separators; `pad` is the indent of the line it starts on, absent for one line.
 * The type decides what a number alone cannot say: in a float field 1 prints as `1.0`.
 */
export function formatJson(type: FieldType, value: Json, pad?: string): string {
  if (hasOwnForm(type)) return formatJson(any, ownForm(type, value), pad)
  if (typeof value === 'number') return formatNumber(type, value)
  // An int beyond 2^53 is held as the text of its digits, and is a number in JSON.
  if (typeof value === 'string' && isInt(type) && isUnsafeInteger(value)) return value
  if (typeof value !== 'object' || value === null) return pythonJson(value)
  if (isFileRef(value)) return JSON.stringify(`[${fileWords(value)}]`)
  const inner = pad === undefined ? undefined : `${pad}  `
  const between = inner === undefined ? ', ' : `,\n${inner}`
  let text = ''
  if (isList(value)) {
    for (const [at, item] of value.entries()) text += (text === '' ? '' : between) + formatJson(partType(type, at) ?? any, item, inner)
  } else {
    for (const [key, item] of Object.entries(value)) {
      text += `${text === '' ? '' : between}${JSON.stringify(key)}: ${formatJson(partType(type, key) ?? any, item, inner)}`
    }
  }
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}']
  return inner === undefined || text === '' ? `${open}${text}${close}` : `${open}\n${inner}${text}\n${pad}${close}`
}

/** A value as Python's `str` prints it, lists and objects too: `['a', 1.0, None]`. */
export function formatPlain(type: FieldType, value: Json): string {
  if (hasOwnForm(type)) return formatPlain(any, ownForm(type, value))
  return typeof value === 'string' ? value : isFileRef(value) ? formatValue(type, value) : plainRepr(type, value)
}

function plainRepr(type: FieldType, value: Json): string {
  if (hasOwnForm(type)) return plainRepr(any, ownForm(type, value))
  if (typeof value === 'number') return formatNumber(type, value)
  if (typeof value === 'string' && isInt(type) && isUnsafeInteger(value)) return value
  if (typeof value !== 'object' || value === null) return pythonRepr(value)
  if (isFileRef(value)) return pythonRepr(formatValue(type, value))
  if (isList(value)) return `[${value.map((item, at) => plainRepr(partType(type, at) ?? any, item)).join(', ')}]`
  const entries = Object.entries(value).map(([key, item]) => `${pythonRepr(key)}: ${plainRepr(partType(type, key) ?? any, item)}`)
  return `{${entries.join(', ')}}`
}

const any: FieldType = { kind: 'any' }

function isInt(type: FieldType): boolean {
  return type.kind === 'int' || (type.kind === 'optional' && isInt(type.of))
}

function formatNumber(type: FieldType, value: number): string {
  const isFloat = type.kind === 'float' || (type.kind === 'optional' && type.of.kind === 'float')
  return isFloat ? pythonFloat(value) : pythonNumber(value)
}

function quotedList(items: readonly Json[]): string {
  const [first] = items
  if (first === undefined) return 'N/A'
  if (items.length === 1) return quotedItem(first)
  return items.map((item, i) => `[${i + 1}] ${quotedItem(item)}`).join('\n')
}

function quotedItem(item: Json): string {
  const text = isList(item) || isJsonObject(item) ? pythonJson(item) : pythonStr(item)
  return /[\n«»]/.test(text) ? `«««\n    ${text.replaceAll('\n', '\n    ')}\n»»»` : `«${text}»`
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
