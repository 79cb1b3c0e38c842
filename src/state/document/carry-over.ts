import { mergeThree } from '@/lib/three-way-merge'
import type { Project } from '@/engine/project/project'
import type { Direction, History, HistoryEntry } from './history'
import { looseEnds, withoutGoneColumns } from './loose-ends'

/** Two states of the document. */
interface States {
  readonly before: Project
  readonly after: Project
}

/** The present document without the change; undefined where something that came later builds on it. */
export function carriedOver({ before, after }: States, present: Project): Project | undefined {
  if (after === present) return before
  // When it was saved, and that the test split was looked at, are facts of the present document.
  const { updatedAt, reveals } = present
  const facts = { updatedAt, reveals }
  const merged = mergeThree({ ...after, ...facts }, { ...before, ...facts }, present)
  if (!merged.ok) return undefined
  const next = withoutGoneColumns(merged.value)
  const had = looseEnds(present)
  return [...looseEnds(next)].every(end => had.has(end)) ? next : undefined
}

/** A step that was made or undone later, and what takes it out of the way. */
export interface StepInTheWay {
  readonly entry: HistoryEntry
  readonly remedy: Direction
}

/**
 * The first later step that a step cannot be carried over. Only later ones are named: so the advice to take them back first never leads in
 * a circle. Steps that `isReachable` leaves out cannot be taken back by anybody, so they are not named.
 */
export function stepInTheWay(
  { undo, redo }: History,
  { change, order }: HistoryEntry,
  isReachable: (entry: HistoryEntry) => boolean,
): StepInTheWay | undefined {
  if (change.kind !== 'document') return undefined
  const later: readonly StepInTheWay[] = [
    ...undo.map(entry => ({ entry, remedy: 'undo' as const })),
    ...redo.map(entry => ({ entry, remedy: 'redo' as const })),
  ]
    .filter(({ entry }) => entry.order > order)
    .sort((left, right) => left.entry.order - right.entry.order)
  // The document as it would be with the later steps that are in nobody's way, so that of two steps in the way the second is found, too.
  let alone = change.after
  for (const step of later) {
    const made = step.entry.change
    if (made.kind !== 'document') continue
    const next = carriedOver({ before: made.after, after: made.before }, alone)
    const isInTheWay =
      (next !== undefined && carriedOver(change, next) === undefined) ||
      (carriedOver(change, made.before) !== undefined && carriedOver(change, made.after) === undefined)
    if (isInTheWay && isReachable(step.entry)) return step
    if (!isInTheWay && next !== undefined) alone = next
  }
  return undefined
}
