import { enablePatches, produceWithPatches, type Draft } from 'immer'
import { createStore, useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { newId } from '@/lib/ids'
import { isSameJson } from '@/lib/three-way-merge'
import { createTurns, turnUntil, type Turn } from '@/lib/turns'
import { EngineError, isEngineError } from '@/engine/base/errors'
import type { Project } from '@/engine/project/project'
import { onChange } from '@/storage/change-notices'
import { emptyHistory, recordEntry, type History, type HistoryEntry } from './history'
import { keepHistory, keptHistory } from './kept-history'
import { currentPlace, openPath, placeOfPatches, type StepPlace } from './place'
import { notify } from '../session/notices'
import { createSaver, type Saver, type SaveState } from './saver'
import { resetSession } from '../session/session-store'
import { isChangedElsewhere, keepUnsaved, loadSaved, loadStored, overwriteStored, writeStored, type LoadedProject } from './stored-project'
import { systemClock } from '@/lib/system-clock'

enablePatches()

export type ProjectDraft = Draft<Project>

export interface ProjectStoreState {
  readonly project: Project | null
  readonly save: SaveState
  /** The steps that `undo.ts` takes back, each at the places where they are seen. */
  readonly history: History
  /** Present: the project names these, which this version does not know, and is shown without being changed. See `allowEdits`. */
  readonly readOnly?: readonly string[]
}

export interface EditOptions {
  /** `now`: a step of its own. `merge`: joins the last step of the same mergeKey while typing goes on. `never`: stays when others are undone. */
  readonly undo?: 'now' | 'merge' | 'never'
  readonly mergeKey?: string
  /** Where the step was made and where it is seen, unless that is the screen shown now and the one of what it changes. */
  readonly places?: readonly StepPlace[]
  /** The id of the step, for a notice that offers to take it back. */
  readonly id?: string
  /** Something that has happened, such as a look at the test split: it is noted in a project that is read-only, too. */
  readonly isFact?: true
}

const closed: ProjectStoreState = { project: null, save: { status: 'saved' }, history: emptyHistory }

/** The open project: the one home of the document. Changed by `edit`, `undo` and `redo` only. */
export const projectStore = createStore<ProjectStoreState>(() => closed)

let saver: Saver | undefined
let now: () => number = systemClock.date
/** `updatedAt` of the stored record that the open document came from, or was last written as. */
let base = 0
/** The same before the last write. */
let baseBefore = 0
let lastProject: Project | null = null
const openings = createTurns()

/** Loads a project and makes it the open one; the one before is saved first. Throws `not-found`. */
export async function openProject(id: string): Promise<Project> {
  watchPage()
  const opening = openings.next()
  await closeProject()
  const opened = await loadStored(id)
  // Another project may have been asked for while this one was read.
  opening.take(() => show(opened, keptHistory(opened.project.id)))()
  return opened.project
}

/** Saves what is unsaved, then forgets the open project. */
export async function closeProject(): Promise<void> {
  if (projectStore.getState().project === null) return
  const turn = projectTurn()
  await flushSave()
  turn.take(() => {
    // Edits and steps may have come while it was saved.
    const { id } = currentProject()
    keepHistory(id, projectStore.getState().history)
    // What could not be written is handed to the next time this project is opened.
    if (saver?.isDirty() === true) keepUnsaved(currentProject(), base)
    saver?.dispose()
    saver = undefined
    projectStore.setState(closed, true)
  })()
}

/** The open project. Throws when there is none: callers live on screens of a project. */
export function currentProject(): Project {
  const { project } = projectStore.getState()
  if (project === null) throw new EngineError('not-found', 'Open a project first.')
  return project
}

/** For work on the open project that ends later: over once another project is open, or none. */
export function projectTurn(): Turn {
  const { id } = currentProject()
  return turnUntil(() => projectStore.getState().project?.id !== id)
}

/** The one way to change the document. The recipe changes the draft in place; one whose result is equal to what was there leaves no step. */
export function edit(label: string, recipe: (draft: ProjectDraft) => void, options: EditOptions = {}): void {
  const before = currentProject()
  const [after, patches] = produceWithPatches(before, draft => {
    recipe(draft)
  })
  if (patches.length === 0 || isSameJson(before, after)) return
  if (projectStore.getState().readOnly !== undefined && options.isFact !== true) return tellReadOnly()
  const undoing = options.undo ?? 'now'
  if (undoing === 'never') return commit(after)
  const made = currentPlace(before)
  const places = options.places ?? [placeOfPatches(patches), ...(made === undefined ? [] : [made])]
  const mergeKey = undoing === 'merge' ? (options.mergeKey ?? label) : undefined
  const { id = newId('step') } = options
  const step = { id, label, places, mergeKey, at: now(), change: { kind: 'document', before, after } } as const
  commit(after, recordEntry(projectStore.getState().history, step))
}

/**
 * For changes that are stored beside the document, such as those of rows: adds the step that takes them back to the history of their own
 * project, which may have been closed meanwhile.
 */
export function noteStep(projectId: string, step: Omit<HistoryEntry, 'order' | 'at'>): void {
  changeHistory(projectId, history => recordEntry(history, { ...step, at: now() }))
}

/** Changes the history of a project, be it the open one or not. */
export function changeHistory(projectId: string, change: (history: History) => History): void {
  const { project, history } = projectStore.getState()
  if (project?.id === projectId) projectStore.setState({ history: change(history) })
  else keepHistory(projectId, change(keptHistory(projectId)))
}

/** From now on the open project is changed like any other, although this version does not know all of it. */
export function allowEdits(): void {
  const { project } = projectStore.getState()
  if (project === null) return
  editable.add(project.id)
  projectStore.setState({ readOnly: undefined })
}

/** Throws `project-newer` where the open project is shown without being changed. */
export function mustBeEditable(): void {
  const { readOnly } = projectStore.getState()
  if (readOnly !== undefined) throw new EngineError('project-newer', readOnlySentence(readOnly), { unknown: [...readOnly] })
}

function readOnlySentence(unknown: readonly string[]): string {
  return `This project uses ${unknown.join(', ')}, which this version of DSPy Studio does not know. Update DSPy Studio, or press “Allow changes” at the top.`
}

/** Writes unsaved changes now. Resolves also when that fails: the store's `save` then says why. */
export async function flushSave(): Promise<void> {
  await saver?.flush()
}

/** After another tab changed this project: keep what this tab shows, or take what the other one saved. */
export async function resolveConflict(keep: 'mine' | 'theirs'): Promise<void> {
  const project = currentProject()
  if (keep === 'theirs') {
    const turn = projectTurn()
    saver?.dispose()
    const stored = await loadStored(project.id)
    return turn.take(() => show(stored, projectStore.getState().history))()
  }
  // What is under way ends first; then the one save at a time writes in place of the other tab's.
  await flushSave()
  isOverwriting = true
  saver?.changed()
  while (isOverwriting && saver) await flushSave()
}

let isOverwriting = false

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
  show({ project, base: project.updatedAt, isUnsaved: false, unknown: [] }, emptyHistory)
}

function show(opened: LoadedProject, history: History): void {
  const { project, unknown } = opened
  if (lastProject?.id !== project.id || projectStore.getState().project === null) resetSession()
  base = opened.base
  baseBefore = base
  isOverwriting = false
  lastProject = project
  saver?.dispose()
  saver = createSaver({ write, now: () => now(), isRetryable, report: reportSave })
  const readOnly = unknown.length > 0 && !editable.has(project.id) ? { readOnly: unknown } : {}
  projectStore.setState({ ...closed, project, save: { status: 'saved', at: base }, history, ...readOnly }, true)
  if (opened.isUnsaved) saver.changed()
}

/** Projects of this session that may be changed although something in them is not known. */
const editable = new Set<string>()
let toldAt = 0

/** Once for a burst of keys. */
export function tellReadOnly(): void {
  const { readOnly = [] } = projectStore.getState()
  if (now() - toldAt < 3_000) return
  toldAt = now()
  notify({ title: 'This project is read-only', detail: readOnlySentence(readOnly), tone: 'warn' })
}

/** Makes this the document. For `edit` and for `undo.ts` alone. */
export function commit(project: Project, history: History = projectStore.getState().history): void {
  lastProject = project
  projectStore.setState({ project, history })
  saver?.changed()
}

async function write(): Promise<void> {
  const updatedAt = nextTime()
  const before = base
  const isChosen = isOverwriting
  isOverwriting = false
  // Set first: the notice of this very write may arrive before the write returns.
  base = updatedAt
  baseBefore = before
  try {
    if (isChosen) await overwriteStored({ ...currentProject(), updatedAt })
    else await writeStored(currentProject(), { base: before, updatedAt })
  } catch (error) {
    base = before
    throw error
  }
}

function nextTime(): number {
  return Math.max(now(), base + 1)
}

function isRetryable(error: unknown): boolean {
  // What cannot be read back stays as it is until it is changed.
  const isRefused = isEngineError(error, 'project-invalid') || isEngineError(error, 'project-newer')
  return !isRefused && !isEngineError(error, 'not-found') && !isChangedElsewhere(error)
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
    const { project, history } = projectStore.getState()
    if (project === null) return
    keepHistory(project.id, history)
    // A write that is under way may or may not come to its end.
    if (saver?.isDirty() === true) keepUnsaved(project, base, baseBefore)
    void flushSave()
  })
  onChange(notice => {
    const { project } = projectStore.getState()
    if (notice.store !== 'projects' || project === null) return
    if (notice.id === undefined) void followStored(project.id, next => next !== base)
    else if (notice.id === project.id) void followStored(project.id, next => next > base)
  })
}

/**
 * Another tab saved this project, or a backup brought back an earlier one: it is shown here too, unless this tab has changes of its own,
 * which then wait for the user.
 */
async function followStored(id: string, isOther: (base: number) => boolean): Promise<void> {
  const next = await loadSaved(id)
  const { project } = projectStore.getState()
  if (project?.id !== id || next === undefined || !isOther(next.base)) return
  if (saver?.isDirty() === true) return flushSave()
  const shownBody = openPath(project)
  // The steps of this tab stay: they are carried over to what the other one saved when they are taken back.
  show(next, projectStore.getState().history)
  if (shownBody === undefined || openPath(next.project) === shownBody) return
  notify({
    title: 'The program you had open is gone',
    detail: 'It was removed in another tab. You can bring it back there with Undo.',
    tone: 'warn',
  })
}
