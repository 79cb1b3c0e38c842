import { castDraft } from 'immer'
import type { Demo, Locks, ModelId, NodeId, PredictorId } from '@/engine/program/program'
import type { DecisionSettings } from '@/engine/signature/decisions/decision'
import { editShown, shownProject } from '../shown-program'
import { lockInDraft } from './lock-draft'

export function setInstructions(predictorId: PredictorId, text: string): void {
  editShown(
    'Edit instructions',
    draft => {
      const state = draft.state[predictorId]
      if (state !== undefined && state.instructions !== text) state.instructions = text
    },
    { undo: 'merge', mergeKey: `instructions:${predictorId}` },
  )
}

export function setDemos(predictorId: PredictorId, demos: readonly Demo[]): void {
  editShown(
    'Edit demos',
    draft => {
      const state = draft.state[predictorId]
      if (state !== undefined) state.demos = castDraft([...demos])
    },
    { undo: 'merge', mergeKey: `demos:${predictorId}` },
  )
}

/** How many demos a call shows, those most like its inputs; undefined shows all of them again. The demos stay either way. */
export function setNearest(predictorId: PredictorId, k: number | undefined): void {
  const isOther = k !== undefined && shownProject().state[predictorId]?.nearest !== undefined
  editShown(
    k === undefined ? 'Show all demos' : 'Show the nearest demos',
    draft => {
      const state = draft.state[predictorId]
      if (state === undefined || state.nearest?.k === k) return
      if (k === undefined) delete state.nearest
      else state.nearest = { ...state.nearest, k }
    },
    // Digits typed one after the other are one step; to turn it on or off is one of its own.
    isOther ? { undo: 'merge', mergeKey: `nearest:${predictorId}` } : {},
  )
}

/** How an output is decided by its probabilities. Undefined takes the settings away; a `bool` or a `Literal` is asked for itself then. */
export function setDecision(predictorId: PredictorId, output: string, settings: DecisionSettings | undefined): void {
  editShown(
    'Change how it is decided',
    draft => {
      const state = draft.state[predictorId]
      if (state === undefined) return
      const { [output]: _, ...others } = state.fields ?? {}
      const fields = settings === undefined ? others : { ...state.fields, [output]: settings }
      if (Object.keys(fields).length === 0) delete state.fields
      else state.fields = castDraft(fields)
    },
    // A threshold that is moved along is one step.
    { undo: 'merge', mergeKey: `decision:${predictorId}:${output}` },
  )
}

/**
 * A locked part of a step stays as it is in every candidate of an optimizer. Edits by hand are still free. With `key` for one predictor
 * of the step, without for all of them.
 */
export function setLock(nodeId: NodeId, part: keyof Locks, isLocked: boolean, key?: string): void {
  editShown(`${isLocked ? 'Lock' : 'Unlock'} ${part}`, draft => lockInDraft(draft, nodeId, { part, isLocked, key }))
}

/** A model for these predictors alone; undefined gives them back to the task LM. */
export function setPredictorsLm(predictorIds: readonly PredictorId[], modelId: ModelId | undefined): void {
  editShown('Change model of step', draft => {
    for (const id of predictorIds) {
      const state = draft.state[id]
      if (state === undefined) continue
      if (modelId === undefined) delete state.lm
      else state.lm = modelId
    }
  })
}
