import { costOf } from '@/engine/lm/budget'
import type { CallKey } from '@/engine/lm/lm'
import type { RunTotals } from '@/engine/run/events'
import type { CallStore, Journal } from '@/engine/run/ports'
import { addCall, getCall, preloadCalls, touchCalls, unjournaledCalls } from '@/storage/lm-calls'
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
    add: call => addCall(call, run.id),
    noteUse: () => touchCalls(used, Date.now()),
  }
}

/**
 * What earlier attempts at a run spent, with the answers they paid for and had no time to note. A request whose answer was just
 * coming in may be counted twice (at most as many as ran at once): for a cap, too many is the safe side.
 */
export async function spentBefore(run: RunRecord): Promise<RunTotals> {
  const { task, prompt, teacher, overrides } = run.spec.models
  const models = [task, prompt, ...(teacher ? [teacher] : []), ...Object.values(overrides)]
  return (await unjournaledCalls(run.id)).reduce<RunTotals>((totals, { request, response: { usage } }) => {
    const price = models.find(model => model.model === request.model && model.price)?.price
    return {
      ...totals,
      calls: totals.calls + 1,
      answered: totals.answered + 1,
      inputTokens: totals.inputTokens + usage.inputTokens,
      outputTokens: totals.outputTokens + usage.outputTokens,
      cost: totals.cost + (price ? costOf(price, usage.inputTokens, usage.outputTokens) : 0),
      unpricedCalls: totals.unpricedCalls + (price ? 0 : 1),
    }
  }, run.totals)
}
