import type { RunId } from '@/storage/records'
import { heldRuns, runLockName } from '@/storage/run-locks'
import { invalidate, queryKeys } from './query-client'

const awaited = new Set<RunId>()
const listeners = new Set<(runId: RunId) => void>()

/** The runs that some tab runs. Each is waited for by its lock, so that this page knows at once when that tab is closed or dies. */
export async function watchedRuns(): Promise<ReadonlySet<RunId>> {
  const held = await heldRuns()
  for (const runId of held) awaitRelease(runId)
  return held
}

/** Hears of every watched run that nobody runs any more. */
export function onRunReleased(listener: (runId: RunId) => void): void {
  listeners.add(listener)
}

export function awaitRelease(runId: RunId): void {
  if (awaited.has(runId)) return
  awaited.add(runId)
  void released(runId)
}

async function released(runId: RunId): Promise<void> {
  // Shared: many tabs may wait, and all of them let go again at once.
  await navigator.locks.request(runLockName(runId), { mode: 'shared' }, () => undefined).catch(() => undefined)
  awaited.delete(runId)
  // The last message of a run that ended in order may still be on its way.
  await new Promise(resolve => setTimeout(resolve, lastWordMs))
  for (const listener of listeners) listener(runId)
  invalidate(queryKeys.run(runId))
  invalidate(queryKeys.runLocks())
}

const lastWordMs = 200
