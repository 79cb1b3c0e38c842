import type { CallKey } from '../../lm/lm'
import { addSpent, nothingSpent, type Reservation, type Spent } from '../../lm/spend'
import type { RunTotals } from '../../record/events'
import { costOfRecorded, pricesOf, type UsedCall } from '../plan/prices'
import type { RunModels } from '../../record/spec'
import { noTotals } from './tally'

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
  /** The budget as it was written down last; `open` are requests that had left then. */
  readonly book: { readonly spent: Spent; readonly open: readonly Omit<Reservation, 'model'>[] }
  /** Requests of attempts before the last whose end nobody saw. */
  readonly lostCalls: number
}

export interface SpentBefore {
  readonly totals: RunTotals
  /** For the caps: requests whose end nobody saw count as their worst case. */
  readonly caps: Spent
  /** What came to be lost with the last attempt. */
  readonly newlyLost: Spent
}

/**
 * What earlier attempts at a run spent. Answers that were stored in the moment of a kill count, none counts twice, and each costs what
 * it cost when it was paid.
 */
export function spentBefore({ totals = noTotals, paid, failedCalls, book, lostCalls }: LeftBehind, models: RunModels): SpentBefore {
  const priceOf = pricesOf(models)
  const answers = new Map(paid.map(call => [call.key, call]))
  const spentFor = (call: PaidAnswer): Spent => {
    const { inputTokens, outputTokens } = call.usage
    return { calls: 1, tokens: inputTokens + outputTokens, cost: costOfRecorded(call, priceOf) ?? 0 }
  }
  const unseen = book.open.filter(({ key }) => key === undefined || !answers.has(key))
  const newlyLost = { ...unseen.reduce(addSpent, nothingSpent), calls: unseen.length }
  const landed = book.open.flatMap(({ key }) => (key === undefined ? [] : (answers.get(key) ?? []))).map(spentFor)
  const caps = [...landed, newlyLost].reduce(addSpent, book.spent)
  const paidCalls = Math.max(answers.size, totals.answered - totals.cachedCalls)
  const failed = Math.max(totals.failedCalls, failedCalls)
  const all = [...answers.values()]
  const lost = lostCalls + newlyLost.calls
  const sum = (amount: (call: PaidAnswer) => number): number => all.reduce((total, call) => total + amount(call), 0)
  const answered = Math.max(totals.answered, paidCalls)
  return {
    caps,
    newlyLost,
    totals: {
      calls: Math.max(totals.calls, caps.calls, paidCalls + failed),
      cachedCalls: answered - paidCalls,
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
      ...(lost > 0 && { lostCalls: lost }),
      ...(totals.cutAnswers !== undefined && { cutAnswers: totals.cutAnswers }),
      ...(totals.askedAgain !== undefined && { askedAgain: totals.askedAgain }),
    },
  }
}
