import { coerceValue } from './check-value'
import { fieldNameProblem } from './types/field-name'
import { constraintProblem } from './types/constraint-checks'
import { constraintsOf } from './types/constraint-rules'
import type { FieldType } from './types/field-type'
import type { Field, FieldId } from './signature'
import { opened, typeKind, typesWithin } from './types/registry'

/**
 * What is wrong with the fields of one node: names that cannot be used, names used twice (inputs and outputs share one
 * space), types that hold nothing, defaults and limits that cannot be. Each message says what to do; the second of two equal names carries the blame.
 */
export function checkFields(fields: readonly Field[]): readonly { readonly fieldId: FieldId; readonly message: string }[] {
  const seen = new Set<string>()
  const problems: { fieldId: FieldId; message: string }[] = []
  for (const field of fields) {
    const nameProblem = seen.has(field.name)
      ? `There is a field \`${field.name}\` already. Names are unique among inputs and outputs together.`
      : fieldNameProblem(field.name)
    seen.add(field.name)
    const message = nameProblem ?? typeProblem(field.type) ?? defaultProblem(field) ?? boundsProblem(field)
    if (message) problems.push({ fieldId: field.id, message })
  }
  return problems
}

/** Why a model cannot be asked for this output. */
export function outputProblem({ name, type }: Field): string | undefined {
  const given = typesWithin(type)
    .map(of => typeKind(of).given)
    .find(words => words !== undefined)
  return given && `A model is shown ${given} and cannot write one: give the output \`${name}\` another type.`
}

/** What is wrong with a type, in a sentence that says what to do. */
export function typeProblem(type: FieldType): string | undefined {
  const stray = strayItself(type, undefined)
  if (stray) return `\`${stray}\` stands for the type around it, and it is not in one. Choose another type.`
  for (const part of typesWithin(type)) {
    const problem = typeKind(part).problem?.(part) ?? boundsOfType(part) ?? defaultOfType(part) ?? endlessProblem(part)
    if (problem) return problem
  }
  return undefined
}

/** Python's habit of `None` for whatever is not given is no fault. */
function defaultProblem({ name, type, default: value }: Field): string | undefined {
  if (value === undefined || value === null) return undefined
  const fitted = coerceValue(type, value)
  return fitted.ok ? undefined : `The default of \`${name}\` does not fit its type: ${fitted.reason}. Change one of the two.`
}

function boundsProblem({ name, constraints }: Field): string | undefined {
  const problem = constraints && constraintProblem(constraints)
  return problem && `\`${name}\`: ${problem}`
}

function boundsOfType(type: FieldType): string | undefined {
  const constraints = constraintsOf(type)
  return constraints && constraintProblem(constraints)
}

function defaultOfType(type: FieldType): string | undefined {
  if (type.kind !== 'class') return undefined
  for (const { name, type: of, default: usual } of opened(type).fields) {
    const fit = usual === undefined ? undefined : coerceValue(of, usual)
    if (fit?.ok === false) return `In the type \`${type.name}\` the default of \`${name}\` does not fit: ${fit.reason}. Change it.`
  }
  return undefined
}

/** The first name that stands for a class which is not the one directly around it. */
function strayItself(type: FieldType, around: string | undefined): string | undefined {
  if (type.kind === 'itself') return type.name === around ? undefined : type.name
  const inner = type.kind === 'class' ? type.name : around
  for (const part of typeKind(type).parts(type)) {
    const stray = strayItself(part, inner)
    if (stray) return stray
  }
  return undefined
}

function endlessProblem(type: FieldType): string | undefined {
  if (type.kind !== 'class') return undefined
  const endless = type.fields.find(field => field.default === undefined && needsItself(field.type))
  return endless && `Each \`${type.name}\` needs another one in its \`${endless.name}\`, without end. Make that field optional, or a list.`
}

/** True where no value of the type can do without one of the class around it. */
function needsItself(type: FieldType): boolean {
  switch (type.kind) {
    case 'itself':
      return true
    case 'object':
      return Object.values(type.fields).some(needsItself)
    case 'tuple':
      return type.rest === undefined && type.items.some(needsItself)
    case 'union':
      return type.of.every(needsItself)
    default:
      return false
  }
}
