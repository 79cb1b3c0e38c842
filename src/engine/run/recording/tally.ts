import type { ErrorJson } from '../../base/errors'
import type { CallKey, Finish, Usage } from '../../lm/lm'
import type { Spent } from '../../lm/spend'
import type { CallTotals, ModelRole, RunTotals } from '../../record/events'

export const noCalls: CallTotals = {
  calls: 0,
  cachedCalls: 0,
  failedCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  unpricedCalls: 0,
  answered: 0,
}
export const noTotals: RunTotals = noCalls

export interface TalliedCall {
  readonly key: CallKey
  readonly cached: boolean
  readonly attempts: number
  readonly failedAttempts?: number
  readonly usage: Usage
  /** US dollars; undefined where it was not paid or its price is unknown. */
  readonly cost?: number
  readonly finish?: Finish
  readonly error?: ErrorJson
}

/** Counts the calls of a run over all its attempts. */
export interface Tally {
  add(call: TalliedCall, about: { readonly isAnswered: boolean; readonly role: ModelRole }): void
  totals(): RunTotals
  /** Answers of this attempt alone, cached or paid. */
  readonly answered: number
}

/**
 * `before` is what earlier attempts used. Answers of theirs come back from the cache while a resumed run replays: they are
 * counted once, as what they were then, and the count of answers never goes back. `unnoted` are answers that an earlier attempt paid for,
 * with their cost, and was killed before it could say whose they were: `before` has them, its part for the judge does not.
 */
export function createTally(before: RunTotals, spent: () => Spent, unnoted: ReadonlyMap<CallKey, number | undefined> = new Map()): Tally {
  const all = createCount(before)
  const judge = createCount(before.judge ?? noCalls)
  const found = new Set<CallKey>()
  let cut = 0
  const { lostCalls } = before
  return {
    get answered() {
      return all.answered
    },
    add(call, { isAnswered, role }) {
      if (isCut(call)) cut += 1
      if (role === 'judge') {
        const wasLost = call.cached && unnoted.has(call.key) && !found.has(call.key)
        if (wasLost) found.add(call.key)
        const cost = unnoted.get(call.key)
        judge.add(wasLost ? { ...call, cached: false, attempts: 1, ...(cost !== undefined && { cost }) } : call, isAnswered)
      }
      all.add(call, isAnswered)
    },
    totals() {
      // A resumed run meets the cut answers of earlier attempts again.
      const cutAnswers = Math.max(before.cutAnswers ?? 0, cut)
      const judged = judge.totals()
      return {
        ...all.totals(),
        calls: spent().calls,
        ...(judged.answered + judged.calls > 0 && { judge: judged }),
        ...(lostCalls !== undefined && { lostCalls }),
        ...(cutAnswers > 0 && { cutAnswers }),
      }
    },
  }
}

/** The count of one kind of calls, from where earlier attempts left it. */
function createCount(before: CallTotals) {
  const paidBefore = before.answered - before.cachedCalls
  let answered = 0
  let paid = 0
  let { calls, failedCalls, inputTokens, outputTokens, cost, unpricedCalls } = before
  return {
    get answered() {
      return answered
    },
    add({ cached, attempts, failedAttempts = 0, usage, cost: paidFor }: TalliedCall, isAnswered: boolean): void {
      calls += attempts
      failedCalls += failedAttempts
      if (!isAnswered) return
      answered += 1
      if (cached) return
      paid += 1
      inputTokens += usage.inputTokens
      outputTokens += usage.outputTokens
      if (paidFor === undefined) unpricedCalls += 1
      else cost += paidFor
    },
    totals(): CallTotals {
      const all = Math.max(before.answered, answered, paidBefore + paid)
      return { calls, cachedCalls: all - paidBefore - paid, failedCalls, inputTokens, outputTokens, cost, unpricedCalls, answered: all }
    },
  }
}

/** A filter that leaves nothing of an answer comes as a failure of the call. */
function isCut({ finish = 'stop', error }: TalliedCall): boolean {
  return (finish !== 'stop' && finish !== 'tool-calls') || error?.code === 'lm-content-filter'
}
