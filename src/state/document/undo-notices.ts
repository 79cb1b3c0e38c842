import type { Project } from '@/engine/project/project'
import { goTo } from '../session/navigation'
import { errorSentence, notify, type Notice } from '../session/notices'
import { sessionStore } from '../session/session-store'
import type { StepInTheWay } from './carry-over'
import type { Direction, HistoryEntry, NamedStep } from './history'
import { bodyOf, currentPlace, hasPlace, isAt, placeName, placePath, type StepPlace } from './place'

// What undo and redo say where they cannot do what was asked for.

const done = { undo: 'undone', redo: 'redone' } as const

/** There is no step on this screen. */
export function elsewhere(direction: Direction, last: HistoryEntry, project: Project): void {
  const place = mainPlace(last, project)
  const name = placeName(place, project)
  notify({
    title: `Nothing to ${direction} here`,
    detail:
      direction === 'undo'
        ? `The last change, “${last.label}”, was made on ${name}.`
        : `The change that was undone last, “${last.label}”, was made on ${name}.`,
    tone: 'neutral',
    ...wayTo(place, project),
  })
}

/** A later step builds on this one. */
export function refused(direction: Direction, { label }: HistoryEntry, { entry: later, remedy }: StepInTheWay, project: Project): void {
  const place = mainPlace(later, project)
  const isHere = isAt(later.places, currentPlace(project))
  const after = isHere ? 'after it' : `after it, on ${placeName(place, project)}`
  notify({
    title: `“${label}” cannot be ${done[direction]} now`,
    detail:
      remedy === 'undo' ? `“${later.label}” was done ${after}. Undo that first.` : `“${later.label}” was undone ${after}. Redo that first.`,
    tone: 'warn',
    ...(!isHere && wayTo(place, project)),
  })
}

/** Nothing that the user could do would let the step be taken back. */
export function gone(
  direction: Direction,
  { label }: HistoryEntry,
  { error, next }: { readonly error?: unknown; readonly next: string | undefined },
): void {
  const reason = error === undefined ? 'What it changed has been changed again, or removed, since then.' : errorSentence(error)
  const word = direction === 'undo' ? 'Undo' : 'Redo'
  notify({
    title: `“${label}” can no longer be ${done[direction]}`,
    detail: next === undefined ? reason : `${reason} The next ${word} here is for “${next}”.`,
    tone: 'warn',
  })
}

/** The storage could not do it now. */
export function failed(direction: Direction, { label }: HistoryEntry, error: unknown): void {
  notify({ title: `“${label}” could not be ${done[direction]}`, detail: errorSentence(error), tone: 'bad' })
}

/** There is nothing left to take back of it. */
export function takenAlready(direction: Direction, { label }: Pick<HistoryEntry, 'label'>): void {
  notify({ title: `“${label}” has been ${done[direction]} already`, detail: 'Nothing was changed.', tone: 'neutral' })
}

export function forgotten({ label }: NamedStep): void {
  notify({
    title: `“${label}” can no longer be undone`,
    detail: 'It was undone before, or too much has been done since then.',
    tone: 'warn',
  })
}

export function otherProject({ label, projectId, place }: NamedStep): void {
  notify({
    title: `Open its project to undo “${label}”`,
    tone: 'neutral',
    action: { label: 'Open it', run: () => goTo(placePath(place, projectId) ?? placePath('build', projectId) ?? '/') },
  })
}

export function lostColumns(direction: Direction): void {
  notify({
    title: 'A column chosen in Data is not used any more',
    detail: `The field it was chosen for is gone. ${direction === 'undo' ? 'Redo' : 'Undo'} brings both back.`,
    tone: 'neutral',
  })
}

/** Where a step is seen first. */
export function mainPlace({ places }: HistoryEntry, project: Project): StepPlace {
  return places.find(place => hasPlace(project, place)) ?? 'everywhere'
}

/** A button that goes where a step is seen. */
function wayTo(place: StepPlace, project: Project): Pick<Notice, 'action'> {
  const path = placePath(place, project.id)
  if (path === undefined) return {}
  const body = bodyOf(place)
  const run = () => {
    if (place.startsWith('build:')) sessionStore.setState({ openBody: body })
    goTo(path)
  }
  const isOnBuild = currentPlace(project)?.startsWith('build:') === true
  const whole = isOnBuild ? 'Open the whole program' : 'Go to Build'
  const label = body !== undefined ? 'Open that program' : place.startsWith('build') ? whole : `Go to ${placeName(place, project)}`
  return { action: { label, run } }
}
