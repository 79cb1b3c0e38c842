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
