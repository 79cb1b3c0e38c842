import type { Clock } from '@/engine/base/clock'
import type { CallKey } from '@/engine/lm/lm'
import { addSpent, nothingSpent, type SpendNote } from '@/engine/lm/spend'
import type { CallStore } from '@/engine/lm/call-store'
import type { Journal } from '@/engine/run/ports'
import { spentBefore, type SpentBefore } from '@/engine/run/recording/spent-before'
import { addCall, getCall, paidAnswers, preloadAnswers, touchCalls } from '@/storage/lm-calls'
import type { RunRecord } from '@/storage/records'
import { failedRunCalls, listRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { getSpending, putSpending, settleSpending } from '@/storage/run-spending'
import { appendToRun } from '@/storage/runs'

/** Milliseconds all attempts at a run have taken, the present one `sinceMs`. */
export function activeMsOf({ activeMs = 0 }: RunRecord, sinceMs: number): number {
  return activeMs + sinceMs
}

/** The journal of a run in IndexedDB. Refuses to write once the run has been taken over. */
export async function storedJournal(run: RunRecord, { now }: Pick<Clock, 'now'>): Promise<Journal> {
  const [recorded, failedCalls] = await Promise.all([listEvents(run.id), failedRunCalls(run.id)])
  const startedAt = now()
  const append: Journal['append'] = batch => {
    const at = now()
    return appendToRun(run.id, run.epoch, batch, at, activeMsOf(run, at - startedAt))
  }
  return { recorded, failedCalls, append }
}

export type RunCallStore = CallStore & {
  /** Notes which answers were used, for the eviction of the others. */
  noteUse(): Promise<void>
}

/** The call cache as one run uses it. With `replays`, the answers the run had before are read ahead in one go. */
export async function storedCalls(run: RunRecord, replays: boolean): Promise<RunCallStore> {
  const ahead = replays ? await preloadAnswers(run.id) : new Map<CallKey, never>()
  const used = new Set<CallKey>()
  return {
    async get(key) {
      const found = ahead.get(key) ?? (await getCall(key))
      if (found) used.add(key)
      return found
    },
    add: (call, paid) => addCall(call, { ...paid, runId: run.id }),
    noteUse: () => touchCalls(used, Date.now()),
  }
}

/** Writes down what a run may have spent. Notes that come while one is being written share the next write, which has the latest. */
export function spendingBook(run: RunRecord): (note: SpendNote) => Promise<void> {
  let latest: SpendNote | undefined
  let writing: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const write = async (): Promise<void> => {
    next = undefined
    if (latest) writing = putSpending(run.id, run.epoch, latest)
    return writing
  }
  return note => {
    latest = note
    next ??= writing.then(write, write)
    return next
  }
}

/** What earlier attempts at a run spent, from the answers themselves; what was under way when they ended is written down as lost. */
export async function spentEarlier(run: RunRecord): Promise<SpentBefore> {
  const [paid, calls, spending] = await Promise.all([paidAnswers(run.id), listRunCalls(run.id), getSpending(run.id)])
  const { spent = nothingSpent, open = [], lost = nothingSpent } = spending ?? {}
  const failedCalls = calls.reduce((sum, call) => sum + call.failedAttempts, 0)
  const before = spentBefore(
    { totals: run.totals, paid, failedCalls, records: calls, book: { spent, open }, lostCalls: lost.calls },
    run.spec.models,
  )
  await settleSpending(run.id, run.epoch, { spent: before.caps, lost: addSpent(lost, before.newlyLost) })
  return before
}
