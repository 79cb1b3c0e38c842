import type { NodeId, StepNode } from '../program/program'
import type { Field } from '../signature/signature'
import type { StepKind } from './step'

/** A kind of node that does something: what is stored of it, and which step it is. One file and one line in the registry. */
export interface NodeKind<N extends StepNode = StepNode> {
  readonly id: N['kind']
  readonly title: string
  readonly help: string
  /** What it does; undefined for a module of a later version. */
  step(node: N): StepKind<N> | undefined
  /** Why `step` has no answer, in a sentence that says what to do. */
  unknown?(node: N): string
  /** The fields of a new one by name, inputs and outputs of type str, and what it is called. */
  readonly start: { readonly name: string; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  /** A new one that works at once. */
  make(base: { readonly id: NodeId; readonly name: string; readonly fields: readonly Field[] }): N
}
