import type { Clock } from '@/engine/base/clock'
import type { CallKey } from '@/engine/lm/lm'
import { nothingSpent, type SpendNote } from '@/engine/lm/spend'
import type { ReadingNotes } from '@/engine/lm/answer-reading'
import type { CallStore } from '@/engine/lm/kept/call-store'
import type { Journal } from '@/engine/run/base/ports'
import { spentBefore, type SpentBefore } from '@/engine/run/recording/spent-before'
import { getCall, touchCalls } from '@/storage/lm-calls'
import { addAnswer, answerReader, paidAnswers, preloadAnswers } from '@/storage/run-answers'
import type { RunRecord } from '@/storage/records'
import { failedRunCalls, listRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { getSpending, noteReading, putSpending, settleSpending } from '@/storage/run-spending'
import { appendToRun } from '@/storage/runs'
import { systemClock } from '@/lib/system-clock'
import type { EngineEnvironment } from './services'

/** Milliseconds all attempts at a run have taken, the present one `sinceMs`. */
export function activeMsOf({ activeMs = 0 }: RunRecord, sinceMs: number): number {
  return activeMs + sinceMs
}

/** The journal of a run in IndexedDB. Refuses to write once the run has been taken over. */
export async function storedJournal(run: RunRecord, { now, date }: Pick<Clock, 'now' | 'date'>): Promise<Journal> {
  const [recorded, failedCalls] = await Promise.all([listEvents(run.id), failedRunCalls(run.id)])
  const startedAt = now()
  const append: Journal['append'] = batch => {
    return appendToRun(run.id, run.epoch, batch, date(), activeMsOf(run, now() - startedAt))
  }
  return { recorded, failedCalls, append }
}

export type RunCallStore = CallStore & {
  /** Notes which answers were used, for the eviction of the others. */
  noteUse(): Promise<void>
}

/** The answers of a run: those of the cache that all runs share, or its own where it came from a file. With `replays`, the answers the run had before are read ahead in one go. */
export async function storedCalls(run: RunRecord, replays: boolean): Promise<RunCallStore> {
  const ahead = replays ? await preloadAnswers(run.id) : new Map<CallKey, never>()
  const used = new Set<CallKey>()
  const get = run.importedAt === undefined ? getCall : answerReader(run.id)
  return {
    async get(key) {
      const found = ahead.get(key) ?? (await get(key))
      if (found) used.add(key)
      return found
    },
    add: (call, paid) => addAnswer(run, call, paid),
    noteUse: () => touchCalls(used, systemClock.date()),
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

/** Notes the answer that a run is reading, on disk and in front of whoever watches how long it takes. */
export async function readingNotes(run: RunRecord, { watchReading, hung }: EngineEnvironment): Promise<ReadingNotes> {
  return {
    left: (await getSpending(run.id))?.reading ?? '',
    hung,
    async begin(key, note) {
      await noteReading(run.id, run.epoch, note)
      watchReading(key)
    },
    end(note) {
      watchReading(undefined)
      // A run that was taken over has nothing to note any more.
      void noteReading(run.id, run.epoch, note).catch(() => undefined)
    },
  }
}

/** What earlier attempts at a run spent, from the answers themselves; what was under way when they ended is written down as lost. */
export async function spentEarlier(run: RunRecord): Promise<SpentBefore> {
  const before = await spentSoFar(run)
  await settleSpending(run.id, run.epoch, { spent: before.caps, lost: before.lost })
  return before
}

/** What attempts at a run have spent, of one that nobody runs. */
export async function spentSoFar(run: RunRecord): Promise<SpentBefore> {
  const [paid, calls, spending] = await Promise.all([paidAnswers(run.id), listRunCalls(run.id), getSpending(run.id)])
  const { spent = nothingSpent, open = [], lost = nothingSpent } = spending ?? {}
  const failedCalls = calls.reduce((sum, call) => sum + call.failedAttempts, 0)
  return spentBefore({ totals: run.totals, paid, failedCalls, records: calls, book: { spent, open }, lost }, run.spec.models)
}
