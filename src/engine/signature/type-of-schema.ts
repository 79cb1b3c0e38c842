import { isJsonObject, type Json } from '@/lib/json'
import type { FieldType } from './types/field-type'

/** A type that `jsonSchemaOf` would print as this schema; `any` for what it never prints. */
export function typeOfSchema(schema: Json): FieldType {
  if (!isJsonObject(schema)) return { kind: 'any' }
  const { enum: values, anyOf, type, format, items, prefixItems, uniqueItems, properties, additionalProperties, propertyNames } = schema
  if (isList(values)) return { kind: 'enum', values: values.filter(value => typeof value !== 'object' || value === null) }
  if (schema['const'] !== undefined && (typeof schema['const'] !== 'object' || schema['const'] === null))
    return { kind: 'enum', values: [schema['const']] }
  if (isList(anyOf)) {
    const real = anyOf.filter(option => !isNone(option)).map(typeOfSchema)
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
      if (schema['maxItems'] === 0) return { kind: 'tuple', items: [] }
      if (isList(prefixItems)) return { kind: 'tuple', items: prefixItems.map(typeOfSchema) }
      return { kind: uniqueItems === true ? 'set' : 'list', of: typeOfSchema(items ?? null) }
    case 'object':
      if (isJsonObject(properties))
        return { kind: 'object', fields: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, typeOfSchema(value)])) }
      return dictOfSchema(additionalProperties, propertyNames)
    default:
      return { kind: 'any' }
  }
}

function dictOfSchema(values: Json | undefined, names: Json | undefined): FieldType {
  const named = isJsonObject(names) ? typeOfSchema({ type: 'string', ...names }) : undefined
  const key = named?.kind === 'enum' || named?.kind === 'date' ? named : undefined
  const of: FieldType = isJsonObject(values) ? typeOfSchema(values) : { kind: 'any' }
  return key || of.kind !== 'any' ? { kind: 'dict', of, ...(key && { key }) } : { kind: 'object', fields: {} }
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

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
