import { assertNever } from '@/lib/assert'
import { fieldNameProblem, reservedNames } from './field-name'
import type { FieldType } from './field-type'
import type { Field, FieldId } from './signature'

/**
 * What is wrong with the fields of one node: names that cannot be used, names used twice (inputs and outputs share one
 * space) and types that hold nothing. Each message says what to do; the second of two equal names carries the blame.
 */
export function checkFields(fields: readonly Field[]): readonly { readonly fieldId: FieldId; readonly message: string }[] {
  const seen = new Set<string>()
  const problems: { fieldId: FieldId; message: string }[] = []
  for (const field of fields) {
    const nameProblem = seen.has(field.name)
      ? `There is a field \`${field.name}\` already. Names are unique among inputs and outputs together.`
      : fieldNameProblem(field.name)
    seen.add(field.name)
    const message = nameProblem ?? typeProblem(field.type)
    if (message) problems.push({ fieldId: field.id, message })
  }
  return problems
}

/** True for an image, and for whatever may hold one. */
export function holdsImage(type: FieldType): boolean {
  switch (type.kind) {
    case 'list':
    case 'dict':
    case 'optional':
      return holdsImage(type.of)
    case 'object':
      return Object.values(type.fields).some(holdsImage)
    default:
      return type.kind === 'image'
  }
}

/** Why a model cannot be asked for this output. */
export function outputProblem({ name, type }: Field): string | undefined {
  return holdsImage(type) ? `A model is shown images and cannot write one: give the output \`${name}\` another type.` : undefined
}

function typeProblem(type: FieldType): string | undefined {
  switch (type.kind) {
    case 'enum':
      if (type.values.length === 0) return 'Give the enum at least one option.'
      if (type.values.some(value => typeof value === 'string' && value.trim() !== value))
        return 'An option begins or ends with a space. Remove it.'
      return new Set(type.values.map(String)).size < type.values.length ? 'Two options of the enum read the same. Remove one.' : undefined
    case 'list':
    case 'dict':
    case 'optional':
      return typeProblem(type.of)
    case 'object':
      for (const [name, of] of Object.entries(type.fields)) {
        if (name === '') return 'Give each key of the object a name.'
        if (reservedNames.has(name)) return `The key \`${name}\` has a meaning of its own in JavaScript. Rename it.`
        const problem = typeProblem(of)
        if (problem) return problem
      }
      return undefined
    case 'str':
    case 'int':
    case 'float':
    case 'bool':
    case 'any':
    case 'image':
      return undefined
    default:
      return assertNever(type)
  }
}
