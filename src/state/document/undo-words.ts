import { useSyncExternalStore } from 'react'
import { sessionStore } from '../session/session-store'
import type { Direction } from './history'
import { placeName } from './place'
import { projectStore } from './project-store'
import { lastStep, nextStep } from './undo'
import { mainPlace } from './undo-notices'

/** What the button says after its name: what it would take back on this screen, or why it takes nothing back. */
export function useUndoWords(direction: Direction): string | undefined {
  return useSyncExternalStore(onHistory, () => undoWords(direction))
}

export function undoWords(direction: Direction): string | undefined {
  const { project, readOnly } = projectStore.getState()
  if (project === null) return undefined
  if (readOnly !== undefined) return 'this project is read-only, the bar below says why.'
  const here = nextStep(direction)
  if (here !== undefined) return `${here.charAt(0).toLowerCase()}${here.slice(1)}`
  const last = lastStep(direction)
  if (last === undefined) return undefined
  return `nothing here. The last ${direction === 'undo' ? 'change' : 'undone change'} was on ${placeName(mainPlace(last, project), project)}.`
}

/** Calls the listener whenever what undo would take back may be another one. */
function onHistory(listener: () => void): () => void {
  const stops = [projectStore.subscribe(listener), sessionStore.subscribe(listener)]
  window.addEventListener('hashchange', listener)
  return () => {
    for (const stop of stops) stop()
    window.removeEventListener('hashchange', listener)
  }
}
