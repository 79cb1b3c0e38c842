import type { ErrorJson } from '@/engine/errors'
import type { RunRecord } from '@/storage/records'
import { useRunView, type ShownRun } from '../live-runs'
import { isLive, useShownStatus, type ShownStatus } from './run-status'
import { useRunProblem } from './run-problems'

export interface RunOnPage extends ShownRun {
  readonly status: ShownStatus
  /** Why it stands still by itself. */
  readonly problem?: ErrorJson
}

/** A run as its page tells it: status, totals that never go back, and what stands in its way. */
export function useRunOnPage(record: RunRecord): RunOnPage {
  const shown = useRunView(record.id)
  const status = useShownStatus(record)
  const problem = useRunProblem(record.id)
  // A run that is taken up again has said nothing yet: what it had before still counts.
  const totals = shown.totals.answered < record.totals.answered ? record.totals : shown.totals
  return { ...shown, totals, status, live: isLive(status), ...(problem !== undefined && isLive(status) && { problem }) }
}
