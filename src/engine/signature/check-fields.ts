import { coerceValue } from './check-value'
import { fieldNameProblem } from './field-name'
import { constraintProblem, constraintsOf } from './types/constraint-rules'
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

/** True for an image, and for whatever may hold one. */
export function holdsImage(type: FieldType): boolean {
  return typesWithin(type).some(({ kind }) => kind === 'image')
}

/** Why a model cannot be asked for this output. */
export function outputProblem({ name, type }: Field): string | undefined {
  return holdsImage(type) ? `A model is shown images and cannot write one: give the output \`${name}\` another type.` : undefined
}

/** What is wrong with a type, in a sentence that says what to do. */
export function typeProblem(type: FieldType): string | undefined {
  for (const part of typesWithin(type)) {
    const problem = typeKind(part).problem?.(part) ?? boundsProblem(part) ?? defaultProblem(part)
    if (problem) return problem
  }
  return undefined
}

function boundsProblem(type: FieldType): string | undefined {
  const constraints = constraintsOf(type)
  return constraints && constraintProblem(constraints)
}

function defaultProblem(type: FieldType): string | undefined {
  if (type.kind !== 'class') return undefined
  for (const { name, type: of, default: usual } of type.fields) {
    const fit = usual === undefined ? undefined : coerceValue(of, usual)
    if (fit?.ok === false) return `In the type \`${type.name}\` the default of \`${name}\` does not fit: ${fit.reason}. Change it.`
  }
  return undefined
}
