import { bodiesOf } from '@/engine/program/bodies'
import { predictorsWithin } from '@/engine/graph/predictors'
import { isLocked as isLockedIn } from '@/engine/graph/locks'
import type { Locks, NodeId } from '@/engine/program/program'
import { isStepNode } from '@/engine/modules/registry'
import type { ProjectDraft } from '../project-store'
import { graphOf, nodeOf } from './graph-draft'

interface LockChange {
  readonly part: keyof Locks
  readonly isLocked: boolean
  /** One predictor of the step; absent: all of them, also those of its bodies. */
  readonly key?: string | undefined
}

/** Locks or unlocks a part of a step. To unlock one predictor of a step that is locked as a whole, the others are locked one by one. */
export function lockInDraft(draft: ProjectDraft, nodeId: NodeId, { part, isLocked, key }: LockChange): void {
  const node = nodeOf(draft, nodeId)
  if (!isStep(node)) return
  const predictors = predictorsWithin(graphOf(draft), nodeId)
  const concerned = predictors.filter(predictor => key === undefined || predictor.key === key)
  if (concerned.every(predictor => isLockedIn(predictor, part) === isLocked) && (key !== undefined || !isLocked)) return
  if (key === undefined) {
    if (isLocked && node.locks?.[part] === true) return
    unlockAll(node, part)
    if (isLocked) node.locks = withPart(node.locks, part, true)
  } else {
    if (node.locks?.[part] === true) {
      node.locks = withPart(node.locks, part, false)
      for (const predictor of predictors) lockSlot(node, predictor.key, part, true)
    }
    lockSlot(node, key, part, isLocked)
  }
  tidy(node)
}

type NodeDraft = ProjectDraft['graph']['nodes'][number]
type StepDraft = Exclude<NodeDraft, { kind: 'input' | 'output' }>

function isStep(node: NodeDraft): node is StepDraft {
  return isStepNode(node)
}

/** No lock of this part is left in the step, nor in what it runs: one of the step would hold for all of that. */
function unlockAll(node: StepDraft, part: keyof Locks): void {
  node.locks = withPart(node.locks, part, false)
  for (const each of Object.keys(node.slotLocks ?? {})) lockSlot(node, each, part, false)
  for (const inner of bodiesOf(node).flatMap(({ graph }) => graph.nodes)) if (isStep(inner)) unlockAll(inner, part)
  tidy(node)
}

/** A step that was locked and unlocked is the step it was before. */
function tidy(node: StepDraft): void {
  if (node.locks === undefined) delete node.locks
  if (Object.keys(node.slotLocks ?? {}).length === 0) delete node.slotLocks
}

function lockSlot(node: StepDraft, key: string, part: keyof Locks, isLocked: boolean): void {
  const { [key]: own, ...others } = node.slotLocks ?? {}
  const next = withPart(own, part, isLocked)
  node.slotLocks = next === undefined ? others : { ...others, [key]: next }
}

function withPart(locks: Locks | undefined, part: keyof Locks, isLocked: boolean): Locks | undefined {
  const { [part]: _, ...others } = locks ?? {}
  if (isLocked) return { ...others, [part]: true }
  return Object.keys(others).length > 0 ? others : undefined
}
