import { costOf } from '../lm/budget'
import type { ErrorJson } from '../errors'
import type { CallKey, Finish, Price, Usage } from '../lm/lm'
import type { Spent } from '../lm/spend'
import type { CallRecord, CallTotals, ModelRole, RunTotals } from './events'

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
  readonly finish?: Finish
  readonly error?: ErrorJson
}

/** Counts the calls of a run over all its attempts. */
export interface Tally {
  /** Returns what the call cost in US dollars; undefined when it was cached or its model has no price. */
  add(
    call: TalliedCall,
    about: { readonly isAnswered: boolean; readonly role: ModelRole; readonly price: Price | undefined },
  ): number | undefined
  totals(): RunTotals
  /** Answers of this attempt alone, cached or paid. */
  readonly answered: number
}

/**
 * `before` is what earlier attempts used. Answers of theirs come back from the cache while a resumed run replays: they are
 * counted once, as what they were then, and the count of answers never goes back. `unnoted` are answers that an earlier attempt paid for
 * and was killed before it could say whose they were: `before` has them, its part for the judge does not.
 */
export function createTally(before: RunTotals, spent: () => Spent, unnoted: ReadonlySet<CallKey> = new Set()): Tally {
  const all = createCount(before)
  const judge = createCount(before.judge ?? noCalls)
  const found = new Set<CallKey>()
  let cut = 0
  const { lostCalls } = before
  return {
    get answered() {
      return all.answered
    },
    add(call, { isAnswered, role, price }) {
      if (isCut(call)) cut += 1
      if (role === 'judge') {
        const isNewsOfOld = call.cached && unnoted.has(call.key) && !found.has(call.key)
        if (isNewsOfOld) found.add(call.key)
        judge.add(isNewsOfOld ? { ...call, cached: false, attempts: 1 } : call, isAnswered, price)
      }
      return all.add(call, isAnswered, price)
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

/**
 * Where the judge's part of an interrupted run stands, by the records of its calls; `told` is what its last totals said. Answers without
 * a record come with `unnotedAnswers`.
 */
export function judgeBefore(told: CallTotals | undefined, records: Iterable<CallRecord>): CallTotals | undefined {
  let { calls, failedCalls, inputTokens, outputTokens, cost, unpricedCalls } = noCalls
  let paid = 0
  for (const record of records) {
    if (record.role !== 'judge') continue
    calls += record.attempts
    failedCalls += record.failedAttempts
    if (!isPaid(record)) continue
    paid += 1
    inputTokens += record.usage.inputTokens
    outputTokens += record.usage.outputTokens
    cost += record.cost ?? 0
    unpricedCalls += record.cost === undefined ? 1 : 0
  }
  const answered = Math.max(told?.answered ?? 0, paid)
  if (answered + calls === 0) return undefined
  return { calls, cachedCalls: answered - paid, failedCalls, inputTokens, outputTokens, cost, unpricedCalls, answered }
}

/** Answers that a run paid and of which no record says so. */
export function unnotedAnswers(paid: Iterable<CallKey>, records: Iterable<CallRecord>): ReadonlySet<CallKey> {
  const unnoted = new Set(paid)
  for (const record of records) if (isPaid(record)) unnoted.delete(record.key)
  return unnoted
}

function isPaid({ cached, error }: CallRecord): boolean {
  return !cached && error === undefined
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
    add({ cached, attempts, failedAttempts = 0, usage }: TalliedCall, isAnswered: boolean, price: Price | undefined): number | undefined {
      calls += attempts
      failedCalls += failedAttempts
      if (!isAnswered) return undefined
      answered += 1
      if (cached) return undefined
      paid += 1
      inputTokens += usage.inputTokens
      outputTokens += usage.outputTokens
      if (price === undefined) {
        unpricedCalls += 1
        return undefined
      }
      const dollars = costOf(price, usage.inputTokens, usage.outputTokens)
      cost += dollars
      return dollars
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
