import { EngineError } from '../base/errors'
import { isInputNode, isOutputNode } from '../program/ends'
import type { ProgramGraph, ProgramNode, StepNode } from '../program/program'
import { branchNodes } from './branch'
import { codeNodes } from './code'
import { constantNodes } from './constant'
import type { NodeKind } from './node-kind'
import { signatureNodes } from './signature-nodes'
import type { AnyStepKind, Step } from './step'
import { templateNodes } from './template'
import { voteNodes } from './vote'

export { moduleKind, moduleKinds } from './signature-nodes'
export type { Step } from './step'

/** Every kind of node that does something, in the order of the palette. */
export const nodeKinds: readonly NodeKind[] = [signatureNodes, codeNodes, templateNodes, constantNodes, branchNodes, voteNodes]

/** Every kind of step. */
export const stepKinds: readonly AnyStepKind[] = nodeKinds.flatMap(({ steps }) => steps)

/** Undefined for the Input and the Output, which are no steps, and for a module of a later version, which `checkGraph` tells about. */
export function stepOf(node: ProgramNode): Step | undefined {
  return nodeKindOf(node)?.step(node)
}

/** The same for a program that is to run. Throws `graph-invalid` for a module that this version does not know. */
export function needStepOf(node: ProgramNode): Step | undefined {
  const step = stepOf(node)
  if (step !== undefined || !isStepNode(node)) return step
  throw new EngineError('graph-invalid', unknownStep(node), { node: node.id })
}

/** The steps of a program that this version does not know; not those in the programs within its steps. */
export function unknownSteps({ nodes }: Pick<ProgramGraph, 'nodes'>): readonly StepNode[] {
  return nodes.filter(isStepNode).filter(node => stepOf(node) === undefined)
}

/** What is wrong with a node whose step this version does not know, in a sentence that says what to do. */
export function unknownStep(node: StepNode): string {
  return (
    nodeKindOf(node)?.unknown?.(node) ??
    `${node.name} is a kind of step ("${node.kind}") that this version does not know. Update DSPy Studio, or replace it.`
  )
}

/** Undefined for the Input and the Output, and for a kind of another version. */
export function nodeKindOf({ kind }: Pick<ProgramNode, 'kind'>): NodeKind | undefined {
  return nodeKinds.find(({ id }) => id === kind)
}

/** Also one of a kind that this version does not know. */
export function isStepNode(node: ProgramNode): node is StepNode {
  return !isInputNode(node) && !isOutputNode(node)
}
