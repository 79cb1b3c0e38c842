import { isJsonObject } from '@/lib/json'
import { pythonRepr } from '@/lib/python-text'
import type { ClassType, FieldType, TypeOf } from './field-type'
import { fitted, type TypeKind } from './type-kind'

/** The class around it once more: what pydantic's recursive models hold. Whoever goes into a value goes through `opened`, and meets the class in its place. */
export const itselfKind: TypeKind<TypeOf<'itself'>> = {
  help: 'The type that it stands in, once more',
  example: { kind: 'itself', name: 'Tree' },
  // Python does not know the name of a class before its end, unless it stands in quotes.
  spell: ({ name }, _spell, place) => (place === 'prompt' ? name : pythonRepr(name)),
  schema: ({ name }) => definitionOf(name),
  closedSchema: ({ name }) => definitionOf(name),
  fit: (_type, value) => fitted(isJsonObject(value) ? value : undefined),
  fitness: () => 'lax',
  parts: () => [],
}

/** How a schema names a type that it describes elsewhere. */
export function definitionOf(name: string): { readonly $ref: string } {
  return { $ref: `#/$defs/${name}` }
}

/** True for a type with a name that holds itself. `parts` gives the types directly within another. */
export function holdsItself(type: ClassType, parts: (type: FieldType) => readonly FieldType[]): boolean {
  return type.kind === 'class' && type.fields.some(field => refersToItself(field.type, parts))
}

function refersToItself(type: FieldType, parts: (type: FieldType) => readonly FieldType[]): boolean {
  if (type.kind === 'itself') return true
  return type.kind !== 'class' && parts(type).some(part => refersToItself(part, parts))
}
