import type { FieldType } from '../../signature/types/field-type'

/** A field as a prompt shows it. */
export interface PromptField {
  readonly name: string
  readonly type: FieldType
  readonly desc: string
}

/** Values by the name of their field, as text: lists and objects as JSON. */
export type PromptValues = Readonly<Record<string, string>>

/** What an agent may call. */
export interface PromptTool {
  readonly name: string
  readonly desc: string
  readonly args: readonly PromptField[]
}

/** What the system message tells. */
export interface SystemText {
  readonly inputs: readonly PromptField[]
  readonly outputs: readonly PromptField[]
  /** The instructions that optimizers tune, without what a step adds to them. */
  readonly instructions: string
  /** Empty for every prompt that is not an agent's turn. */
  readonly tools: readonly PromptTool[]
  /** Demos that stand with the instructions: those of a step with decisions. */
  readonly examples?: readonly PromptDemo[]
}

export interface PromptDemo {
  /** Both messages: what caches of things worked out from a demo are keyed by. */
  readonly text: string
  readonly inputs: PromptValues
  /** Without those that the demo leaves out. */
  readonly outputs: PromptValues
}

/** All that a request tells: the task, worked examples and the values to answer for. */
export interface Prompt extends SystemText {
  readonly demos: readonly PromptDemo[]
  readonly request: PromptValues
  readonly format: 'chat' | 'json' | 'xml' | 'plain'
  /** What its only input holds under the names of all outputs, in plain words: there is nothing left to do but to copy it. */
  readonly held?: PromptValues
}
