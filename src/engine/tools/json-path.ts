import type { Json } from '@/lib/json'

/**
 * The part of a value that a path names: `items[0].name`, `results[*].title` for that of each entry, empty for the whole. Undefined where
 * there is no such part.
 */
export function partAt(value: Json, path: string): Json | undefined {
  return walk(
    value,
    path.split(/[.[\]]/).filter(step => step !== ''),
  )
}

function walk(value: Json, [step, ...rest]: readonly string[]): Json | undefined {
  if (step === undefined) return value
  if (typeof value !== 'object' || value === null) return undefined
  if (step === '*') {
    const parts = (Array.isArray(value) ? value : Object.values(value)).map((item: Json) => walk(item, rest))
    return parts.filter(part => part !== undefined)
  }
  const inner: Json | undefined = Object.hasOwn(value, step) ? (value as Readonly<Record<string, Json>>)[step] : undefined
  return inner === undefined ? undefined : walk(inner, rest)
}
