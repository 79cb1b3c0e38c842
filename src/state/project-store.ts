import { applyPatches, enablePatches, produceWithPatches, type Draft } from 'immer'
import { createStore, useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { Project } from '@/engine/project/project'
import { EngineError, isEngineError } from '@/engine/errors'
import { getProject, putProject } from '@/storage/projects'
import { emptyHistory, recordEntry, takeRedo, takeUndo, type History } from './history'
import { createSaver, type Saver, type SaveState } from './saver'
import { resetSession } from './session-store'

enablePatches()

export type ProjectDraft = Draft<Project>

export interface ProjectStoreState {
  readonly project: Project | null
  readonly save: SaveState
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** What undo would take back: `Rename node`. */
  readonly undoLabel?: string
  readonly redoLabel?: string
}

export interface EditOptions {
  /** `now`: a step of its own. `merge`: joins the last step of the same mergeKey while typing goes on. `never`: stays when others are undone. */
  readonly undo?: 'now' | 'merge' | 'never'
  readonly mergeKey?: string
}

const closed: ProjectStoreState = { project: null, save: { status: 'saved' }, canUndo: false, canRedo: false }

/** The open project: the one home of the document. Changed by `edit`, `undo` and `redo` only. */
export const projectStore = createStore<ProjectStoreState>(() => closed)

let history: History = emptyHistory
let saver: Saver | undefined
let now: () => number = Date.now
/** `updatedAt` of the stored document that the open one came from: another value there means another tab wrote. */
let baseUpdatedAt = 0
let lastProject: Project | null = null

/** Loads a project and makes it the open one; the one before is saved first. Throws `not-found`. */
export async function openProject(id: string): Promise<Project> {
  await closeProject()
  const project = await getProject(id)
  if (project === undefined) throw new EngineError('not-found', 'This project does not exist in this browser any more.', { project: id })
  resetSession()
  show(project)
  return project
}

/** Saves what is unsaved, then forgets the open project. */
export async function closeProject(): Promise<void> {
  await flushSave()
  saver?.dispose()
  saver = undefined
  history = emptyHistory
  projectStore.setState(closed, true)
}

/** The open project. Throws when there is none: callers live on screens of a project. */
export function currentProject(): Project {
  const { project } = projectStore.getState()
  if (project === null) throw new EngineError('not-found', 'Open a project first.')
  return project
}

/** The one way to change the document. The recipe changes the draft in place; a recipe that changes nothing leaves no step. */
export function edit(label: string, recipe: (draft: ProjectDraft) => void, options: EditOptions = {}): void {
  const [project, patches, inverse] = produceWithPatches(currentProject(), draft => {
    recipe(draft)
  })
  if (patches.length === 0) return
  const undo = options.undo ?? 'now'
  if (undo !== 'never') {
    const mergeKey = undo === 'merge' ? (options.mergeKey ?? label) : undefined
    history = recordEntry(history, { label, mergeKey, at: now(), patches, inverse })
  }
  commit(project)
}

export function undo(): void {
  const taken = takeUndo(history)
  if (taken === undefined) return
  history = taken.history
  commit(applyPatches(currentProject(), taken.entry.inverse))
}

export function redo(): void {
  const taken = takeRedo(history)
  if (taken === undefined) return
  history = taken.history
  commit(applyPatches(currentProject(), taken.entry.patches))
}

/** Writes unsaved changes now. Resolves also when that fails: the store's `save` then says why. */
export async function flushSave(): Promise<void> {
  await saver?.flush()
}

/** Reads of the open document. A screen that is just closing still sees the last one. */
export function useProject<T>(selector: (project: Project) => T): T {
  return useStore(
    projectStore,
    useShallow(({ project }: ProjectStoreState) => {
      const shown = project ?? lastProject
      if (shown === null) throw new Error('useProject outside of an open project')
      return selector(shown)
    }),
  )
}

export function useProjectStore<T>(selector: (state: ProjectStoreState) => T): T {
  return useStore(projectStore, useShallow(selector))
}

/** For tests: the time that decides which edits merge. */
export function setStoreClock(clock: () => number): void {
  now = clock
}

function show(project: Project): void {
  history = emptyHistory
  baseUpdatedAt = project.updatedAt
  lastProject = project
  saver?.dispose()
  saver = createSaver({ write, now: () => now(), isRetryable, report: save => projectStore.setState({ save }) })
  projectStore.setState({ ...closed, project, save: { status: 'saved', at: project.updatedAt } }, true)
}

function commit(project: Project): void {
  lastProject = project
  projectStore.setState({
    project,
    canUndo: history.undo.length > 0,
    canRedo: history.redo.length > 0,
    undoLabel: history.undo.at(-1)?.label,
    redoLabel: history.redo.at(-1)?.label,
  })
  saver?.changed()
}

async function write(): Promise<void> {
  const project = currentProject()
  const updatedAt = Math.max(now(), baseUpdatedAt + 1)
  await putProject({ ...project, updatedAt })
  baseUpdatedAt = updatedAt
}

function isRetryable(error: unknown): boolean {
  return !isEngineError(error, 'not-found')
}
