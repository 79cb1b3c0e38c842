/** A value that survives `JSON.stringify` and `structuredClone` unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export type JsonResult = { ok: true; value: Json } | { ok: false; reason: string }

/** The one place that calls `JSON.parse`: never throws, also not on nesting too deep for the stack. */
export function parseJson(text: string): JsonResult {
  try {
    const value: Json = JSON.parse(text)
    return { ok: true, value }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'not JSON' }
  }
}

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
