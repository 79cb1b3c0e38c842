import type { Rng } from '@/lib/rng'
import type { Json, JsonObject } from '@/lib/json'
import { isJsonObject } from '@/lib/json'

/** What an accident, another program or somebody hostile puts in the place of a value. */
const replacements: readonly Json[] = [
  null,
  true,
  7,
  -1,
  0.5,
  1e308,
  -1e308,
  9_007_199_254_740_991,
  '',
  'NaN',
  'words',
  '\u2028\u202e</script>`*/',
  'x'.repeat(5_000),
  [],
  {},
  [null],
  { a: { b: [1] } },
]

/** One change of one place: dropped, retyped, huge, doubled, or a text that names something exchanged for another. */
export function mutated(value: Json, rng: Pick<Rng, 'random'>): { readonly value: Json; readonly what: string } {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rng.random() * list.length)] as T // The lists are not empty.
  const place = pick(placesOf(value))
  const ways = ['drop', 'replace', 'replace', 'double', 'empty', 'exchange'] as const
  const way = pick(ways)
  const path = place.join('.')
  if (way === 'drop') return { value: changed(value, place, () => undefined), what: `${path} dropped` }
  if (way === 'double') {
    const [parent, key] = [place.slice(0, -1), place.at(-1) ?? '']
    return {
      value: changed(value, parent, list => (Array.isArray(list) ? [...list, list[Number(key)] ?? null] : list)),
      what: `${path} comes twice`,
    }
  }
  if (way === 'empty')
    return { value: changed(value, place, old => (Array.isArray(old) ? [] : isJsonObject(old) ? {} : '')), what: `${path} emptied` }
  if (way === 'exchange')
    return {
      value: changed(value, place, old => (typeof old === 'string' ? `${old}_gone` : typeof old === 'number' ? old + 1 : old)),
      what: `${path} exchanged`,
    }
  const next = pick(replacements)
  return { value: changed(value, place, () => next), what: `${path} = ${JSON.stringify(next).slice(0, 40)}` }
}

/** Of a long list only the first few: the others are alike. */
function placesOf(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Array.isArray(value) ? [...value.slice(0, 4).entries()] : Object.entries(value as JsonObject)
  const inner = entries.flatMap(([key, item]) => placesOf(item as Json, [...path, String(key)]))
  return path.length === 0 && inner.length > 0 ? inner : [path, ...inner]
}

function changed(value: Json, [key, ...rest]: readonly string[], change: (old: Json) => Json | undefined): Json {
  if (key === undefined) return change(value) ?? null
  if (typeof value !== 'object' || value === null) return value
  const next = (old: Json): Json | undefined => (rest.length === 0 ? change(old) : changed(old, rest, change))
  if (Array.isArray(value)) {
    return value.flatMap((item: Json, at) => {
      if (String(at) !== key) return [item]
      const made = next(item)
      return made === undefined ? [] : [made]
    })
  }
  return Object.fromEntries(
    Object.entries(value as JsonObject).flatMap(([name, item]): [string, Json][] => {
      if (name !== key) return [[name, item]]
      const made = next(item)
      return made === undefined ? [] : [[name, made]]
    }),
  )
}
