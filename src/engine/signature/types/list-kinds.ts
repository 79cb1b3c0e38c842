import { canonicalJson } from '@/lib/canonical-json'
import type { Json, JsonObject } from '@/lib/json'
import type { FieldType, TypeOf } from './field-type'
import { isList, worst, type Coerced, type TypeKind } from './type-kind'

const text: FieldType = { kind: 'str' }

export const listKind: TypeKind<TypeOf<'list'>> = {
  help: 'Several of one type',
  example: { kind: 'list', of: text },
  spell: ({ of, isBare }, spell) => (isBare ? 'list' : `list[${spell(of)}]`),
  schema: ({ of }, schemaOf) => ({ type: 'array', items: schemaOf(of) }),
  closedSchema({ of }, closed) {
    const items = closed(of)
    return items && { type: 'array', items }
  },
  fit: ({ of }, value, fit) => (isList(value) ? fitItems(value, () => of, fit) : undefined),
  fitness: ({ of }, value, fitness) => (isList(value) ? worst(value.map(item => fitness(of, item))) : 'lax'),
  parts: ({ of }) => [of],
  mapParts: (type, change) => ({ ...type, of: change(type.of) }),
  partAt: ({ of }, at) => (typeof at === 'number' ? of : undefined),
}

/** A list without repetitions: JSON has no set. */
export const setKind: TypeKind<TypeOf<'set'>> = {
  help: 'Several of one type, each once',
  example: { kind: 'set', of: text },
  spell: ({ of, isBare }, spell) => (isBare ? 'set' : `set[${spell(of)}]`),
  schema: ({ of }, schemaOf) => ({ type: 'array', items: schemaOf(of), uniqueItems: true }),
  // Structured outputs know no unique items, and a list may repeat some.
  closedSchema: () => undefined,
  fit({ of }, value, fit) {
    if (!isList(value)) return undefined
    const items = fitItems(value, () => of, fit)
    return items.ok ? { ok: true, value: distinct(items.value) } : items
  },
  // A list is no set to Python.
  fitness: () => 'lax',
  parts: ({ of }) => [of],
  mapParts: (type, change) => ({ ...type, of: change(type.of) }),
  partAt: ({ of }, at) => (typeof at === 'number' ? of : undefined),
}

export const tupleKind: TypeKind<TypeOf<'tuple'>> = {
  help: 'A fixed number of values, each of its own type',
  example: { kind: 'tuple', items: [text, { kind: 'int' }] },
  spell({ items, rest, isBare }, spell, place) {
    if (isBare) return 'tuple'
    if (rest) return `tuple[${spell(rest)}, ${place === 'prompt' ? 'Ellipsis' : '...'}]`
    const none = place === 'prompt' ? '' : '()'
    return `tuple[${items.length === 0 ? none : items.map(spell).join(', ')}]`
  },
  schema({ items, rest }, schemaOf): JsonObject {
    if (rest) return { type: 'array', items: schemaOf(rest) }
    const ends = { maxItems: items.length, minItems: items.length }
    return { type: 'array', ...ends, ...(items.length > 0 && { prefixItems: items.map(schemaOf) }) }
  },
  // Structured outputs know no items that differ by their place.
  closedSchema: () => undefined,
  fit({ items, rest }, value, fit) {
    if (!isList(value)) return undefined
    if (!rest && value.length !== items.length) {
      const counts = `${items.length} ${items.length === 1 ? 'value' : 'values'}, got ${value.length}`
      return { ok: false, reason: `expected a list of ${counts}` }
    }
    return fitItems(value, at => rest ?? items[at] ?? { kind: 'any' }, fit)
  },
  // A list is no tuple to Python.
  fitness: () => 'lax',
  parts: ({ items, rest }) => (rest ? [rest] : items),
  mapParts: (type, change) => ({ ...type, items: type.items.map(change), ...(type.rest && { rest: change(type.rest) }) }),
  partAt: ({ items, rest }, at) => (typeof at === 'number' ? (rest ?? items[at]) : undefined),
}

function fitItems(items: readonly Json[], typeAt: (at: number) => FieldType, fit: (type: FieldType, value: Json) => Coerced): Coerced {
  const values: Json[] = []
  for (const [at, item] of items.entries()) {
    const result = fit(typeAt(at), item)
    if (!result.ok) return { ok: false, reason: `item ${at + 1}: ${result.reason}` }
    values.push(result.value)
  }
  return { ok: true, value: values }
}

function distinct(items: Json): Json {
  return isList(items) ? [...new Map(items.map(item => [canonicalJson(item), item])).values()] : items
}
