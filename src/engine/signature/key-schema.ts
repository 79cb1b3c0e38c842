import { z } from 'zod'
import type { Json, JsonObject } from '@/lib/json'

/** Names that would reach into `Object.prototype` where somebody forgets to look for own properties only. */
export const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Ids and names that serve as object keys. */
export const keySchema = z
  .string()
  .min(1, 'is empty')
  .max(500, 'is longer than 500 characters')
  .refine(name => !unsafeNames.has(name), 'is a name JavaScript reserves: choose another')

export const jsonSchema: z.ZodType<Json> = z.custom<Json>(isJson, 'is not a JSON value')
export const jsonObjectSchema: z.ZodType<JsonObject> = z.custom<JsonObject>(
  value => typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value),
  'is not an object of JSON values',
)

/** True for what `JSON.stringify` keeps as it is: no NaN, no undefined, no class instances, no own `__proto__`. */
export function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.every(isJson)
  const entries = Object.entries(value)
  return Object.getPrototypeOf(value) === Object.prototype && entries.every(([key, item]) => key !== '__proto__' && isJson(item))
}
