import type { ErrorJson } from '@/engine/base/errors'
import type { RunRecord } from '@/storage/records'
import { useRunView, type ShownRun } from './live/live-runs'
import { isLive, useShownStatus, type ShownStatus } from './live/run-status'
import { useRunProblem } from './run-problems'

export interface RunOnPage extends ShownRun {
  readonly status: ShownStatus
  /** Why it stands still by itself. */
  readonly problem?: ErrorJson
}

/** A run as its page tells it: status, and what stands in its way. */
export function useRunOnPage(record: RunRecord): RunOnPage {
  const shown = useRunView(record.id)
  const status = useShownStatus(record)
  const problem = useRunProblem(record.id)
  return { ...shown, status, live: isLive(status), ...(problem !== undefined && isLive(status) && { problem }) }
}
