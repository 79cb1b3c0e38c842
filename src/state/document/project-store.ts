import { applyPatches, enablePatches, produceWithPatches, type Draft } from 'immer'
import { createStore, useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { EngineError, isEngineError } from '@/engine/base/errors'
import type { Project } from '@/engine/project/project'
import { onChange } from '@/storage/change-notices'
import { getProject } from '@/storage/projects'
import { emptyHistory, recordEntry, takeRedo, takeUndo, type History } from './history'
import { keepHistory, takeHistory } from './kept-history'
import { notify } from '../session/notices'
import { createSaver, type Saver, type SaveState } from './saver'
import { resetSession } from '../session/session-store'
import { isChangedElsewhere, keepUnsaved, loadStored, overwriteStored, writeStored, type LoadedProject } from './stored-project'

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
/** `updatedAt` of the stored record that the open document came from, or was last written as. */
let base = 0
let lastProject: Project | null = null
let openings = 0

/** Loads a project and makes it the open one; the one before is saved first. Throws `not-found`. */
export async function openProject(id: string): Promise<Project> {
  watchPage()
  openings += 1
  const opening = openings
  await closeProject()
  const loaded = await loadStored(id)
  // Another project was asked for while this one was read.
  if (opening === openings) show(loaded)
  return loaded.project
}

/** Saves what is unsaved, then forgets the open project. */
export async function closeProject(): Promise<void> {
  const { project } = projectStore.getState()
  if (project === null) return
  keepHistory(project, history)
  await flushSave()
  // What could not be written is handed to the next time this project is opened.
  if (saver?.isDirty() === true) keepUnsaved(currentProject(), base)
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
  const undoing = options.undo ?? 'now'
  if (undoing !== 'never') {
    const mergeKey = undoing === 'merge' ? (options.mergeKey ?? label) : undefined
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

/** After another tab changed this project: keep what this tab shows, or take what the other one saved. */
export async function resolveConflict(keep: 'mine' | 'theirs'): Promise<void> {
  const project = currentProject()
  if (keep === 'theirs') {
    saver?.dispose()
    return show(await loadStored(project.id))
  }
  const updatedAt = nextTime()
  await overwriteStored({ ...project, updatedAt })
  base = updatedAt
  await flushSave()
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

/** Shows a document without reading it from storage: the way in for tests of edits. */
export function showProject(project: Project): void {
  show({ project, base: project.updatedAt, isUnsaved: false })
}

function show(loaded: LoadedProject): void {
  const { project } = loaded
  if (lastProject?.id !== project.id || projectStore.getState().project === null) resetSession()
  base = loaded.base
  lastProject = project
  history = takeHistory(project)
  saver?.dispose()
  saver = createSaver({ write, now: () => now(), isRetryable, report: reportSave })
  projectStore.setState({ ...closed, project, save: { status: 'saved', at: base }, ...historyState() }, true)
  if (loaded.isUnsaved) saver.changed()
}

function commit(project: Project): void {
  lastProject = project
  projectStore.setState({ project, ...historyState() })
  saver?.changed()
}

function historyState() {
  const undoLabel = history.undo.at(-1)?.label
  const redoLabel = history.redo.at(-1)?.label
  return { canUndo: undoLabel !== undefined, canRedo: redoLabel !== undefined, undoLabel, redoLabel }
}

async function write(): Promise<void> {
  const updatedAt = nextTime()
  const before = base
  // Set first: the notice of this very write may arrive before the write returns.
  base = updatedAt
  try {
    await writeStored(currentProject(), { base: before, updatedAt })
  } catch (error) {
    base = before
    throw error
  }
}

function nextTime(): number {
  return Math.max(now(), base + 1)
}

function isRetryable(error: unknown): boolean {
  return !isEngineError(error, 'not-found') && !isChangedElsewhere(error)
}

function reportSave(save: SaveState, error?: unknown): void {
  const isConflict = isChangedElsewhere(error)
  const wasConflict = projectStore.getState().save.isChangedElsewhere === true
  projectStore.setState({ save: isConflict ? { ...save, isChangedElsewhere: true } : save })
  if (!isConflict || wasConflict) return
  notify({
    title: 'This project was changed in another tab',
    detail: 'Nothing is saved until you choose. Keep what this tab shows, or reload the page to take the other.',
    tone: 'warn',
    action: { label: 'Keep this tab’s', run: () => void resolveConflict('mine') },
  })
}

let isWatching = false

/** A page may go without a word: what is unsaved is written when it is hidden, and kept aside when it is closed. */
function watchPage(): void {
  if (isWatching || typeof window === 'undefined') return
  isWatching = true
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void flushSave()
  })
  window.addEventListener('pagehide', () => {
    const { project } = projectStore.getState()
    if (project === null) return
    keepHistory(project, history)
    if (saver?.isDirty() === true) keepUnsaved(project, base)
    void flushSave()
  })
  onChange(notice => {
    if (notice.store === 'projects' && notice.id === projectStore.getState().project?.id) void followOtherTab(notice.id)
  })
}

/** Another tab saved this project: it is shown here too, unless this tab has changes of its own, which then wait for the user. */
async function followOtherTab(id: string): Promise<void> {
  const stored = await getProject(id)
  const { project } = projectStore.getState()
  if (project?.id !== id || stored === undefined || stored.updatedAt <= base) return
  if (saver?.isDirty() === true) return flushSave()
  show({ project: stored, base: stored.updatedAt, isUnsaved: false })
}
