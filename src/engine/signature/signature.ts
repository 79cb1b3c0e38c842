import type { Json } from '@/lib/json'
import type { Constraints } from './types/constraints'
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
  /** What stands for an input that a row or a wire does not bring, or for an output that an answer lacks. */
  readonly default?: Json
  /** DSPy's label of the field where it is not the one made of the name. Prompts do not show it; saved programs and lists of demos do. */
  readonly prefix?: string
  /** Bounds that the model is told. As in DSPy an answer is not held to them. */
  readonly constraints?: Constraints
}

/** What one LM step is asked: typed inputs to typed outputs, with instructions. Inputs come first, then outputs. */
export interface Signature {
  readonly instructions: string
  readonly fields: readonly Field[]
}
