import { canonicalJson } from '@/lib/canonical-json'
import type { Json } from '@/lib/json'
import { isJsonObject } from '@/lib/json'
import { pythonFloat, pythonRepr } from '@/lib/python-text'
import { coerceValue } from './check-value'
import { fieldNameProblem } from './types/field-name'
import { memberNamed } from './types/class-kinds'
import type { ClassField, ClassType, FieldType, TypeOf } from './types/field-type'
import { classesIn, opened, typesWithin } from './types/registry'
import { typeName } from './type-name'

export interface PythonTypes {
  /** Lines that what follows needs, sorted. */
  readonly imports: readonly string[]
  /** The classes, each behind those that it names; empty where there are none. */
  readonly classes: string
  /** The types that were asked for, as annotations. */
  readonly annotations: readonly string[]
}

/**
 * Types as Python writes them: an `Enum` and a pydantic `BaseModel` for each type with a name. An object without a name becomes a model named
 * after where it stands, since Python has no other; one whose keys are no names of Python stays an open dictionary.
 * `named` says where each type stands: the name of its field.
 */
export function pythonTypes(named: readonly { readonly name: string; readonly type: FieldType }[]): PythonTypes {
  const taken = new Set(classesIn(named.map(({ type }) => type)).map(({ name }) => name))
  const types = named.map(({ name, type }) => withNamedObjects(type, className(name), taken))
  const classes = classesIn(types)
  const blocks = classes.map(type => (type.kind === 'class' ? modelClass(type) : enumClass(type)))
  return { imports: importsFor(types, classes), classes: blocks.join('\n\n'), annotations: types.map(typeName) }
}

/** A value of a type as Python writes it, such as a default: `Color.RED`, `1.0`. */
export function pythonValue(type: FieldType, value: Json): string {
  if (value === null) return type.kind === 'enum-class' ? memberText(type, value) : 'None'
  switch (type.kind) {
    case 'optional':
      return pythonValue(type.of, value)
    case 'union':
      return pythonValue(memberOf(type, value) ?? any, value)
    case 'float':
      return typeof value === 'number' ? pythonFloat(value) : pythonRepr(value)
    case 'enum-class':
      return memberText(type, value)
    case 'date':
    case 'datetime':
    case 'time':
      return typeof value === 'string' ? `datetime.${type.kind}.fromisoformat(${pythonRepr(value)})` : pythonRepr(value)
    default:
      return partsText(type, value)
  }
}

/** The member whose value it is: one that takes it as it is, before one that would change it. */
function memberOf({ of }: TypeOf<'union'>, value: Json): FieldType | undefined {
  const fits = of.flatMap(member => {
    const read = coerceValue(member, value)
    return read.ok ? [{ member, isSame: canonicalJson(read.value) === canonicalJson(value) }] : []
  })
  return (fits.find(({ isSame }) => isSame) ?? fits[0])?.member
}

function partsText(type: FieldType, value: Json): string {
  if (isList(value)) {
    const items = value.map((item, at) => pythonValue(itemType(type, at), item))
    if (type.kind === 'tuple') return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`
    if (type.kind === 'set') return items.length === 0 ? 'set()' : `{${items.join(', ')}}`
    return `[${items.join(', ')}]`
  }
  if (!isJsonObject(value)) return pythonRepr(value)
  if (type.kind === 'class') {
    const given = opened(type).fields.flatMap(({ name, type: of }) =>
      value[name] === undefined ? [] : [`${name}=${pythonValue(of, value[name])}`],
    )
    return `${type.name}(${given.join(', ')})`
  }
  const entries = Object.entries(value).map(([key, item]) => {
    const of = type.kind === 'dict' ? type.of : type.kind === 'object' ? (type.fields[key] ?? any) : any
    return `${type.kind === 'dict' && type.key ? pythonKey(type.key, key) : pythonRepr(key)}: ${pythonValue(of, item)}`
  })
  return `{${entries.join(', ')}}`
}

const any: FieldType = { kind: 'any' }

function itemType(type: FieldType, at: number): FieldType {
  if (type.kind === 'list' || type.kind === 'set') return type.of
  return type.kind === 'tuple' ? (type.rest ?? type.items[at] ?? any) : any
}

function pythonKey(key: FieldType, text: string): string {
  const read = coerceValue(key, text)
  return pythonValue(key, read.ok ? read.value : text)
}

function memberText(type: TypeOf<'enum-class'>, value: Json): string {
  const member = memberNamed(type, value)
  return member === undefined ? pythonRepr(value) : `${type.name}.${member.name}`
}

function enumClass({ name, desc, members }: TypeOf<'enum-class'>): string {
  const lines = members.map(member => `${member.name} = ${pythonRepr(member.value)}`)
  return classBlock(`class ${name}(Enum):`, desc, lines)
}

function modelClass({ name, desc, fields }: TypeOf<'class'>): string {
  return classBlock(`class ${name}(BaseModel):`, desc, fields.map(fieldLine))
}

function classBlock(head: string, desc: string | undefined, lines: readonly string[]): string {
  const doc = desc ? [pythonDoc(desc)] : []
  const body = [...doc, ...(lines.length === 0 ? ['pass'] : lines)]
  return `${head}\n${body.map(line => `    ${line}`).join('\n')}\n`
}

/** One line of Python whatever stands in it. */
function pythonDoc(text: string): string {
  return `"""${JSON.stringify(text).slice(1, -1)}"""`
}

function fieldLine({ name, type, desc, default: usual }: ClassField): string {
  const value = usual === undefined ? undefined : pythonValue(type, usual)
  const said = desc ? `Field(${value === undefined ? '' : `${value}, `}description=${pythonRepr(desc)})` : value
  return `${name}: ${typeName(type)}${said === undefined ? '' : ` = ${said}`}`
}

function importsFor(types: readonly FieldType[], classes: readonly ClassType[]): readonly string[] {
  const all = types.flatMap(typesWithin)
  const kinds = new Set(all.map(({ kind }) => kind))
  const words = new Set(all.map(typeName).flatMap(text => text.match(/\b(?:Any|Literal|Optional|Union|Annotated)\b/g) ?? []))
  const models = classes.some(({ kind }) => kind === 'class')
  const described = classes.some(type => type.kind === 'class' && type.fields.some(({ desc }) => desc))
  const pydantic = [...(models ? ['BaseModel'] : []), ...(described || words.has('Annotated') ? ['Field'] : [])]
  return [
    ...(kinds.has('date') || kinds.has('datetime') || kinds.has('time') ? ['import datetime'] : []),
    ...(kinds.has('image') ? ['import dspy'] : []),
    // DSPy does not bring what is experimental by itself.
    ...(all.some(type => typeName(type).includes('dspy.experimental.')) ? ['import dspy.experimental'] : []),
    ...(kinds.has('enum-class') ? ['from enum import Enum'] : []),
    ...(words.size > 0 ? [`from typing import ${[...words].sort().join(', ')}`] : []),
    ...(pydantic.length > 0 ? [`from pydantic import ${pydantic.join(', ')}`] : []),
  ]
}

/** `where`: what a model made of an object that stands here is called. */
function withNamedObjects(type: FieldType, where: string, taken: Set<string>): FieldType {
  if (type.kind === 'class')
    return {
      ...type,
      fields: type.fields.map(field => ({ ...field, type: withNamedObjects(field.type, `${type.name}${className(field.name)}`, taken) })),
    }
  if (type.kind === 'list' || type.kind === 'set' || type.kind === 'dict' || type.kind === 'optional')
    return { ...type, of: withNamedObjects(type.of, where, taken) }
  if (type.kind === 'union') return { ...type, of: type.of.map(of => withNamedObjects(of, where, taken)) }
  if (type.kind === 'tuple')
    return {
      ...type,
      items: type.items.map(of => withNamedObjects(of, where, taken)),
      ...(type.rest && { rest: withNamedObjects(type.rest, where, taken) }),
    }
  if (type.kind !== 'object' || Object.keys(type.fields).length === 0) return type
  if (Object.keys(type.fields).some(key => fieldNameProblem(key) !== undefined)) return { kind: 'object', fields: {} }
  const name = freeName(where, taken)
  const fields = Object.entries(type.fields).map(([key, of]): ClassField => ({
    name: key,
    type: withNamedObjects(of, `${name}${className(key)}`, taken),
    ...(of.kind === 'optional' && { default: null }),
  }))
  return { kind: 'class', name, fields }
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}${count}`
  taken.add(name)
  return name
}

/** `home_address` → `HomeAddress`. */
function className(name: string): string {
  return name
    .split('_')
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
