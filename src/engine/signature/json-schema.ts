import type { JsonObject } from '@/lib/json'
import type { FieldType } from './types/field-type'
import { typeKind } from './types/registry'

/**
 * The JSON schema of a type as prompts show it: `type` first, every other key in alphabetical order, names of
 * properties included, so that the same type is always the same text.
 * Differs: no titles and no `$defs`: our objects have no class name, and each title would only repeat its key.
 */
export function jsonSchemaOf(type: FieldType): JsonObject {
  return typeKind(type).schema(type, jsonSchemaOf)
}
