import { assertNever } from '@/lib/assert'
import type { JsonObject } from '@/lib/json'
import type { FieldType } from '../signature/field-type'
import { jsonSchemaOf } from '../signature/json-schema'
import type { Field } from '../signature/signature'

export const responseSchemaName = 'DSPyProgramOutputs'

/**
 * The schema for structured output: one object, every output required, nothing further allowed at any level.
 * Undefined when a schema of that kind cannot say it: a dict with free keys, or a value of any type.
 * Differs: DSPy looks for dicts at the top only, and pays a refused request for those further inside.
 */
export function responseSchema(outputs: readonly Field[]): JsonObject | undefined {
  const properties: [string, JsonObject][] = []
  for (const field of outputs) {
    const schema = closedSchema(field.type)
    if (!schema) return undefined
    properties.push([field.name, { title: titleOf(field.name), ...schema }])
  }
  return {
    type: 'object',
    title: responseSchemaName,
    properties: Object.fromEntries(properties),
    required: outputs.map(field => field.name),
    additionalProperties: false,
  }
}

function closedSchema(type: FieldType): JsonObject | undefined {
  switch (type.kind) {
    case 'any':
    case 'dict':
    case 'image':
      return undefined
    case 'list': {
      const items = closedSchema(type.of)
      return items && { type: 'array', items }
    }
    case 'optional': {
      const inner = closedSchema(type.of)
      return inner && { anyOf: [inner, { type: 'null' }] }
    }
    case 'object': {
      const names = Object.keys(type.fields)
      if (names.length === 0) return undefined
      const properties: [string, JsonObject][] = []
      for (const [name, of] of Object.entries(type.fields)) {
        const schema = closedSchema(of)
        if (!schema) return undefined
        properties.push([name, schema])
      }
      return { type: 'object', properties: Object.fromEntries(properties), required: names, additionalProperties: false }
    }
    case 'str':
    case 'int':
    case 'float':
    case 'bool':
    case 'enum':
      return jsonSchemaOf(type)
    default:
      return assertNever(type)
  }
}

/** Pydantic's title of a key: `first_name` → `First Name`. */
function titleOf(name: string): string {
  return name.replaceAll('_', ' ').replace(/\p{L}+/gu, word => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
}
