import type { CallKey } from '../../lm/lm'
import { isToolKey } from '../../lm/kept/tool-call'
import { tokenCount } from '../../lm/usage'
import { addSpent, nothingSpent, type Reservation, type Spent } from '../../lm/spend'
import type { CallRecord, CallTotals, RunTotals } from '../../record/events'
import { costOfRecorded, pricesOf, type UsedCall } from '../plan/prices'
import type { RunModels } from '../../record/spec'
import { noCalls, noTotals, paidCalls } from '../../record/totals'

/** An answer that a run paid for, from wherever it is kept. */
export interface PaidAnswer extends UsedCall {
  readonly key: CallKey
}

/** What the earlier attempts at a run left behind. */
export interface LeftBehind {
  /** As they were at the last flush; absent where there was none. */
  readonly totals?: RunTotals
  /** Every answer the run paid for, each once, whether or not it lived to note it. */
  readonly paid: readonly PaidAnswer[]
  /** Failed requests that its records tell of. */
  readonly failedCalls: number
  /** What was noted of its calls: one record a call, and where there were several the first that was paid. */
  readonly records: readonly CallRecord[]
  /** The budget as it was written down last; `open` are requests that had left then. */
  readonly book: { readonly spent: Spent; readonly open: readonly Omit<Reservation, 'model'>[] }
  /** What attempts before the last had sent without seeing its end, at its worst case. */
  readonly lost: Spent
}

export interface SpentBefore {
  readonly totals: RunTotals
  /** For the caps: requests whose end nobody saw count as their worst case. */
  readonly caps: Spent
  /** What of that nobody saw the end of. */
  readonly lost: Spent
  /** Answers that were paid for, with their cost, and of which no record says so: whose they were is seen when they are used again. */
  readonly unnoted: ReadonlyMap<CallKey, number | undefined>
}

/**
 * What earlier attempts at a run spent. Answers that were stored in the moment of a kill count, none counts twice, and each costs what
 * it cost when it was paid.
 */
export function spentBefore(left: LeftBehind, models: RunModels): SpentBefore {
  const { totals = noTotals, failedCalls, records, book } = left
  const paid = left.paid.filter(({ key }) => !isToolKey(key))
  const priceOf = pricesOf(models)
  const answers = new Map(paid.map(call => [call.key, call]))
  const spentFor = (call: PaidAnswer): Spent => {
    return { calls: 1, tokens: tokenCount(call.usage), cost: costOfRecorded(call, priceOf) ?? 0 }
  }
  const unseen = book.open.filter(({ key }) => key === undefined || !answers.has(key))
  const newlyLost = { ...unseen.reduce(addSpent, nothingSpent), calls: unseen.length }
  const landed = book.open.flatMap(({ key }) => (key === undefined ? [] : (answers.get(key) ?? []))).map(spentFor)
  const caps = [...landed, newlyLost].reduce(addSpent, book.spent)
  const paidAnswers = Math.max(answers.size, paidCalls(totals))
  const failed = Math.max(totals.failedCalls, failedCalls)
  const all = [...answers.values()]
  const lost = addSpent(left.lost, newlyLost)
  const sum = (amount: (call: PaidAnswer) => number): number => all.reduce((total, call) => total + amount(call), 0)
  const answered = Math.max(totals.answered, paidAnswers)
  const judge = judgeBefore(totals.judge, records, priceOf)
  const noted = new Set(records.flatMap(record => (isPaid(record) ? [record.key] : [])))
  return {
    caps,
    lost,
    unnoted: new Map([...answers].flatMap(([key, call]) => (noted.has(key) ? [] : [[key, costOfRecorded(call, priceOf)]]))),
    totals: {
      calls: Math.max(totals.calls, caps.calls, paidAnswers + failed),
      cachedCalls: answered - paidAnswers,
      failedCalls: failed,
      inputTokens: Math.max(
        totals.inputTokens,
        sum(({ usage }) => usage.inputTokens),
      ),
      outputTokens: Math.max(
        totals.outputTokens,
        sum(({ usage }) => usage.outputTokens),
      ),
      cost: Math.max(
        totals.cost,
        sum(call => spentFor(call).cost),
      ),
      unpricedCalls: Math.max(totals.unpricedCalls, all.filter(call => costOfRecorded(call, priceOf) === undefined).length),
      answered,
      ...(judge && { judge }),
      ...(lost.calls > 0 && { lostCalls: lost.calls }),
      ...(totals.cutAnswers !== undefined && { cutAnswers: totals.cutAnswers }),
      ...(totals.askedAgain !== undefined && { askedAgain: totals.askedAgain }),
    },
  }
}

/** The judge's part: what it was paid by the records of its calls; answers without a record are found when they are used again. */
function judgeBefore(
  told: CallTotals = noCalls,
  records: readonly CallRecord[],
  priceOf: ReturnType<typeof pricesOf>,
): CallTotals | undefined {
  let { failedCalls, inputTokens, outputTokens, cost, unpricedCalls } = noCalls
  let paid = 0
  for (const record of records) {
    if (record.role !== 'judge') continue
    failedCalls += record.failedAttempts
    if (!isPaid(record)) continue
    const dollars = costOfRecorded(record, priceOf)
    paid += 1
    inputTokens += record.usage.inputTokens
    outputTokens += record.usage.outputTokens
    cost += dollars ?? 0
    unpricedCalls += dollars === undefined ? 1 : 0
  }
  // Requests that failed in a call that was given up are in no record.
  failedCalls = Math.max(told.failedCalls, failedCalls)
  const answered = Math.max(told.answered, paid)
  if (answered + failedCalls === 0) return undefined
  return { calls: paid + failedCalls, cachedCalls: answered - paid, failedCalls, inputTokens, outputTokens, cost, unpricedCalls, answered }
}

function isPaid({ cached, error }: CallRecord): boolean {
  return !cached && error === undefined
}
