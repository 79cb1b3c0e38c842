import type { ExampleId } from '@/engine/base/example'
import type { Rollout } from '@/engine/evaluate/rollout'
import type { NodeId } from '@/engine/program/program'
import type { RunTotals } from '@/engine/record/events'
import type { ErrorJson } from '@/engine/base/errors'
import { isEnded, type LiveRun, type NodeRun } from '@/state/runs/live/live-run'
import { liveRuns, useLiveRuns } from '@/state/runs/live/live-runs'
import { commandRun } from '@/state/runs/actions/run-commands'
import { sessionStore, useSession } from '@/state/session/session-store'

export interface RowRun {
  readonly runId: string
  readonly isRunning: boolean
  readonly rollout?: Rollout
  readonly exampleId?: ExampleId
  readonly nodes: Readonly<Record<NodeId, NodeRun>>
  readonly totals: RunTotals
  readonly error?: ErrorJson
  readonly sentence?: string
  /** It was given up by hand. */
  readonly isStopped: boolean
  readonly waiting?: LiveRun['waiting']
}

/** The last run of one row in this tab. */
export function useRowRun(): RowRun | undefined {
  const runId = useSession(session => session.rowRunId)
  const run = useLiveRuns(state => (runId === undefined ? undefined : state.runs[runId]))
  if (run === undefined) return undefined
  const rollout = run.rollouts.at(-1)?.rollout
  const end = run.view.end
  const error = rollout?.error ?? end?.error
  return {
    runId: run.runId,
    isRunning: !isEnded(run.status),
    isStopped: end?.reason === 'cancelled' || end?.reason === 'stopped',
    nodes: run.nodes,
    totals: run.totals,
    ...(rollout === undefined ? {} : { rollout, exampleId: rollout.exampleId }),
    ...(error === undefined ? {} : { error }),
    ...(end === undefined ? {} : { sentence: end.sentence }),
    ...(run.waiting === undefined ? {} : { waiting: run.waiting }),
  }
}

export function stopRowRun(): void {
  const { rowRunId } = sessionStore.getState()
  const run = rowRunId === undefined ? undefined : liveRuns.getState().runs[rowRunId]
  if (run !== undefined && !isEnded(run.status)) void commandRun(run.runId, 'cancel')
}
