import type { JsonObject } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import type { Field } from '../signature/signature'
import { titleOf } from '../signature/types/class-kinds'
import { typeKind } from '../signature/types/registry'

export const responseSchemaName = 'DSPyProgramOutputs'

/**
 * The schema for structured output: one object, every output required, nothing further allowed at any level.
 * Undefined when a schema of that kind cannot say it: a dict with free keys, a tuple, a set, or a value of any type.
 * Differs: DSPy looks for dicts at the top only, and sends what endpoints refuse (dicts further inside, `prefixItems`, `uniqueItems`).
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
  return typeKind(type).closedSchema(type, closedSchema)
}
