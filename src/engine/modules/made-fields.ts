import type { StepNode } from '../program/program'
import type { Field } from '../signature/signature'
import type { FieldType } from '../signature/types/field-type'

/** A field that a module adds to what is written: its id is its name. */
export function madeField(name: string, role: Field['role'], desc = '', type: FieldType = { kind: 'str' }): Field {
  return { id: name, name, role, type, desc }
}

/** The written fields of a step on one side. */
export function namedFields({ fields }: Pick<StepNode, 'fields'>, role: Field['role']): readonly Field[] {
  return fields.filter(field => field.role === role)
}

/** The names of the written fields on one side, as a prompt names them. */
export function listed(node: Pick<StepNode, 'fields'>, role: Field['role']): string {
  return namedFields(node, role)
    .map(({ name }) => `\`${name}\``)
    .join(', ')
}

/** Fields of the user's under names that the module needs in its prompts, where one of the two would be lost. */
export function takenNames({ name, fields }: StepNode, module: string, needed: readonly Pick<Field, 'name'>[]): readonly string[] {
  const taken = fields.find(field => needed.some(one => one.name === field.name))
  return taken === undefined ? [] : [`${name} has a field "${taken.name}", a name that ${module} needs itself. Rename it.`]
}
