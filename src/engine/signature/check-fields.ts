import { fieldNameProblem } from './field-name'
import type { FieldType } from './types/field-type'
import type { Field, FieldId } from './signature'
import { typeKind, typesWithin } from './types/registry'

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

/** True for a file, and for whatever may hold one. */
export function holdsFile(type: FieldType): boolean {
  return typesWithin(type).some(of => typeKind(of).isFile)
}

/** Why a model cannot be asked for this output. */
export function outputProblem({ name, type }: Field): string | undefined {
  const given = typesWithin(type)
    .map(of => typeKind(of).given)
    .find(words => words !== undefined)
  return given && `A model is shown ${given} and cannot write one: give the output \`${name}\` another type.`
}

function typeProblem(type: FieldType): string | undefined {
  for (const part of typesWithin(type)) {
    const problem = typeKind(part).problem?.(part)
    if (problem) return problem
  }
  return undefined
}
