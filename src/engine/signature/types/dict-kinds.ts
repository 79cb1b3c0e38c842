import { isOneLine } from '@/lib/line-text'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { pythonFloat, pythonRepr } from '@/lib/python-text'
import { reservedNames } from '@/lib/reserved-names'
import type { FieldType, KeyType, TypeOf } from './field-type'
import { worst, type Coerced, type TypeKind } from './type-kind'

const openDict: JsonObject = { type: 'object', additionalProperties: true }

export const dictKind: TypeKind<TypeOf<'dict'>> = {
  help: 'Any names, one type',
  example: { kind: 'dict', of: { kind: 'int' } },
  spell: ({ key, of, isBare }, spell) => (isBare ? 'dict' : `dict[${key ? spell(key) : 'str'}, ${spell(of)}]`),
  schema({ key, of }, schemaOf) {
    const open = of.kind === 'any' ? openDict : { type: 'object', additionalProperties: schemaOf(of) }
    if (key === undefined) return open
    const names = schemaOf(key)
    if (key.kind === 'enum-class') return { ...open, propertyNames: names }
    // Of keys that JSON has as texts anyway there is nothing to say.
    const { type, ...said } = names
    return type !== 'string' || Object.keys(said).length === 0 ? open : { ...open, propertyNames: said }
  },
  closedSchema: () => undefined,
  fit: ({ key, of }, value, fit) => (isJsonObject(value) ? fitEntries(key, of, value, fit) : undefined),
  fitness({ key, of }, value, fitness) {
    if (!isJsonObject(value) || (key && key.kind !== 'enum')) return 'lax'
    return worst(Object.values(value).map(item => fitness(of, item)))
  },
  parts: ({ key, of }) => (key ? [key, of] : [of]),
  mapParts({ key, of, ...rest }, change) {
    const changed = key && change(key)
    return { ...rest, of: change(of), ...(changed && isKeyType(changed) && { key: changed }) }
  },
  partAt: ({ of }, at) => (typeof at === 'string' ? of : undefined),
}

export const objectKind: TypeKind<TypeOf<'object'>> = {
  help: 'Named sub-fields',
  example: { kind: 'object', fields: { name: { kind: 'str' } } },
  spell({ fields }, spell) {
    const entries = Object.entries(fields).map(([name, of]) => `${pythonRepr(name)}: ${spell(of)}`)
    return entries.length === 0 ? 'dict[str, Any]' : `{${entries.join(', ')}}`
  },
  schema({ fields }, schemaOf) {
    const names = Object.keys(fields)
    if (names.length === 0) return openDict
    const properties = Object.entries(fields)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, of]) => [name, schemaOf(of)] as const)
    return { type: 'object', properties: Object.fromEntries(properties), required: names }
  },
  closedSchema({ fields }, closed) {
    const names = Object.keys(fields)
    if (names.length === 0) return undefined
    const properties: [string, JsonObject][] = []
    for (const [name, of] of Object.entries(fields)) {
      const schema = closed(of)
      if (!schema) return undefined
      properties.push([name, schema])
    }
    return { type: 'object', properties: Object.fromEntries(properties), required: names, additionalProperties: false }
  },
  fit: ({ fields }, value, fit) => (isJsonObject(value) ? fitFields(fields, value, fit) : undefined),
  fitness({ fields }, value, fitness) {
    if (!isJsonObject(value)) return 'lax'
    return worst(Object.entries(fields).map(([name, of]) => fitness(of, value[name] ?? null)))
  },
  parts: ({ fields }) => Object.values(fields),
  mapParts: ({ fields, ...rest }, change) => ({
    ...rest,
    fields: Object.fromEntries(Object.entries(fields).map(([name, of]) => [name, change(of)])),
  }),
  partAt: ({ fields }, at) => (typeof at === 'string' && Object.hasOwn(fields, at) ? fields[at] : undefined),
  problem({ fields }) {
    for (const name of Object.keys(fields)) {
      if (name === '') return 'Give each key of the object a name.'
      if (!isOneLine(name)) return 'A key of the object has a line break in it, or characters that cannot be seen. Rename it.'
      if (reservedNames.has(name)) return `The key \`${name}\` has a meaning of its own in JavaScript. Rename it.`
    }
    return undefined
  },
}

export function isKeyType(type: FieldType): type is KeyType {
  return ['int', 'float', 'date', 'enum', 'enum-class'].includes(type.kind)
}

function fitEntries(key: KeyType | undefined, of: FieldType, object: JsonObject, fit: (type: FieldType, value: Json) => Coerced): Coerced {
  const entries: [string, Json][] = []
  for (const [name, item] of Object.entries(object)) {
    const fittedKey = key === undefined ? name : keyText(key, name, fit)
    if (typeof fittedKey !== 'string') return { ok: false, reason: `the key ${name}: ${fittedKey.reason}` }
    const result = fit(of, item)
    if (!result.ok) return { ok: false, reason: `key ${name}: ${result.reason}` }
    entries.push([fittedKey, result.value])
  }
  return { ok: true, value: Object.fromEntries(entries) }
}

/** A key as JSON has it once its type has read it: `1` is `1.0` where keys are floats. */
function keyText(key: KeyType, name: string, fit: (type: FieldType, value: Json) => Coerced): string | { readonly reason: string } {
  const result = fit(key, name)
  if (!result.ok) return result
  return key.kind === 'float' && typeof result.value === 'number' ? pythonFloat(result.value) : String(result.value)
}

function fitFields(
  fields: Readonly<Record<string, FieldType>>,
  object: JsonObject,
  fit: (type: FieldType, value: Json) => Coerced,
): Coerced {
  const names = Object.keys(fields)
  if (names.length === 0) return { ok: true, value: object }
  const entries: [string, Json][] = []
  for (const name of names) {
    const of = fields[name] ?? { kind: 'any' }
    const item = Object.hasOwn(object, name) ? object[name] : undefined
    if (item === undefined && of.kind !== 'optional') return { ok: false, reason: `key ${name} is missing` }
    const result = fit(of, item ?? null)
    if (!result.ok) return { ok: false, reason: `key ${name}: ${result.reason}` }
    entries.push([name, result.value])
  }
  return { ok: true, value: Object.fromEntries(entries) }
}
