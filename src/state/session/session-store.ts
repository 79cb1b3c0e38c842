import { createStore, useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { ExampleId } from '@/engine/base/example'
import type { EdgeId, NodeId } from '@/engine/program/program'
import type { RunId } from '@/storage/records'

export type Theme = 'system' | 'light' | 'dark'
export type InspectorTab = 'signature' | 'settings' | 'instructions' | 'demos' | 'prompt' | 'code' | 'run'

const themeKey = 'dspy-studio:theme'

/** What a person looks at, not what they made: never saved in the project, never undone. */
export interface SessionState {
  readonly selectedNodes: readonly NodeId[]
  readonly selectedEdges: readonly EdgeId[]
  readonly inspectorTab: InspectorTab
  /** The row that Run row takes, and whose values the prompt tab shows. */
  readonly activeRowId?: ExampleId
  /** The last run of one row: its node states are drawn on the canvas. */
  readonly rowRunId?: RunId
  /** Why the last run could not start; cleared by the next try. */
  readonly runProblem?: { readonly code: string; readonly message: string }
  /** The member of an ensemble that the inspector shows; absent for the best. */
  readonly shownMember?: number
  readonly theme: Theme
}

export const sessionStore = createStore<SessionState>(() => ({
  selectedNodes: [],
  selectedEdges: [],
  inspectorTab: 'signature',
  theme: storedTheme(),
}))

export function useSession<T>(selector: (session: SessionState) => T): T {
  return useStore(sessionStore, useShallow(selector))
}

export function select(nodes: readonly NodeId[], edges: readonly EdgeId[] = []): void {
  const { selectedNodes, selectedEdges } = sessionStore.getState()
  // React Flow reports a selection again on each render: an equal one must not wake the listeners.
  if (isSameList(selectedNodes, nodes) && isSameList(selectedEdges, edges)) return
  sessionStore.setState({ selectedNodes: nodes, selectedEdges: edges })
}

export function setActiveRow(id: ExampleId | undefined): void {
  sessionStore.setState({ activeRowId: id })
}

export function setRowRun(id: RunId | undefined): void {
  sessionStore.setState({ rowRunId: id })
}

export function setShownMember(shownMember: number): void {
  sessionStore.setState({ shownMember })
}

export function setInspectorTab(inspectorTab: InspectorTab): void {
  sessionStore.setState({ inspectorTab })
}

export function setTheme(theme: Theme): void {
  sessionStore.setState({ theme })
  if (typeof localStorage !== 'undefined') localStorage.setItem(themeKey, theme)
}

/** Forgets what belongs to one project; the theme stays. */
export function resetSession(): void {
  sessionStore.setState({
    selectedNodes: [],
    selectedEdges: [],
    activeRowId: undefined,
    rowRunId: undefined,
    runProblem: undefined,
    shownMember: undefined,
  })
}

function storedTheme(): Theme {
  const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem(themeKey)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}
