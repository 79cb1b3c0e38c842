import { canonicalJson } from '@/lib/canonical-json'
import type { Json, JsonObject } from '@/lib/json'
import { keysGiven } from './class-kinds'
import type { FieldType, TypeOf } from './field-type'
import type { Coerced, Fitness, TypeKind } from './type-kind'

const nothing: JsonObject = { type: 'null' }

export const optionalKind: TypeKind<TypeOf<'optional'>> = {
  help: 'Another type, or nothing',
  example: { kind: 'optional', of: { kind: 'str' } },
  spell({ of }, spell, place) {
    if (place === 'signature') return `Optional[${spell(of)}]`
    return `Union[${membersOf(of).map(spell).join(', ')}, NoneType]`
  },
  schema: ({ of }, schemaOf) => anyOf([...membersOf(of).map(schemaOf), nothing]),
  closedSchema({ of }, closed) {
    const all = allOf(membersOf(of), closed)
    return all && anyOf([...all, nothing])
  },
  fit: ({ of }, value, fit) => (value === null ? { ok: true, value } : fit(of, value)),
  fitness: ({ of }, value, fitness) => (value === null ? 'exact' : fitness(of, value)),
  parts: ({ of }) => [of],
  mapParts: (type, change) => ({ ...type, of: change(type.of) }),
}

/** As pydantic's smart mode: the member that a value fits best, the first of those that it fits equally well. */
export const unionKind: TypeKind<TypeOf<'union'>> = {
  help: 'One of two or more types',
  example: { kind: 'union', of: [{ kind: 'int' }, { kind: 'str' }] },
  spell: ({ of }, spell) => `Union[${of.map(spell).join(', ')}]`,
  schema: ({ of }, schemaOf) => anyOf(of.map(schemaOf)),
  closedSchema({ of }, closed) {
    const all = allOf(of, closed)
    return all && anyOf(all)
  },
  fit: ({ of }, value, fit, fitness) => best(of, value, fit, fitness),
  fitness: ({ of }, value, fitness) => ranks.find(rank => of.some(member => fitness(member, value) === rank)) ?? 'lax',
  parts: ({ of }) => of,
  mapParts: (type, change) => ({ ...type, of: type.of.map(change) }),
  problem({ of }) {
    if (of.length < 2) return 'A union has two types or more. Add one, or use the type alone.'
    const alone = of.find(({ kind }) => aloneNames.has(kind))
    return alone && `${aloneNames.get(alone.kind)} cannot be one of several types. Give it a field of its own.`
  },
}

/** Of these a value says by itself what it is, and a message has a place of its own for it. */
const aloneNames: ReadonlyMap<FieldType['kind'], string> = new Map([
  ['image', 'An image'],
  ['audio', 'A recording'],
  ['file', 'A file'],
  ['history', 'A history'],
  ['tool', 'A tool'],
  ['document', 'A document'],
])

const ranks: readonly Fitness[] = ['exact', 'strict', 'lax']

/** Each schema once: a list and a tuple of anything look the same. */
function anyOf(schemas: readonly JsonObject[]): JsonObject {
  const [first, ...others] = new Map(schemas.map(schema => [canonicalJson(schema), schema])).values()
  return others.length === 0 ? (first ?? {}) : { anyOf: [first ?? {}, ...others] }
}

function membersOf(type: FieldType): readonly FieldType[] {
  return type.kind === 'union' ? type.of : [type]
}

function allOf(types: readonly FieldType[], closed: (type: FieldType) => JsonObject | undefined): readonly JsonObject[] | undefined {
  const schemas = types.map(closed)
  return schemas.every(schema => schema !== undefined) ? schemas : undefined
}

function best(
  of: readonly FieldType[],
  value: Json,
  fit: (type: FieldType, value: Json) => Coerced,
  fitness: (type: FieldType, value: Json) => Fitness,
): Coerced | undefined {
  let found: { readonly result: Coerced; readonly rank: number; readonly given: number } | undefined
  for (const member of of) {
    const rank = ranks.indexOf(fitness(member, value))
    const given = keysGiven(member, value)
    if (found && (found.rank < rank || (found.rank === rank && found.given >= given))) continue
    const result = fit(member, value)
    if (result.ok) found = { result, rank, given }
  }
  return found?.result
}
