import { EngineError } from '../errors'
import type { ProgramNode, StepNode } from '../graph/program'
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

/** Undefined for the Input and the Output, which are no steps. Throws `graph-invalid` for a module that this version does not know. */
export function stepOf(node: ProgramNode): Step | undefined {
  const kind = nodeKindOf(node)
  if (kind === undefined || !isStepNode(node)) return undefined
  const step = kind.step(node)
  if (step === undefined) throw new EngineError('graph-invalid', kind.unknown?.(node) ?? `${node.name} is not known to this version.`)
  return { node, kind: step }
}

/** The same for whatever only shows or edits a program: undefined also for a module of a later version, which `checkGraph` tells about. */
export function knownStepOf(node: ProgramNode): Step | undefined {
  if (!isStepNode(node)) return undefined
  const kind = nodeKindOf(node)?.step(node)
  return kind && { node, kind }
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
