import type { Patch } from 'immer'

/** One step a user can take back: what it did to the document, and what takes it back. */
export interface HistoryEntry {
  readonly label: string
  /** Edits with the same key follow each other into one entry while the pauses stay short. */
  readonly mergeKey?: string
  readonly at: number
  readonly patches: readonly Patch[]
  readonly inverse: readonly Patch[]
}

export interface History {
  readonly undo: readonly HistoryEntry[]
  readonly redo: readonly HistoryEntry[]
}

export const emptyHistory: History = { undo: [], redo: [] }
export const historyLimit = 200
export const mergePauseMs = 1_000

/** Adds a step and forgets what had been undone; a step with the mergeKey of the last one joins it. */
export function recordEntry(history: History, entry: HistoryEntry): History {
  const last = history.undo.at(-1)
  if (last !== undefined && mergesWith(last, entry)) {
    return { undo: [...history.undo.slice(0, -1), joinEntries(last, entry)], redo: [] }
  }
  return { undo: [...history.undo, entry].slice(-historyLimit), redo: [] }
}

/** The step to take back now, and the history once it is. */
export function takeUndo(history: History): { entry: HistoryEntry; history: History } | undefined {
  const entry = history.undo.at(-1)
  if (entry === undefined) return undefined
  return { entry, history: { undo: history.undo.slice(0, -1), redo: [...history.redo, entry] } }
}

export function takeRedo(history: History): { entry: HistoryEntry; history: History } | undefined {
  const entry = history.redo.at(-1)
  if (entry === undefined) return undefined
  return { entry, history: { undo: [...history.undo, settle(entry)], redo: history.redo.slice(0, -1) } }
}

function mergesWith(last: HistoryEntry, next: HistoryEntry): boolean {
  return last.mergeKey !== undefined && last.mergeKey === next.mergeKey && next.at - last.at <= mergePauseMs
}

function joinEntries(first: HistoryEntry, next: HistoryEntry): HistoryEntry {
  const base = { label: next.label, mergeKey: next.mergeKey, at: next.at }
  const samePlaces =
    first.patches.length === next.patches.length && first.patches.every((patch, index) => isSameReplace(patch, next.patches[index]))
  // Typing replaces the same text again and again: the first inverse and the last patch are all there is to keep.
  if (samePlaces) return { ...base, patches: next.patches, inverse: first.inverse }
  return { ...base, patches: [...first.patches, ...next.patches], inverse: [...next.inverse, ...first.inverse] }
}

function isSameReplace(left: Patch, right: Patch | undefined): boolean {
  return (
    left.op === 'replace' &&
    right?.op === 'replace' &&
    left.path.length === right.path.length &&
    left.path.every((part, index) => part === right.path[index])
  )
}

/** A redone step takes no more typing in. */
function settle(entry: HistoryEntry): HistoryEntry {
  return { label: entry.label, at: entry.at, patches: entry.patches, inverse: entry.inverse }
}
