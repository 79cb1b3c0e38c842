import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { reservedNames } from '@/lib/reserved-names'
import { fieldNameProblem } from './field-name'
import { isPythonEqual, jsonTypeOf, toOption } from './choice-kind'
import type { ClassField, ClassType, EnumMember, EnumValue, FieldType, TypeOf } from './field-type'
import { fitted, type Coerced, type TypeKind } from './type-kind'

/** An object with a name, whose fields may have descriptions and defaults: what pydantic's `BaseModel` is to Python. */
export const classKind: TypeKind<TypeOf<'class'>> = {
  help: 'An object with a name, used again elsewhere',
  example: { kind: 'class', name: 'Person', fields: [{ name: 'name', type: { kind: 'str' } }] },
  spell: ({ name }) => name,
  schema({ name, desc, fields, isClosed }, schemaOf) {
    const properties = fields
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(field => [field.name, propertySchema(field, schemaOf(field.type))] as const)
    const required = fields.filter(isRequired).map(field => field.name)
    return {
      type: 'object',
      ...(isClosed && { additionalProperties: false }),
      ...(desc && { description: desc }),
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      title: name,
    }
  },
  closedSchema({ name, desc, fields }, closed) {
    const properties: [string, JsonObject][] = []
    for (const field of fields) {
      const schema = closed(field.type)
      if (!schema) return undefined
      // Endpoints take nothing beside a reference.
      const isReference = schema['$ref'] !== undefined
      properties.push([field.name, { ...schema, ...(!isReference && field.desc && { description: field.desc }) }])
    }
    return {
      type: 'object',
      title: name,
      ...(desc && { description: desc }),
      properties: Object.fromEntries(properties),
      required: fields.map(field => field.name),
      additionalProperties: false,
    }
  },
  fit({ fields, isClosed }, value, fit) {
    if (!isJsonObject(value)) return undefined
    const further = isClosed ? Object.keys(value).find(key => fields.every(({ name }) => name !== key)) : undefined
    return further === undefined ? fitFields(fields, value, fit) : { ok: false, reason: `there is no key ${further}` }
  },
  // To Python a dictionary is no instance by itself.
  fitness: () => 'lax',
  parts: ({ fields }) => fields.map(({ type }) => type),
  mapParts: (type, change) => ({ ...type, fields: type.fields.map(field => ({ ...field, type: change(field.type) })) }),
  partAt: ({ fields }, at) => fields.find(({ name }) => name === at)?.type,
  problem({ name, fields }) {
    const problem = classNameProblem(name)
    if (problem) return problem
    if (fields.length === 0) return `The type \`${name}\` has no fields. Add one.`
    const seen = new Set<string>()
    for (const field of fields) {
      const fault = seen.has(field.name) ? `There is a field \`${field.name}\` already. Rename one.` : fieldNameProblem(field.name)
      if (fault) return `In the type \`${name}\`: ${fault}`
      seen.add(field.name)
    }
    return undefined
  },
}

/**
 * Members with names and values: what an `Enum` is to Python. Nested in another type a value is that of a member; the value of a whole field
 * may be the name of one, too.
 */
export const enumClassKind: TypeKind<TypeOf<'enum-class'>> = {
  help: 'One of some named values, used again elsewhere',
  example: {
    kind: 'enum-class',
    name: 'Color',
    members: [
      { name: 'RED', value: 'red' },
      { name: 'BLUE', value: 'blue' },
    ],
  },
  spell: ({ name }) => name,
  schema: enumSchema,
  closedSchema: enumSchema,
  fit: ({ members }, value) => fitted(members.find(each => isPythonEqual(each.value, value))?.value),
  // To Python no value is a member by itself.
  fitness: () => 'lax',
  parts: () => [],
  problem({ name, members }) {
    const problem = classNameProblem(name)
    if (problem) return problem
    if (members.length === 0) return `The type \`${name}\` has no members. Add one.`
    const seen = new Set<string>()
    const values = new Set<string>()
    for (const member of members) {
      const fault = seen.has(member.name) ? `There is a member \`${member.name}\` already. Rename one.` : memberNameProblem(member.name)
      if (fault) return `In the type \`${name}\`: ${fault}`
      if (values.has(String(member.value))) return `Two members of \`${name}\` have the value ${String(member.value)}. Change one.`
      seen.add(member.name)
      values.add(String(member.value))
    }
    return undefined
  },
}

/**
 * The member that has this value or else this name, as DSPy finds it for a whole field.
 * Differs: digits in a text find the number, as no answer in plain text could name it otherwise.
 */
export function memberNamed(type: TypeOf<'enum-class'>, value: Json): EnumMember | undefined {
  const { members } = type
  const option = toOption(valuesOfEnum(type), value)
  const exact = members.find(each => isPythonEqual(each.value, value)) ?? members.find(({ name }) => name === value)
  return exact ?? members.find(each => each.value === option)
}

/** How many keys of a class a value gives: of two classes in a union that fit equally, the one with more of them is meant. */
export function keysGiven(type: FieldType, value: Json): number {
  if (type.kind !== 'class' || !isJsonObject(value)) return 0
  return type.fields.filter(({ name }) => Object.hasOwn(value, name)).length
}

export function valuesOfEnum({ members }: TypeOf<'enum-class'>): readonly EnumValue[] {
  return members.map(({ value }) => value)
}

export function isClass(type: FieldType): type is ClassType {
  return type.kind === 'class' || type.kind === 'enum-class'
}

/** True where an object has to have the key. */
export function isRequired(field: ClassField): boolean {
  return field.default === undefined
}

/** Why a text cannot name a class: a class of Python with a name of its own. */
export function classNameProblem(name: string): string | undefined {
  if (typeWords.has(name)) return `\`${name}\` is the name of a type already. Choose another name for yours.`
  return fieldNameProblem(name)
    ?.replace('Give the field a name.', 'Give the type a name.')
    .replace('A field of DSPy does', 'The name of a type does')
}

function memberNameProblem(name: string): string | undefined {
  if (/^mro$|^_/.test(name) && !reservedNames.has(name)) return `Python's Enum uses \`${name}\` itself. Choose another name.`
  return fieldNameProblem(name)?.replace('Give the field a name.', 'Give the member a name.')
}

/** Words that a signature reads as something else, or that an exported program needs. */
const typeWords: ReadonlySet<string> = new Set(
  (
    'str int float bool Any list List dict Dict tuple Tuple set Set frozenset FrozenSet AbstractSet Sequence Iterable Literal Optional Union ' +
    'Annotated Field BaseModel Enum date datetime time timedelta bytes Image Audio File History Tool ToolCalls Code Reasoning Citations ' +
    'Document Noul Choice Score Type object type typing dspy NoneType Ellipsis'
  ).split(' '),
)

/** Unlike a `Literal`, an Enum with one member is a list of one, and one of mixed numbers has no type. */
function enumSchema(enumClass: TypeOf<'enum-class'>): JsonObject {
  const { name, desc } = enumClass
  const values = valuesOfEnum(enumClass)
  const [type, ...others] = new Set(values.map(jsonTypeOf))
  return {
    ...(type !== undefined && type !== 'null' && others.length === 0 && { type }),
    ...(desc && { description: desc }),
    enum: values,
    title: name,
  }
}

/** Pydantic gives a key a title unless its type has one. */
function propertySchema({ name, type, desc, default: usual }: ClassField, schema: JsonObject): JsonObject {
  return inPromptOrder({
    ...schema,
    // Not again what the class says itself.
    ...(desc && !(isClass(type) && type.desc === desc) && { description: desc }),
    ...(usual !== undefined && { default: usual }),
    ...(!hasOwnTitle(type) && { title: titleOf(name) }),
  })
}

function hasOwnTitle(type: FieldType): boolean {
  return type.kind === 'optional' ? hasOwnTitle(type.of) : isClass(type) || type.kind === 'itself'
}

/** `type` first, the rest by the alphabet. */
export function inPromptOrder({ type, ...rest }: JsonObject): JsonObject {
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(type === undefined ? sorted : [['type', type], ...sorted])
}

/** Pydantic's title of a key, by Python's `str.title`: `first_name` → `First Name`. Letters without capitals end a word. */
export function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return words.replace(/\p{Cased}+/gu, word => {
    const [first = '', ...rest] = word
    const [capital = '', ...tail] = first.toUpperCase()
    return capital + [...tail, ...rest].join('').toLowerCase()
  })
}

function fitFields(fields: readonly ClassField[], object: JsonObject, fit: (type: FieldType, value: Json) => Coerced): Coerced {
  const entries: [string, Json][] = []
  for (const { name, type, default: usual } of fields) {
    const item = Object.hasOwn(object, name) ? object[name] : undefined
    if (item === undefined && usual === undefined) return { ok: false, reason: `key ${name} is missing` }
    // Pydantic takes a default as it is.
    const result: Coerced = item === undefined ? { ok: true, value: usual ?? null } : fit(type, item)
    if (!result.ok) return { ok: false, reason: `key ${name}: ${result.reason}` }
    entries.push([name, result.value])
  }
  return { ok: true, value: Object.fromEntries(entries) }
}
