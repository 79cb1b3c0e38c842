import { createStore } from 'zustand/vanilla'
import { useStore } from 'zustand'
import type { NodeId } from '@/engine/program/program'
import type { Position } from '@/engine/project/project'

/** Python text that somebody wants read: into a node, or as new nodes at a place. */
export interface PythonAsk {
  readonly text: string
  readonly node?: NodeId
  readonly at?: Position
}

const store = createStore<{ readonly ask?: PythonAsk | undefined }>(() => ({}))

/** Opens the dialog that reads Python; undefined closes it. */
export function askForPython(ask: PythonAsk | undefined): void {
  store.setState({ ask })
}

export function usePythonAsk(): PythonAsk | undefined {
  return useStore(store, ({ ask }) => ask)
}
