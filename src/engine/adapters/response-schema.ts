import type { JsonObject } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import type { Field } from '../signature/signature'
import { titleOf } from '../signature/types/class-kinds'
import { definitionOf } from '../signature/types/itself-kind'
import { holdsItself, typeKind } from '../signature/types/registry'

export const responseSchemaName = 'DSPyProgramOutputs'

/**
 * The schema for structured output: one object, every output required, nothing further allowed at any level.
 * Undefined when a schema of that kind cannot say it: a dict with free keys, a tuple, a set, or a value of any type.
 * Differs: DSPy looks for dicts at the top only, and sends what endpoints refuse (dicts further inside, `prefixItems`, `uniqueItems`).
 */
export function responseSchema(outputs: readonly Field[]): JsonObject | undefined {
  const properties: [string, JsonObject][] = []
  const definitions = new Map<string, JsonObject>()
  for (const field of outputs) {
    const schema = closedSchema(field.type)
    if (!schema) return undefined
    // Endpoints take nothing beside a reference.
    properties.push([field.name, schema['$ref'] === undefined ? { title: titleOf(field.name), ...schema } : schema])
  }
  return {
    type: 'object',
    title: responseSchemaName,
    properties: Object.fromEntries(properties),
    required: outputs.map(field => field.name),
    additionalProperties: false,
    ...(definitions.size > 0 && { $defs: Object.fromEntries(definitions) }),
  }

  function closedSchema(type: FieldType): JsonObject | undefined {
    const schema = typeKind(type).closedSchema(type, closedSchema)
    if (schema === undefined || type.kind !== 'class' || !holdsItself(type)) return schema
    definitions.set(type.name, schema)
    return definitionOf(type.name)
  }
}
