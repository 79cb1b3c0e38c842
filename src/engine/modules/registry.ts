import { EngineError } from '../base/errors'
import type { ProgramNode, StepNode } from '../program/program'
import { codeNodes } from './code'
import type { NodeKind } from './node-kind'
import { signatureNodes } from './signature-nodes'
import type { StepKind } from './step'
import { voteNodes } from './vote'

export { moduleKind, moduleKinds } from './signature-nodes'

/** Every kind of node that does something, in the order of the palette. */
export const nodeKinds: readonly NodeKind[] = [anyNode(signatureNodes), anyNode(codeNodes), anyNode(voteNodes)]

/** What a node does, with all that can be asked about it. The one place that tells kinds of nodes apart. */
export interface Step {
  readonly node: StepNode
  readonly kind: StepKind
}

/** Undefined for the Input and the Output, which are no steps, and for a module of a later version, which `checkGraph` tells about. */
export function stepOf(node: ProgramNode): Step | undefined {
  if (!isStepNode(node)) return undefined
  const kind = nodeKindOf(node)?.step(node)
  return kind && { node, kind }
}

/** The same for a program that is to run. Throws `graph-invalid` for a module that this version does not know. */
export function needStepOf(node: ProgramNode): Step | undefined {
  const step = stepOf(node)
  if (step !== undefined || !isStepNode(node)) return step
  throw new EngineError('graph-invalid', unknownStep(node), { node: node.id })
}

/** What is wrong with a node whose step this version does not know, in a sentence that says what to do. */
export function unknownStep(node: StepNode): string {
  return nodeKindOf(node)?.unknown?.(node) ?? `${node.name} is not known to this version.`
}

/** Undefined for the Input and the Output. */
export function nodeKindOf({ kind }: Pick<ProgramNode, 'kind'>): NodeKind | undefined {
  return nodeKinds.find(({ id }) => id === kind)
}

export function isStepNode(node: ProgramNode): node is StepNode {
  return nodeKindOf(node) !== undefined
}

/** A kind is only ever asked about nodes it was found by, so the type of its node may be forgotten. */
function anyNode<N extends StepNode>(kind: NodeKind<N>): NodeKind {
  return kind as unknown as NodeKind
}
