import type { Json } from './json'

/** Python's `str(value)`: `True`, `None`, `[1, 'a']`. A whole number prints as an int; see `pythonFloat` for floats. */
export function pythonStr(value: Json): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

/** Python's `repr(value)`: texts in single quotes, `{'a': 1}`. */
export function pythonRepr(value: Json): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number') return pythonNumber(value)
  if (typeof value === 'string') return quoted(value)
  if (isList(value)) return `[${value.map(pythonRepr).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${quoted(key)}: ${pythonRepr(item)}`)
    .join(', ')}}`
}

/** Python's `json.dumps(value, ensure_ascii=False)`: a space after `,` and `:`, letters of all scripts kept. */
export function pythonJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return pythonNumber(value)
  if (typeof value === 'string') return JSON.stringify(value)
  let text = ''
  if (isList(value)) {
    for (const item of value) text += (text === '' ? '' : ', ') + pythonJson(item)
    return `[${text}]`
  }
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    text += `${text === '' ? '' : ', '}${JSON.stringify(key)}: ${pythonJson(value[key] ?? null)}`
  }
  return `{${text}}`
}

/** A number as Python prints it: whole numbers as ints (JavaScript cannot tell `1` from `1.0`), others as floats. */
export function pythonNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? String(value) : pythonFloat(value)
}

/** A number as Python prints a float: `1.0`, `0.1`, `1e-05`, `1e+16`, `inf`, `nan`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  // Both languages print the shortest digits that read back; only where the exponent form starts differs.
  if (size >= 1e16 || size < 1e-4) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  return quote + text.replace(needsEscape, character => escaped(character, quote)) + quote
}

/** What Python's `isprintable` refuses, plus the characters with an escape of their own. */
const needsEscape = /[\\'"]|(?! )[\p{C}\p{Z}]/gu

function escaped(character: string, quote: string): string {
  if (character === "'" || character === '"') return character === quote ? `\\${character}` : character
  const short = shortEscapes[character]
  if (short) return short
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

const shortEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
