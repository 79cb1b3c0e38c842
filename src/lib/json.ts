/** A value that survives `JSON.stringify` and `structuredClone` unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export type JsonResult = { ok: true; value: Json } | { ok: false; reason: string }

/**
 * The one place that calls `JSON.parse`: never throws. Refuses values nested deeper than any program nests its own, since whoever
 * prints, compares or stores a value goes down into it level by level, and would end at the limit of the stack.
 */
export function parseJson(text: string, { deepest = deepestJson }: { readonly deepest?: number } = {}): JsonResult {
  if (isNestedDeeper(text, deepest)) return { ok: false, reason: `it is nested more than ${deepest} levels deep` }
  try {
    const value: Json = JSON.parse(text)
    return { ok: true, value }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'not JSON' }
  }
}

/** What a value of a run may be nested. */
export const deepestValue = 100
/** Files hold such values with a few levels around them. */
const deepestJson = 500

/** Whether JSON text opens more than `limit` brackets that are not closed yet, those inside of texts left out. */
function isNestedDeeper(text: string, limit: number): boolean {
  if (text.length <= limit) return false
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === quote) {
      at = endOfString(text, at)
      if (at < 0) return false
    } else if (unit === openBrace || unit === openBracket) {
      depth += 1
      if (depth > limit) return true
    } else if (unit === closeBrace || unit === closeBracket) depth -= 1
  }
  return false
}

/** The place of the mark that closes a string; -1 where none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return -1
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [34, 92, 123, 125, 91, 93]

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for what `JSON.stringify` keeps as it is: no NaN, no undefined, no class instances, no own `__proto__`. */
export function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.every(isJson)
  const entries = Object.entries(value)
  return Object.getPrototypeOf(value) === Object.prototype && entries.every(([key, item]) => key !== '__proto__' && isJson(item))
}
