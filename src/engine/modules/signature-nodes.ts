import type { ModuleId, SignatureNode } from '../program/program'
import { bestOfN } from './best-of-n'
import { chainOfThought } from './chain-of-thought'
import { codeAct } from './code-act'
import { multiChainComparison } from './multi-chain-comparison'
import type { NodeKind } from './node-kind'
import { parallel } from './parallel'
import { predictModule } from './predict-module'
import { programOfThought } from './program-of-thought'
import { react } from './react'
import { reactV2 } from './react-v2'
import { refine } from './refine'
import { rlm } from './rlm'
import { bindStep, type StepKind } from './step'

/** Every way to answer a signature that the studio offers, in the order of the menu. */
export const moduleKinds: readonly StepKind<SignatureNode>[] = [
  predictModule,
  chainOfThought,
  react,
  reactV2,
  programOfThought,
  codeAct,
  rlm,
  bestOfN,
  refine,
  multiChainComparison,
  parallel,
]

/** Undefined for an id that this version does not know, as a project of a later one may have it. */
export function moduleKind(id: ModuleId): StepKind<SignatureNode> | undefined {
  return moduleKinds.find(known => known.id === id)
}

/** A signature, and the module that answers it. */
export const signatureNodes: NodeKind = {
  id: 'signature',
  title: 'Signature',
  help: 'Asks the LM: typed inputs to typed outputs',
  steps: moduleKinds,
  step(node) {
    const kind = node.kind === 'signature' ? moduleKind(node.module) : undefined
    return kind && node.kind === 'signature' ? bindStep(kind, node) : undefined
  },
  unknown: node =>
    `The module "${'module' in node ? node.module : ''}" of ${node.name} is not known to this version. Choose ${moduleKinds.map(known => known.title).join(' or ')}.`,
  start: { name: 'predict', inputs: ['question'], outputs: ['answer'] },
  make: predictModule.starter,
}
