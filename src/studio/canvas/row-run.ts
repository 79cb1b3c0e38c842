import { isEnded } from '@/state/runs/live/live-run'
import { useLiveRuns, liveRuns } from '@/state/runs/live/live-runs'
import { commandRun, runRow } from '@/state/runs/actions/run-commands'
import { sendSessionEvent } from '@/state/session/session-events'
import { select, sessionStore, setInspectorTab, useSession } from '@/state/session/session-store'

/** The last run of one row, as far as the canvas is concerned. */
export function useRowRun(): { readonly isRunning: boolean } {
  const runId = useSession(session => session.rowRunId)
  const isRunning = useLiveRuns(state => {
    const run = runId === undefined ? undefined : state.runs[runId]
    return run !== undefined && !isEnded(run.status)
  })
  return { isRunning }
}

export function runNode(nodeId: string): void {
  showOutputOf(nodeId)
  void runRow()
}

/** Opens the inspector on what the node gives. */
export function showOutputOf(nodeId: string): void {
  select([nodeId])
  setInspectorTab('run')
}

/** Opens the inspector's form for inputs that are typed by hand. */
export function openTypedRun(nodeId: string): void {
  showOutputOf(nodeId)
  sendSessionEvent('run-typed')
}

export function stopRow(): void {
  const runId = sessionStore.getState().rowRunId
  const run = runId === undefined ? undefined : liveRuns.getState().runs[runId]
  if (runId !== undefined && run !== undefined && !isEnded(run.status)) void commandRun(runId, 'cancel')
}
