import type { JsonObject } from '@/lib/json'
import { inPromptOrder, isClass } from './types/class-kinds'
import { constraintSchema, constraintsOf, unconstrained } from './types/constraint-rules'
import type { FieldType } from './types/field-type'
import { definitionOf } from './types/itself-kind'
import { holdsItself, typeKind, typesWithin } from './types/registry'

/**
 * The JSON schema of a type as prompts show it: `type` first, every other key in alphabetical order, names of
 * properties included, so that the same type is always the same text. Types with a name stand in `$defs`, the type itself only if it holds itself.
 * Differs: an object without a name has no titles: each would only repeat its key.
 */
export function jsonSchemaOf(type: FieldType): JsonObject {
  const isDefined = holdsItself(type)
  const classes = new Map(typesWithin(type).flatMap(part => (isClass(part) && (isDefined || part !== type) ? [[part.name, part]] : [])))
  const schema = isDefined ? partSchemaOf(type) : bodyOf(type)
  if (classes.size === 0) return schema
  const names = [...classes.keys()].sort((a, b) => (a < b ? -1 : 1))
  return inPromptOrder({ ...schema, $defs: Object.fromEntries(names.map(name => [name, bodyOf(classes.get(name) ?? type)])) })
}

/** As the note of an output shows it. Differs from `jsonSchemaOf` as pydantic does: what `Annotated` says of a whole field belongs to the field. */
export function noteSchemaOf(type: FieldType): JsonObject {
  return jsonSchemaOf(unconstrained(type))
}

function bodyOf(type: FieldType): JsonObject {
  const schema = typeKind(type).schema(type, partSchemaOf)
  const constraints = constraintsOf(type)
  return constraints === undefined ? schema : inPromptOrder({ ...schema, ...constraintSchema(type.kind, constraints) })
}

function partSchemaOf(type: FieldType): JsonObject {
  return isClass(type) ? definitionOf(type.name) : bodyOf(type)
}
