import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { isKeyType } from './types/dict-kinds'
import { constrained } from './types/constraint-rules'
import type { Constraints } from './types/constraints'
import type { ClassField, EnumValue, FieldType } from './types/field-type'

/** A type that `jsonSchemaOf` would print as this schema; `any` for what it never prints. */
export function typeOfSchema(schema: Json): FieldType {
  const defs = isJsonObject(schema) && isJsonObject(schema['$defs']) ? schema['$defs'] : {}
  return readerOf(defs)(schema, true)
}

/** So many references are followed: few of them can make very many types. */
const mostReferences = 1000

/** `isNamed`: the title of the schema is the name of a class, where that of a property repeats its key. */
function readerOf(defs: JsonObject): (schema: Json, isNamed?: boolean) => FieldType {
  const open: string[] = []
  let references = 0
  const reference = (ref: string): FieldType => {
    const name = ref.replace(/^#\/\$defs\//, '')
    references += 1
    if (!Object.hasOwn(defs, name) || references > mostReferences) return { kind: 'any' }
    const schema = defs[name] ?? null
    // Of types that hold each other, the inner one holds anything.
    if (open.includes(name)) return name === open.at(-1) && isClass(schema) ? { kind: 'itself', name: schema.title } : { kind: 'any' }
    open.push(name)
    const type = read(schema, true)
    open.pop()
    return type
  }
  const read = (schema: Json, isNamed = false): FieldType => {
    if (!isJsonObject(schema)) return { kind: 'any' }
    if (typeof schema['$ref'] === 'string') return reference(schema['$ref'])
    const type = bareType(schema, isNamed)
    return constrained(type, constraintsIn(schema)) ?? type
  }
  function bareType(schema: JsonObject, isNamed: boolean): FieldType {
    const { enum: values, const: only, anyOf, type, format, items, prefixItems, uniqueItems, properties, title } = schema
    if (isList(values)) {
      const options = values.filter(isOption)
      return isNamed && typeof title === 'string' ? enumClass(schema, title, options) : { kind: 'enum', values: options }
    }
    if (only !== undefined && isOption(only)) return { kind: 'enum', values: [only] }
    if (isList(anyOf)) {
      const real = anyOf.filter(option => !isNone(option)).map(option => read(option))
      const of: FieldType = real.length > 1 ? { kind: 'union', of: real } : (real[0] ?? { kind: 'any' })
      return real.length < anyOf.length ? { kind: 'optional', of } : of
    }
    switch (type) {
      case 'string':
        return { kind: timeFormats.get(String(format)) ?? 'str' }
      case 'integer':
        return { kind: 'int' }
      case 'number':
        return { kind: 'float' }
      case 'boolean':
        return { kind: 'bool' }
      case 'array':
        if (schema['maxItems'] === 0 && items === undefined) return { kind: 'tuple', items: [] }
        if (isList(prefixItems)) return { kind: 'tuple', items: prefixItems.map(item => read(item)) }
        return { kind: uniqueItems === true ? 'set' : 'list', of: read(items ?? null) }
      case 'object':
        if (!isJsonObject(properties)) return dictOf(schema['additionalProperties'], schema['propertyNames'])
        if (isNamed && typeof title === 'string') return classOf(schema, title, properties)
        return { kind: 'object', fields: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, read(value)])) }
      default:
        return { kind: 'any' }
    }
  }
  function classOf(schema: JsonObject, name: string, properties: JsonObject): FieldType {
    const required = isList(schema['required']) ? schema['required'] : []
    const names = [...required.map(String).filter(key => Object.hasOwn(properties, key)), ...Object.keys(properties)]
    const fields = [...new Set(names)].map((key): ClassField => {
      const property = properties[key] ?? null
      const desc = descOf(property)
      const usual = isJsonObject(property) ? (property['default'] ?? null) : null
      return { name: key, type: read(property), ...desc, ...(!required.includes(key) && { default: usual }) }
    })
    return { kind: 'class', name, ...descOf(schema), fields }
  }
  function dictOf(values: Json | undefined, names: Json | undefined): FieldType {
    const named = isJsonObject(names) ? read({ type: 'string', ...names }) : undefined
    const key = named && named.kind !== 'int' && named.kind !== 'float' && isKeyType(named) ? named : undefined
    const of: FieldType = isJsonObject(values) ? read(values) : { kind: 'any' }
    return key || of.kind !== 'any' ? { kind: 'dict', of, ...(key && { key }) } : { kind: 'object', fields: {} }
  }
  return read
}

/** True for what `classOf` reads. */
function isClass(schema: Json): schema is JsonObject & { readonly title: string } {
  return isJsonObject(schema) && schema['type'] === 'object' && isJsonObject(schema['properties']) && typeof schema['title'] === 'string'
}

/** The schema has the values alone: members are named by their place. */
function enumClass(schema: JsonObject, name: string, values: readonly EnumValue[]): FieldType {
  const members = values.map((value, at) => ({ name: `MEMBER_${at + 1}`, value }))
  return { kind: 'enum-class', name, ...descOf(schema), members }
}

function descOf(schema: Json): { readonly desc?: string } {
  return isJsonObject(schema) && typeof schema['description'] === 'string' ? { desc: schema['description'] } : {}
}

function constraintsIn(schema: JsonObject): Constraints {
  const found = Object.entries(boundKeys).flatMap(([key, name]) => (schema[key] === undefined ? [] : [[name, schema[key]]]))
  const { pattern } = schema
  return { ...Object.fromEntries(found.filter(([, value]) => typeof value === 'number')), ...(typeof pattern === 'string' && { pattern }) }
}

const boundKeys: Readonly<Record<string, keyof Constraints>> = {
  exclusiveMinimum: 'gt',
  minimum: 'ge',
  exclusiveMaximum: 'lt',
  maximum: 'le',
  multipleOf: 'multipleOf',
  minLength: 'minLength',
  minItems: 'minLength',
  minProperties: 'minLength',
  maxLength: 'maxLength',
  maxItems: 'maxLength',
  maxProperties: 'maxLength',
}

/** What makes a type optional; `Literal[None]` has a `const` beside it. */
function isNone(schema: Json): boolean {
  return isJsonObject(schema) && schema['type'] === 'null' && schema['const'] === undefined
}

const timeFormats = new Map<string, 'date' | 'datetime' | 'time'>([
  ['date', 'date'],
  ['date-time', 'datetime'],
  ['time', 'time'],
])

function isOption(value: Json): value is EnumValue {
  return typeof value !== 'object' || value === null
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
