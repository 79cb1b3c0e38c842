import type { FieldType } from './types/field-type'

export type FieldId = string

/** One named, typed slot of a node. `id` is stable; `name` is what prompts, files and users see. */
export interface Field {
  readonly id: FieldId
  readonly name: string
  readonly role: 'input' | 'output'
  readonly type: FieldType
  /** What the field means; an empty string is DSPy's `${name}`: no description in the prompt. */
  readonly desc: string
}

/** What one LM step is asked: typed inputs to typed outputs, with instructions. Inputs come first, then outputs. */
export interface Signature {
  readonly instructions: string
  readonly fields: readonly Field[]
}
