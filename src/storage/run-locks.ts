import { isUnderWay, type RunId, type RunRecord } from './records'

export function runLockName(runId: RunId): string {
  return `run:${runId}`
}

/** The runs that some tab of this browser holds right now. */
export async function heldRuns(): Promise<ReadonlySet<RunId>> {
  const { held = [] } = await navigator.locks.query()
  // Who waits for a run to be let go holds it for a moment too, but shared.
  return new Set(held.flatMap(lock => (lock.mode === 'exclusive' && lock.name?.startsWith('run:') ? [lock.name.slice(4)] : [])))
}

/** `interrupted`: its tab died. `asleep`: its tab holds it but has not moved for a while, because the browser froze it. */
export type RunLiveness = 'live' | 'asleep' | 'interrupted' | 'ended'

export function runLiveness(run: RunRecord, held: ReadonlySet<RunId>, now: number): RunLiveness {
  if (!isUnderWay(run.status)) return 'ended'
  if (!held.has(run.id)) return 'interrupted'
  return isLongSince(run.heartbeatAt, now) ? 'asleep' : 'live'
}

/** Dates of two tabs are compared, as nothing else is common to them. One that lies ahead was written before the clock was set back. */
function isLongSince(heartbeatAt: number, now: number): boolean {
  return Math.abs(now - heartbeatAt) > asleepAfterMs
}
const asleepAfterMs = 30_000
