import { castDraft } from 'immer'
import { newId } from '@/lib/ids'
import type { Demo, Locks, ModelId, NodeId, PredictorId, ProgramState, ReduceId } from '@/engine/program/program'
import { ensembleOf } from '@/engine/graph/ensemble'
import { completeState } from '@/engine/graph/default-state'
import type { StateVersion } from '@/engine/project/project'
import type { RunId } from '@/storage/records'
import { putVersion, listVersions } from '@/storage/versions'
import { currentProject, edit, flushSave } from '../project-store'
import { lockInDraft } from './lock-draft'

export function setInstructions(predictorId: PredictorId, text: string): void {
  edit(
    'Edit instructions',
    draft => {
      const state = draft.state[predictorId]
      if (state !== undefined && state.instructions !== text) state.instructions = text
    },
    { undo: 'merge', mergeKey: `instructions:${predictorId}` },
  )
}

export function setDemos(predictorId: PredictorId, demos: readonly Demo[]): void {
  edit(
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
  const isOther = k !== undefined && currentProject().state[predictorId]?.nearest !== undefined
  edit(
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

/** How the answers of an ensemble become one. */
export function setReduce(reduce: ReduceId): void {
  edit('Change how answers are joined', draft => {
    for (const { ensemble } of Object.values(draft.state)) if (ensemble) ensemble.reduce = reduce
  })
}

/** Makes one member of an ensemble the whole program. */
export function keepMember(index: number): void {
  const member = ensembleOf(currentProject().state)?.members[index]
  if (member !== undefined) writeState('Keep one member', member)
}

/**
 * A locked part of a step stays as it is in every candidate of an optimizer. Edits by hand are still free. With `key` for one predictor
 * of the step, without for all of them.
 */
export function setLock(nodeId: NodeId, part: keyof Locks, isLocked: boolean, key?: string): void {
  edit(`${isLocked ? 'Lock' : 'Unlock'} ${part}`, draft => lockInDraft(draft, nodeId, { part, isLocked, key }))
}

/** A model for these predictors alone; undefined gives them back to the task LM. */
export function setPredictorsLm(predictorIds: readonly PredictorId[], modelId: ModelId | undefined): void {
  edit('Change model of step', draft => {
    for (const id of predictorIds) {
      const state = draft.state[id]
      // Members of an ensemble run with models of their own: a step has one for all of them.
      for (const place of state === undefined ? [] : [state, ...(state.ensemble?.members ?? [])]) {
        if (modelId === undefined) delete place.lm
        else place.lm = modelId
      }
    }
  })
}

/**
 * Makes a state the program's own and keeps it as a version. The state before the first Apply is kept as version 1, so that there is
 * always a way back. Undo takes the document back; the version stays in the list.
 */
export async function applyState(
  state: ProgramState,
  about: { readonly note: string; readonly runId?: RunId; readonly score?: number },
): Promise<StateVersion> {
  const { id: projectId, state: before, graph } = currentProject()
  const known = await listVersions(projectId)
  let number = known.reduce((top, version) => Math.max(top, version.number), 0)
  if (number === 0) {
    number += 1
    await putVersion(newVersion({ projectId, number, note: 'Before the first apply', state: before }))
  }
  const version = newVersion({ projectId, number: number + 1, state: completeState(graph, state), ...about })
  await putVersion(version)
  writeState('Apply state', version.state)
  await flushSave()
  return version
}

/** Brings a version's state back. It is no new version; undo takes it back. */
export function restoreVersion(version: StateVersion): void {
  writeState(`Restore version ${version.number}`, version.state)
}

function writeState(label: string, state: ProgramState): void {
  edit(label, draft => {
    // Steps added since that state was made keep theirs, but not as members of an ensemble that is gone.
    const { graph, state: before } = currentProject()
    for (const [id, predictor] of Object.entries(completeState(graph, { ...withoutEnsemble(before), ...state }))) {
      draft.state[id] = castDraft(predictor)
    }
  })
}

function withoutEnsemble(state: ProgramState): ProgramState {
  return Object.fromEntries(Object.entries(state).map(([id, { ensemble: _ensemble, ...own }]) => [id, own]))
}

function newVersion(fields: Omit<StateVersion, 'id' | 'at'>): StateVersion {
  return { id: newId('version'), at: Date.now(), ...fields }
}
