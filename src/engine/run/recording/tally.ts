import type { ErrorJson } from '../../base/errors'
import type { Finish, Usage } from '../../lm/lm'
import type { Spent } from '../../lm/spend'
import type { RunTotals } from '../../record/events'

export const noTotals: RunTotals = {
  calls: 0,
  cachedCalls: 0,
  failedCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  unpricedCalls: 0,
  answered: 0,
}

export interface TalliedCall {
  readonly cached: boolean
  readonly failedAttempts?: number
  readonly usage: Usage
  /** US dollars; undefined where it was not paid or its price is unknown. */
  readonly cost?: number
  readonly finish?: Finish
  readonly again?: true
  readonly error?: ErrorJson
}

/** Counts the calls of a run over all its attempts. */
export interface Tally {
  add(call: TalliedCall, isAnswered: boolean): void
  totals(): RunTotals
  /** Answers of this attempt alone, cached or paid. */
  readonly answered: number
}

/**
 * `before` is what earlier attempts used. Answers of theirs come back from the cache while a resumed run replays: they are
 * counted once, as what they were then, and the count of answers never goes back.
 */
export function createTally(before: RunTotals, spent: () => Spent): Tally {
  const paidBefore = before.answered - before.cachedCalls
  let answered = 0
  let paid = 0
  let cut = 0
  let again = 0
  let { failedCalls, inputTokens, outputTokens, cost, unpricedCalls } = before
  const { lostCalls } = before
  return {
    get answered() {
      return answered
    },
    add(call, isAnswered) {
      failedCalls += call.failedAttempts ?? 0
      if (isCut(call)) cut += 1
      if (!isAnswered) return
      answered += 1
      if (call.again) again += 1
      if (call.cached) return
      paid += 1
      inputTokens += call.usage.inputTokens
      outputTokens += call.usage.outputTokens
      if (call.cost === undefined) unpricedCalls += 1
      else cost += call.cost
    },
    totals() {
      const all = Math.max(before.answered, answered, paidBefore + paid)
      // A resumed run meets the cut answers of earlier attempts again.
      const cutAnswers = Math.max(before.cutAnswers ?? 0, cut)
      const askedAgain = Math.max(before.askedAgain ?? 0, again)
      return {
        calls: spent().calls,
        cachedCalls: all - paidBefore - paid,
        failedCalls,
        inputTokens,
        outputTokens,
        cost,
        unpricedCalls,
        answered: all,
        ...(lostCalls !== undefined && { lostCalls }),
        ...(cutAnswers > 0 && { cutAnswers }),
        ...(askedAgain > 0 && { askedAgain }),
      }
    },
  }
}

/** A filter that leaves nothing of an answer comes as a failure of the call. */
function isCut({ finish = 'stop', error }: TalliedCall): boolean {
  return (finish !== 'stop' && finish !== 'tool-calls') || error?.code === 'lm-content-filter'
}
