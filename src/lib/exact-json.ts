import { parseJson, type Json, type JsonResult } from './json'

/** What `parseExactJson` met that JSON has no place for. */
export interface OddNumbers {
  /** `NaN`, read as null. */
  readonly nan: number
  /** `Infinity` and `-Infinity`, read as these words. */
  readonly infinite: number
}

/**
 * Reads JSON without rounding: an integer that a JavaScript number cannot hold becomes the text of its digits. With `allowNonFinite`, `NaN`
 * becomes null and `Infinity` a text, as Python's `json` and pandas write them. Takes time in proportion to the text.
 */
export function parseExactJson(text: string, options: { readonly allowNonFinite?: boolean } = {}): JsonResult & { odd?: OddNumbers } {
  if (!/\d{16}|NaN|Infinity/.test(text)) return parseJson(text)
  const { written, odd } = rewriteNumbers(text, token => (isUnsafeInteger(token) ? `"${token}"` : token), options.allowNonFinite === true)
  return { ...parseJson(written), odd }
}

/**
 * JSON of a table, twice: `typed` has its numbers as numbers; in `raw` a number that would print otherwise than it is written (1.10, 1E5,
 * 20 digits) is the text of the file. They are the same object where all numbers print back.
 */
export type TwofoldJson =
  | { readonly ok: true; readonly typed: Json; readonly raw: Json; readonly odd: OddNumbers }
  | { readonly ok: false; readonly reason: string }

export function parseTwofoldJson(text: string): TwofoldJson {
  const typedText = rewriteNumbers(text, token => (isUnsafeInteger(token) ? `"${token}"` : token), true)
  const typed = parseJson(typedText.written)
  if (!typed.ok) return typed
  let isSame = true
  const rawText = rewriteNumbers(
    text,
    token => {
      if (isUnsafeInteger(token)) return `"${token}"`
      if (String(Number(token)) === token || !isJsonNumber(token)) return token
      isSame = false
      return `"${token}"`
    },
    true,
  )
  const raw = isSame ? typed : parseJson(rawText.written)
  return { ok: true, typed: typed.value, raw: raw.ok ? raw.value : typed.value, odd: typedText.odd }
}

/** Digits of an integer that a number would round. */
export function isUnsafeInteger(text: string): boolean {
  return text.length > 15 && /^-?[1-9]\d{15,}$/.test(text) && !Number.isSafeInteger(Number(text))
}

/** Digits of an integer as a number of any size prints: without a plus and zeros in front. */
export function plainDigits(text: string): string {
  const [, sign = '', digits = text] = /^([+-]?)0*(\d|[1-9]\d+)$/.exec(text) ?? []
  return sign === '-' ? `-${digits}` : digits
}

function isJsonNumber(token: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token)
}

/** Replaces the number tokens outside of texts. */
function rewriteNumbers(
  text: string,
  replace: (token: string) => string,
  allowNonFinite: boolean,
): { readonly written: string; readonly odd: OddNumbers } {
  let [written, from, nan, infinite] = ['', 0, 0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      at = endOfString(text, at)
      if (at < 0) break
      continue
    }
    if (!beginsNumber(code)) continue
    numberToken.lastIndex = at
    const token = numberToken.exec(text)?.[0]
    if (token === undefined) continue
    const isWord = token.endsWith('N') || token.endsWith('y')
    let next = token
    if (!isWord) next = replace(token)
    else if (allowNonFinite) {
      if (token === 'NaN') nan += 1
      else infinite += 1
      next = token === 'NaN' ? 'null' : `"${token}"`
    }
    if (next !== token) {
      written += text.slice(from, at) + next
      from = at + token.length
    }
    at += token.length - 1
  }
  return { written: from === 0 ? text : written + text.slice(from), odd: { nan, infinite } }
}

const numberToken = /-?(?:\d[\d.eE+-]*|Infinity(?![\w]))|NaN(?![\w])/y
const [quote, minus, zero, nine, bigI, bigN] = [34, 45, 48, 57, 73, 78]

function beginsNumber(code: number): boolean {
  return (code >= zero && code <= nine) || code === minus || code === bigI || code === bigN
}

/** The place of the mark that closes the string which opens at `start`; -1 where none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === 92) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return -1
}
