import type { Project } from '@/engine/project/project'
import { isSameJson } from '@/lib/three-way-merge'
import { carriedOver, stepInTheWay } from './carry-over'
import { entryAt, entryOf, withEntry, withoutEntry, type Change, type Direction, type HistoryEntry, type NamedStep } from './history'
import { currentPlace, hasPlace, isAt, type Place } from './place'
import { changeHistory, commit, currentProject, projectStore, projectTurn, tellReadOnly } from './project-store'
import { rowsUnderWay, storingEnd, storingLabel, takeRows } from './row-steps'
import { isChangedElsewhere } from './stored-project'
import * as tell from './undo-notices'

// Undo takes back the last step that is seen on the screen the user is on. Steps of other screens may have come after it: the change is
// carried over them where they are independent of it, and refused with their name where they build on it. What can never be taken back any
// more leaves the list, so that the step before it can be reached.

/** Takes back the last step of this screen. Steps of rows end when the storage has them. */
export function undo(): Promise<void> {
  return take('undo')
}

export function redo(): Promise<void> {
  return take('redo')
}

/** What undo would take back here: `Rename node`. Undefined where there is nothing. */
export function nextStep(direction: Direction): string | undefined {
  const { project } = projectStore.getState()
  if (project === null) return undefined
  const place = currentPlace(project)
  const storing = direction === 'undo' && isAt(['data'], place) ? storingLabel(project.id) : undefined
  return storing ?? stepAt(direction, place)?.label
}

/** Whether the keys of undo do anything: take a step back, or say where there is one. */
export function hasStep(direction: Direction): boolean {
  return projectStore.getState().readOnly === undefined && (nextStep(direction) !== undefined || lastStep(direction) !== undefined)
}

/** The last step of the project, on whichever screen. */
export function lastStep(direction: Direction): HistoryEntry | undefined {
  return projectStore.getState().history[direction].findLast(isReachable)
}

/** Takes back this very step and no other, whatever came after it where that is independent of it; otherwise says why not. */
export async function undoStep(step: NamedStep): Promise<void> {
  const find = () => entryOf(projectStore.getState().history, 'undo', step.id)
  if (projectStore.getState().project?.id !== step.projectId) return tell.otherProject(step)
  if (find()?.change.kind === 'dataset')
    for (let work = rowsUnderWay(step.projectId); work !== undefined; work = rowsUnderWay(step.projectId)) await work
  const { project, readOnly, history } = projectStore.getState()
  if (project?.id !== step.projectId) return tell.otherProject(step)
  if (readOnly !== undefined) return tellReadOnly()
  const entry = find()
  if (entry === undefined) return entryOf(history, 'redo', step.id) ? tell.takenAlready('undo', step) : tell.forgotten(step)
  if ((await takeEntry('undo', entry)) === 'no-effect') tell.takenAlready('undo', step)
}

async function take(direction: Direction): Promise<void> {
  const { project } = projectStore.getState()
  if (project === null) return
  const turn = projectTurn()
  // The key is meant for what is on the screen now, also where another screen is shown by the time that rows are stored.
  const place = currentPlace(project)
  const isOfRows = isAt(['data'], place)
  const meant = isOfRows && direction === 'undo' ? storingEnd(project.id) : undefined
  if (meant !== undefined && !(await meant)) return
  let withoutEffect: HistoryEntry | undefined
  for (;;) {
    if (isOfRows) for (let work = rowsUnderWay(project.id); work !== undefined; work = rowsUnderWay(project.id)) await work
    if (turn.isOver() || projectStore.getState().readOnly !== undefined) return
    const entry = stepAt(direction, place)
    if (entry === undefined) return tellNone(direction, withoutEffect)
    const taken = takeEntry(direction, entry)
    if ((typeof taken === 'string' ? taken : await taken) !== 'no-effect') return
    withoutEffect = entry
  }
}

function tellNone(direction: Direction, withoutEffect: HistoryEntry | undefined): void {
  if (withoutEffect !== undefined) return tell.takenAlready(direction, withoutEffect)
  const last = lastStep(direction)
  if (last !== undefined) tell.elsewhere(direction, last, currentProject())
}

function stepAt(direction: Direction, place: Place | undefined): HistoryEntry | undefined {
  const { history } = projectStore.getState()
  return entryAt({ ...history, [direction]: history[direction].filter(isReachable) }, direction, place)
}

/** Rows of a dataset that the project does not use now, and a program that is gone, are on no screen. */
function isReachable({ change, places }: HistoryEntry): boolean {
  const { project } = projectStore.getState()
  if (project === null || (change.kind === 'dataset' && change.datasetId !== project.datasetId)) return false
  return places.some(place => hasPlace(project, place))
}

const opposite = { undo: 'redo', redo: 'undo' } as const

/** A step has no effect where what it changed is as it was before already, such as by another tab: it is forgotten. */
type Outcome = 'taken' | 'no-effect' | 'refused'

function takeEntry(direction: Direction, entry: HistoryEntry): Outcome | Promise<Outcome> {
  const { change } = entry
  return change.kind === 'dataset' ? takeStoredRows(direction, entry, change) : takeDocument(direction, entry, change)
}

function takeDocument(direction: Direction, entry: HistoryEntry, change: Extract<Change, { kind: 'document' }>): Outcome {
  const before = currentProject()
  const { history } = projectStore.getState()
  const after = carriedOver(change, before)
  if (after === undefined) {
    const inTheWay = stepInTheWay(history, entry, isReachable)
    if (inTheWay === undefined) forget(direction, entry)
    else tell.refused(direction, entry, inTheWay, before)
    return 'refused'
  }
  const rest = withoutEntry(history, direction, entry.id)
  if (isSameJson(after, before)) {
    projectStore.setState({ history: rest })
    return 'no-effect'
  }
  commit(after, withEntry(rest, opposite[direction], entry, { kind: 'document', before, after }))
  const lost = Object.keys(columnsOf(before)).filter(id => columnsOf(after)[id] === undefined && columnsOf(change.after)[id] === undefined)
  if (lost.length > 0) tell.lostColumns(direction)
  return 'taken'
}

async function takeStoredRows(direction: Direction, entry: HistoryEntry, change: Extract<Change, { kind: 'dataset' }>): Promise<Outcome> {
  const { id } = currentProject()
  try {
    return (await takeRows(direction, entry, change)) ?? 'no-effect'
  } catch (error) {
    // A fault of the storage may pass; what another tab changed stays changed.
    if (isChangedElsewhere(error)) forget(direction, entry, { projectId: id, error })
    else tell.failed(direction, entry, error)
    return 'refused'
  }
}

/** Takes a step off the list that can never be taken back any more: left there, it would keep all steps before it from being reached. */
function forget(direction: Direction, entry: HistoryEntry, { projectId = currentProject().id, error }: Forgotten = {}): void {
  changeHistory(projectId, history => withoutEntry(history, direction, entry.id))
  tell.gone(direction, entry, { error, next: nextStep(direction) })
}

interface Forgotten {
  readonly projectId?: string
  readonly error?: unknown
}

function columnsOf({ mapping }: Project): Readonly<Record<string, string>> {
  return { ...mapping.inputs, ...mapping.labels }
}
