import { useEffect } from 'react'
import { createStore, useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { ErrorJson } from '@/engine/base/errors'
import type { ExampleId } from '@/engine/base/example'
import type { BodyPath } from '@/engine/program/bodies'
import type { EdgeId, NodeId } from '@/engine/program/program'
import type { FieldId } from '@/engine/signature/signature'
import type { RunId } from '@/storage/records'

export type Theme = 'system' | 'light' | 'dark'
export type InspectorTab =
  | 'programs'
  | 'text'
  | 'values'
  | 'ways'
  | 'signature'
  | 'settings'
  | 'instructions'
  | 'demos'
  | 'prompt'
  | 'code'
  | 'run'

export interface RunProblem extends ErrorJson {
  readonly kind: 'row' | 'evaluate' | 'compile'
}

/** Some rows of the table, or the column that feeds a field. */
export type DataFocus =
  | { readonly kind: 'rows'; readonly rows: readonly ExampleId[] }
  | { readonly kind: 'mapping'; readonly field: FieldId }

const themeKey = 'dspy-studio:theme'

/** What a person looks at, not what they made: never saved in the project, never undone. */
export interface SessionState {
  readonly selectedNodes: readonly NodeId[]
  readonly selectedEdges: readonly EdgeId[]
  readonly inspectorTab: InspectorTab
  /** The program within a step that the canvas shows; absent for the whole. */
  readonly openBody?: BodyPath
  /** The row that Run row takes, and whose values the prompt tab shows. */
  readonly activeRowId?: ExampleId
  /** The last run of one row: its node states are drawn on the canvas. */
  readonly rowRunId?: RunId
  /** Why the last run could not start; cleared by the next try. */
  readonly runProblem?: RunProblem
  /** What Data is opened to show; taken once. */
  readonly dataFocus?: DataFocus
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

export function setDataFocus(dataFocus: DataFocus | undefined): void {
  sessionStore.setState({ dataFocus })
}

export function setInspectorTab(inspectorTab: InspectorTab): void {
  sessionStore.setState({ inspectorTab })
}

export function setTheme(theme: Theme): void {
  sessionStore.setState({ theme })
  if (typeof localStorage !== 'undefined') localStorage.setItem(themeKey, theme)
}

/** For a part of the page that shows why runs of these kinds could not start, while it is there. */
export function useShowsRunProblem(...kinds: readonly RunProblem['kind'][]): void {
  const names = kinds.join(' ')
  useEffect(() => {
    const mine = kindsOfRuns.filter(kind => names.split(' ').includes(kind))
    showing.push(...mine)
    return () => {
      for (const kind of mine) showing.splice(showing.indexOf(kind), 1)
    }
  }, [names])
}

/** Whether the page shows beside the button why such a run could not start. */
export function isRunProblemShown(kind: RunProblem['kind']): boolean {
  return showing.includes(kind)
}

const kindsOfRuns = ['row', 'evaluate', 'compile'] as const
const showing: RunProblem['kind'][] = []

/** Forgets what belongs to one project; the theme stays. */
export function resetSession(): void {
  sessionStore.setState({
    selectedNodes: [],
    selectedEdges: [],
    openBody: undefined,
    activeRowId: undefined,
    rowRunId: undefined,
    runProblem: undefined,
    dataFocus: undefined,
  })
}

function storedTheme(): Theme {
  const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem(themeKey)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}
