import { isUnderWay, type RunId, type RunRecord, type RunStatus } from '@/storage/records'
import { isEnded } from './live-run'
import { useLiveRuns } from './live-runs'
import { useRunLocks } from '../../session/queries'

/** As the page tells it: `interrupted` is a run that says it is running while nobody runs it. */
export type ShownStatus = RunStatus | 'interrupted'

/** How a run stands, from its record, what this tab hears of it, and who holds its lock. */
export function shownStatus(
  record: Pick<RunRecord, 'id' | 'status'>,
  heard: RunStatus | undefined,
  held: ReadonlySet<RunId> | undefined,
): ShownStatus {
  // What is heard is newer than what was read, but an end that was read cannot be taken back by an old message.
  if (heard !== undefined && !isEnded(heard)) return isEnded(record.status) && heard !== 'queued' ? record.status : heard
  if (isEnded(record.status)) return record.status
  if (heard !== undefined) return heard
  return held === undefined || held.has(record.id) ? record.status : 'interrupted'
}

export function isLive(status: ShownStatus): boolean {
  return status !== 'interrupted' && isUnderWay(status)
}

/** What can be taken up again where its record ends. */
export function isResumable(status: ShownStatus): boolean {
  return status === 'interrupted' || status === 'stopped' || status === 'capped' || status === 'failed'
}

/** The status of every run given, by id. */
export function useShownStatuses(records: readonly Pick<RunRecord, 'id' | 'status'>[]): ReadonlyMap<RunId, ShownStatus> {
  const heard = useLiveRuns(state => records.map(record => state.runs[record.id]?.status))
  const { data: held } = useRunLocks()
  return new Map(records.map((record, index) => [record.id, shownStatus(record, heard[index], held)]))
}

export function useShownStatus(record: Pick<RunRecord, 'id' | 'status'>): ShownStatus {
  const heard = useLiveRuns(state => state.runs[record.id]?.status)
  const { data: held } = useRunLocks()
  return shownStatus(record, heard, held)
}
