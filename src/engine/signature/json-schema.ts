import { assertNever } from '@/lib/assert'
import type { JsonObject } from '@/lib/json'
import type { FieldType } from './field-type'

/**
 * The JSON schema of a type as prompts show it: `type` first, every other key in alphabetical order, names of
 * properties included, so that the same type is always the same text.
 * Differs: no titles and no `$defs`: our objects have no class name, and each title would only repeat its key.
 */
export function jsonSchemaOf(type: FieldType): JsonObject {
  switch (type.kind) {
    case 'str':
      return { type: 'string' }
    case 'int':
      return { type: 'integer' }
    case 'float':
      return { type: 'number' }
    case 'bool':
      return { type: 'boolean' }
    case 'any':
      return {}
    // As DSPy's class has it. A model is never asked for one.
    case 'image':
      return { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] }
    case 'enum':
      return enumSchema(type.values)
    case 'list':
      return { type: 'array', items: jsonSchemaOf(type.of) }
    case 'dict':
      return type.of.kind === 'any' ? openDict : { type: 'object', additionalProperties: jsonSchemaOf(type.of) }
    case 'object': {
      const names = Object.keys(type.fields)
      if (names.length === 0) return openDict
      const properties = Object.entries(type.fields)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, of]) => [name, jsonSchemaOf(of)] as const)
      return { type: 'object', properties: Object.fromEntries(properties), required: names }
    }
    case 'optional':
      return { anyOf: [jsonSchemaOf(type.of), { type: 'null' }] }
    default:
      return assertNever(type)
  }
}

const openDict: JsonObject = { type: 'object', additionalProperties: true }

function enumSchema(values: readonly (string | number)[]): JsonObject {
  if (values.every(value => typeof value === 'string')) return { type: 'string', enum: values }
  if (values.some(value => typeof value === 'string')) return { enum: values }
  return { type: values.every(Number.isInteger) ? 'integer' : 'number', enum: values }
}
