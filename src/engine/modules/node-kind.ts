import type { ProgramNode, StepNode } from '../program/program'
import type { AnyStepKind, Step, StepBase } from './step'

/** A kind of node that does something: what is stored of it, and which step it is. One file and one line in the registry. */
export interface NodeKind {
  readonly id: StepNode['kind']
  readonly title: string
  readonly help: string
  /** Every kind of step it can be. */
  readonly steps: readonly AnyStepKind[]
  /** What it does; undefined for a module of a later version, and for a node of another kind. */
  step(node: ProgramNode): Step | undefined
  /** Why `step` has no answer, in a sentence that says what to do. */
  unknown?(node: ProgramNode): string
  /** The fields of a new one by name, inputs and outputs of type str, and what it is called. */
  readonly start: { readonly name: string; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  /** True where it takes nothing in: no wire ends at it. */
  readonly hasNoInputs?: true
  /** A new one that works at once. */
  make(base: StepBase): StepNode
}
