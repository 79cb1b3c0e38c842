import type { ErrorJson } from '../../base/errors'
import type { CallKey, Finish } from '../../lm/lm'
import type { RequestEnd, Spent } from '../../lm/spend'
import type { RunTotals } from '../../record/events'
import { paidCalls } from '../../record/totals'

/** What a caller got: several may share one request. */
export interface TalliedCall {
  readonly key: CallKey
  readonly finish?: Finish
  readonly error?: ErrorJson
}

/** Counts a run over all its attempts: what was paid by request, what was answered by caller. */
export interface Tally {
  /** A request came back. */
  request(end: RequestEnd): void
  /** A caller got an answer, or none. */
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
  const paidBefore = paidCalls(before)
  const cut = new Set<CallKey>()
  let answered = 0
  let paid = 0
  let { failedCalls, inputTokens, outputTokens, cost, unpricedCalls } = before
  const { lostCalls } = before
  return {
    get answered() {
      return answered
    },
    request(end) {
      if (!end.isAnswered) {
        failedCalls += 1
        return
      }
      paid += 1
      inputTokens += end.usage.inputTokens
      outputTokens += end.usage.outputTokens
      if (end.cost === undefined) unpricedCalls += 1
      else cost += end.cost
    },
    add(call, isAnswered) {
      if (isCut(call)) cut.add(call.key)
      if (isAnswered) answered += 1
    },
    totals() {
      const all = Math.max(before.answered, answered, paidBefore + paid)
      // A resumed run meets the cut answers of earlier attempts again.
      const cutAnswers = Math.max(before.cutAnswers ?? 0, cut.size)
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
      }
    },
  }
}

/** A filter that leaves nothing of an answer comes as a failure of the call. */
function isCut({ finish = 'stop', error }: TalliedCall): boolean {
  return (finish !== 'stop' && finish !== 'tool-calls') || error?.code === 'lm-content-filter'
}
