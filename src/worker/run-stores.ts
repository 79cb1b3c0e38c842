import { costOf } from '@/engine/lm/budget'
import type { CallKey, Price } from '@/engine/lm/lm'
import type { SpendNote, Spent } from '@/engine/lm/spend'
import type { RunTotals } from '@/engine/run/events'
import { modelsOf } from '@/engine/run/models-of'
import type { CallStore, Journal } from '@/engine/run/ports'
import { judgeBefore, unnotedAnswers } from '@/engine/run/tally'
import { addCall, getCall, paidUsage, preloadAnswers, touchCalls } from '@/storage/lm-calls'
import type { RunRecord } from '@/storage/records'
import { failedRunCalls, listRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { getSpending, putSpending, settleSpending } from '@/storage/run-spending'
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
  const ahead = replays ? await preloadAnswers(run.id) : new Map<CallKey, never>()
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

export interface SpentBefore {
  readonly totals: RunTotals
  /** Answers that were stored in the moment of a kill, without a record of what they were for. */
  readonly unnoted: ReadonlySet<CallKey>
  /** For the caps: requests whose end nobody saw count as their worst case. */
  readonly caps: Spent
}

/**
 * What earlier attempts at a run spent, from the answers themselves: those that were stored in the moment of a kill count, and
 * none counts twice. Requests that were under way then are counted as lost.
 */
export async function spentBefore(run: RunRecord): Promise<SpentBefore> {
  const [paid, calls, spending] = await Promise.all([paidUsage(run.id), listRunCalls(run.id), getSpending(run.id)])
  const priceOf = pricesOf(run)
  const answers = new Map(paid.map(call => [call.key, call]))
  const { totals } = run
  const paidCalls = Math.max(paid.length, totals.answered - totals.cachedCalls)
  const answered = Math.max(totals.answered, paidCalls)
  const failedCalls = Math.max(
    totals.failedCalls,
    sum(calls, call => call.failedAttempts),
  )
  const open = spending?.open ?? []
  const unseen = open.filter(({ key }) => key === undefined || !answers.has(key))
  const newlyLost = { calls: unseen.length, tokens: sum(unseen, one => one.tokens), cost: sum(unseen, one => one.cost) }
  const lost = addSpent(spending?.lost ?? nothing, newlyLost)
  const answeredOpen = open.flatMap(({ key }) => (key === undefined ? [] : (answers.get(key) ?? []))).map(spentFor)
  const caps = [...answeredOpen, newlyLost].reduce(addSpent, spending?.spent ?? nothing)
  await settleSpending(run.id, run.epoch, { spent: caps, lost })
  const judge = judgeBefore(totals.judge, calls)
  return {
    caps,
    unnoted: unnotedAnswers(answers.keys(), calls),
    totals: {
      calls: Math.max(totals.calls, caps.calls, paidCalls + failedCalls),
      cachedCalls: answered - paidCalls,
      failedCalls,
      inputTokens: Math.max(
        totals.inputTokens,
        sum(paid, call => call.usage.inputTokens),
      ),
      outputTokens: Math.max(
        totals.outputTokens,
        sum(paid, call => call.usage.outputTokens),
      ),
      cost: Math.max(
        totals.cost,
        sum(paid, call => spentFor(call).cost),
      ),
      unpricedCalls: Math.max(totals.unpricedCalls, paid.filter(call => !priceOf(call.model)).length),
      answered,
      ...(judge && { judge }),
      ...(lost.calls > 0 && { lostCalls: lost.calls }),
      ...(totals.cutAnswers !== undefined && { cutAnswers: totals.cutAnswers }),
    },
  }

  function spentFor({ model, usage: { inputTokens, outputTokens } }: (typeof paid)[number]): Spent {
    const price = priceOf(model)
    return { calls: 1, tokens: inputTokens + outputTokens, cost: price ? costOf(price, inputTokens, outputTokens) : 0 }
  }
}

function pricesOf({ spec: { models } }: RunRecord): (name: string) => Price | undefined {
  const all = modelsOf(models)
  return name => all.find(model => model.model === name && model.price)?.price
}

const nothing: Spent = { calls: 0, tokens: 0, cost: 0 }

function addSpent(a: Spent, b: Spent): Spent {
  return { calls: a.calls + b.calls, tokens: a.tokens + b.tokens, cost: a.cost + b.cost }
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0)
}
