import { isJsonObject, type Json } from '@/lib/json'
import type { FieldType } from './field-type'

/** The type that `jsonSchemaOf` would print as this schema; `any` for what it never prints. */
export function typeOfSchema(schema: Json): FieldType {
  if (!isJsonObject(schema)) return { kind: 'any' }
  const { enum: values, anyOf, type, items, properties, additionalProperties } = schema
  if (isList(values)) return { kind: 'enum', values: values.filter(value => typeof value === 'string' || typeof value === 'number') }
  if (isList(anyOf)) {
    const real = anyOf.find(option => !(isJsonObject(option) && option['type'] === 'null'))
    return { kind: 'optional', of: typeOfSchema(real ?? null) }
  }
  switch (type) {
    case 'string':
      return { kind: 'str' }
    case 'integer':
      return { kind: 'int' }
    case 'number':
      return { kind: 'float' }
    case 'boolean':
      return { kind: 'bool' }
    case 'array':
      return { kind: 'list', of: typeOfSchema(items ?? null) }
    case 'object':
      if (isJsonObject(properties))
        return { kind: 'object', fields: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, typeOfSchema(value)])) }
      return isJsonObject(additionalProperties) ? { kind: 'dict', of: typeOfSchema(additionalProperties) } : { kind: 'object', fields: {} }
    default:
      return { kind: 'any' }
  }
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
