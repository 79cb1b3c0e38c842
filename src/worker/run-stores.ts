import type { CallKey } from '@/engine/lm/lm'
import type { CallStore, Journal } from '@/engine/run/ports'
import { addCall, getCall, preloadCalls, touchCalls } from '@/storage/lm-calls'
import type { RunRecord } from '@/storage/records'
import { failedRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { appendToRun } from '@/storage/runs'

/** The journal of a run in IndexedDB. Refuses to write once the run has been taken over. */
export async function storedJournal(run: RunRecord): Promise<Journal> {
  const [recorded, failedCalls] = await Promise.all([listEvents(run.id), failedRunCalls(run.id)])
  return { recorded, failedCalls, append: batch => appendToRun(run.id, run.epoch, batch, Date.now()) }
}

export type RunCallStore = CallStore & {
  /** Notes which answers were used, for the eviction of the others. */
  noteUse(): Promise<void>
}

/** The call cache as one run uses it. With `replays`, the answers the run had before are read ahead in one go. */
export async function storedCalls(run: RunRecord, replays: boolean): Promise<RunCallStore> {
  const ahead = replays ? await preloadCalls(run.id) : new Map<CallKey, never>()
  const used = new Set<CallKey>()
  return {
    async get(key) {
      const found = ahead.get(key) ?? (await getCall(key))
      if (found) used.add(key)
      return found
    },
    add: addCall,
    noteUse: () => touchCalls(used, Date.now()),
  }
}
