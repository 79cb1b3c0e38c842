import { castDraft } from 'immer'
import { newId } from '@/lib/ids'
import type { Demo, Locks, ModelId, NodeId, PredictorId, ProgramState } from '@/engine/graph/program'
import { completeState } from '@/engine/graph/default-state'
import type { StateVersion } from '@/engine/project/project'
import type { RunId } from '@/storage/records'
import { putVersion, listVersions } from '@/storage/versions'
import { currentProject, edit, flushSave } from '../project-store'
import { nodeOf } from './graph-draft'

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

/** A locked part of a step stays as it is in every candidate of an optimizer. Edits by hand are still free. */
export function setLock(nodeId: NodeId, part: keyof Locks, isLocked: boolean): void {
  edit(`${isLocked ? 'Lock' : 'Unlock'} ${part}`, draft => {
    const node = nodeOf(draft, nodeId)
    if (node.kind !== 'signature' || (node.locks?.[part] === true) === isLocked) return
    const { [part]: _, ...others } = node.locks ?? {}
    if (isLocked) node.locks = { ...others, [part]: true }
    else if (Object.keys(others).length > 0) node.locks = others
    // A step that was locked and unlocked is the step it was before.
    else delete node.locks
  })
}

/** A model for this predictor alone; undefined gives it back to the task LM. */
export function setPredictorLm(predictorId: PredictorId, modelId: ModelId | undefined): void {
  edit('Change model of step', draft => {
    const state = draft.state[predictorId]
    if (state === undefined) return
    if (modelId === undefined) delete state.lm
    else state.lm = modelId
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
    // Steps added since that state was made keep theirs.
    const { graph } = currentProject()
    for (const [id, predictor] of Object.entries(completeState(graph, { ...currentProject().state, ...state }))) {
      draft.state[id] = castDraft(predictor)
    }
  })
}

function newVersion(fields: Omit<StateVersion, 'id' | 'at'>): StateVersion {
  return { id: newId('version'), at: Date.now(), ...fields }
}
