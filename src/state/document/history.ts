import type { Project } from '@/engine/project/project'
import { isSameJson } from '@/lib/three-way-merge'
import type { DatasetEdit } from '@/storage/dataset-edits'
import { isAt, overlap, type Place, type StepPlace } from './place'

/** What a step changed, with what it takes to go back. */
export type Change =
  | { readonly kind: 'document'; readonly before: Project; readonly after: Project }
  /** Rows are stored at once; `back` is the edit that undoes it. */
  | { readonly kind: 'dataset'; readonly datasetId: string; readonly back: DatasetEdit }

/** One step a user can take back, at the places where they see what it changed. */
export interface HistoryEntry {
  /** Stays the same while the step is undone, redone and kept over a reload: notices name a step by it. */
  readonly id: string
  /** Of two steps of a history, undone ones included, the one with the higher number was made, undone or redone later. */
  readonly order: number
  readonly label: string
  readonly places: readonly StepPlace[]
  /** Edits with the same key follow each other into one entry while the pauses stay short. */
  readonly mergeKey?: string | undefined
  readonly at: number
  readonly change: Change
}

/** The steps of all places in the order of time, and those that were taken back. */
export interface History {
  readonly undo: readonly HistoryEntry[]
  readonly redo: readonly HistoryEntry[]
}

/** A step as a notice names it: when its button is pressed, the step may be undone, or another project open. */
export interface NamedStep extends Pick<HistoryEntry, 'id' | 'label'> {
  readonly projectId: string
  /** Where its user is led to when it cannot be taken back from where they are. */
  readonly place: StepPlace
}

export type Direction = keyof History

export const emptyHistory: History = { undo: [], redo: [] }
export const historyLimit = 200
export const mergePauseMs = 1_000

/**
 * Adds a step and forgets what had been undone at its places; a step with the mergeKey of the last one joins it. Typing that ends where it
 * began leaves no step.
 */
export function recordEntry(history: History, step: Omit<HistoryEntry, 'order'>): History {
  const last = history.undo.at(-1)
  const redo = history.redo.filter(({ places }) => !overlap(places, step.places))
  const entry = { ...step, order: nextOrder(history) }
  const joined = last && joinEntries(last, entry)
  if (!joined) return { undo: [...history.undo, entry].slice(-historyLimit), redo }
  const earlier = history.undo.slice(0, -1)
  return { undo: hasEffect(joined.change) ? [...earlier, joined] : earlier, redo }
}

/** The step that undo or redo takes at a place. */
export function entryAt(history: History, direction: Direction, place: Place | undefined): HistoryEntry | undefined {
  return history[direction].findLast(({ places }) => isAt(places, place))
}

export function entryOf(history: History, direction: Direction, id: string): HistoryEntry | undefined {
  return history[direction].find(entry => entry.id === id)
}

export function withoutEntry(history: History, direction: Direction, id: string): History {
  return { ...history, [direction]: history[direction].filter(entry => entry.id !== id) }
}

/** Adds what undoes an undo to the steps of redo, or the other way round. It takes no more typing in. */
export function withEntry(history: History, direction: Direction, { id, label, places, at }: HistoryEntry, change: Change): History {
  const entry: HistoryEntry = { id, order: nextOrder(history), label, places, at, change }
  return { ...history, [direction]: [...history[direction], entry].slice(-historyLimit) }
}

function nextOrder({ undo, redo }: History): number {
  return [...undo, ...redo].reduce((top, { order }) => Math.max(top, order), 0) + 1
}

function joinEntries(last: HistoryEntry, next: HistoryEntry): HistoryEntry | undefined {
  const isOne = last.mergeKey !== undefined && last.mergeKey === next.mergeKey && next.at - last.at <= mergePauseMs
  const isOfDocument = last.change.kind === 'document' && next.change.kind === 'document'
  // Something else may have changed the document between the two, such as another tab.
  if (!isOne || !isOfDocument || !overlap(last.places, next.places) || last.change.after !== next.change.before) return undefined
  return { ...next, id: last.id, change: { ...next.change, before: last.change.before } }
}

function hasEffect(change: Change): boolean {
  return change.kind === 'dataset' || !isSameJson(change.before, change.after)
}
