import { EngineError } from '../base/errors'
import type { ModuleId, ProgramNode, SignatureNode } from '../program/program'
import { bestOfN } from './best-of-n'
import { chainOfThought } from './chain-of-thought'
import { codeStep } from './code'
import { multiChainComparison } from './multi-chain-comparison'
import { predictModule } from './predict-module'
import { react } from './react'
import { refine } from './refine'
import type { StepKind, StepNode } from './step'

/** Every way to answer a signature that the studio offers, in the order of the menu. */
export const moduleKinds: readonly StepKind<SignatureNode>[] = [predictModule, chainOfThought, react, bestOfN, refine, multiChainComparison]

/** Undefined for an id that this version does not know, as a project of a later one may have it. */
export function moduleKind(id: ModuleId): StepKind<SignatureNode> | undefined {
  return moduleKinds.find(known => known.id === id)
}

/** What a node does, with all that can be asked about it. The one place that tells kinds of nodes apart. */
export interface Step {
  readonly node: StepNode
  readonly kind: StepKind
}

/** Undefined for the Input and the Output, which are no steps, and for a module of a later version, which `checkGraph` tells about. */
export function stepOf(node: ProgramNode): Step | undefined {
  if (node.kind === 'code') return { node, kind: anyStep(codeStep) }
  const kind = node.kind === 'signature' ? moduleKind(node.module) : undefined
  return kind && node.kind === 'signature' ? { node, kind: anyStep(kind) } : undefined
}

/** The same for a program that is to run. Throws `graph-invalid` for a module that this version does not know. */
export function needStepOf(node: ProgramNode): Step | undefined {
  if (node.kind !== 'signature' || moduleKind(node.module)) return stepOf(node)
  throw new EngineError(
    'graph-invalid',
    `The module "${node.module}" of ${node.name} is not known to this version. Choose ${moduleKinds.map(known => known.title).join(' or ')}.`,
    { node: node.id },
  )
}

export function isStepNode(node: ProgramNode): node is StepNode {
  return node.kind === 'signature' || node.kind === 'code'
}

/** A kind is only ever asked about nodes it was found by, so the type of its node may be forgotten. */
function anyStep<N extends StepNode>(kind: StepKind<N>): StepKind {
  return kind as unknown as StepKind
}
