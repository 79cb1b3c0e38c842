import type { ErrorJson } from '../../base/errors'
import type { CallKey, Finish, Usage } from '../../lm/lm'
import type { RequestEnd, Spent } from '../../lm/spend'
import type { CallTotals, ModelRole, RunTotals } from '../../record/events'
import { noCalls, paidCalls } from '../../record/totals'

/** What a caller got: several may share one request. */
export interface TalliedCall {
  readonly key: CallKey
  readonly cached: boolean
  readonly usage: Usage
  readonly finish?: Finish
  readonly again?: true
  readonly error?: ErrorJson
  readonly cut?: true
}

/** Counts a run over all its attempts: what was paid by request, what was answered by caller. */
export interface Tally {
  /** A request came back. */
  request(end: RequestEnd): void
  /** A caller got an answer, or none. */
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
  const cut = new Set<CallKey>()
  const again = new Set<CallKey>()
  const { lostCalls } = before

  /** An answer of the judge whose record was lost shows whose it was when it is used again. */
  function noteLost({ key, cached, usage }: TalliedCall): void {
    if (!cached || !unnoted.has(key) || found.has(key)) return
    found.add(key)
    const cost = unnoted.get(key)
    judge.request({ purpose: 'judge', isAnswered: true, usage, ...(cost !== undefined && { cost }) })
  }

  return {
    get answered() {
      return all.answered
    },
    request(end) {
      all.request(end)
      if (end.purpose === 'judge') judge.request(end)
    },
    add(call, { isAnswered, role }) {
      if (isCut(call)) cut.add(call.key)
      if (isAnswered && call.again) again.add(call.key)
      if (isAnswered) all.answer()
      if (role !== 'judge' || !isAnswered) return
      noteLost(call)
      judge.answer()
    },
    totals() {
      // A resumed run meets the cut answers of earlier attempts again.
      const cutAnswers = Math.max(before.cutAnswers ?? 0, cut.size)
      const askedAgain = Math.max(before.askedAgain ?? 0, again.size)
      const judged = judge.totals()
      return {
        ...all.totals(),
        calls: spent().calls,
        ...(judged.answered + judged.calls > 0 && { judge: judged }),
        ...(lostCalls !== undefined && { lostCalls }),
        ...(cutAnswers > 0 && { cutAnswers }),
        ...(askedAgain > 0 && { askedAgain }),
      }
    },
  }
}

/** The count of one kind of calls, from where earlier attempts left it. */
function createCount(before: CallTotals) {
  const paidBefore = paidCalls(before)
  let answered = 0
  let paid = 0
  let { calls, failedCalls, inputTokens, outputTokens, cost, unpricedCalls } = before
  return {
    get answered() {
      return answered
    },
    request(end: RequestEnd): void {
      calls += 1
      const bill = end.isAnswered ? end : end.cut
      if (!bill) {
        failedCalls += 1
        return
      }
      if (end.isAnswered) paid += 1
      inputTokens += bill.usage.inputTokens
      outputTokens += bill.usage.outputTokens
      if (bill.cost === undefined) unpricedCalls += 1
      else cost += bill.cost
    },
    answer(): void {
      answered += 1
    },
    totals(): CallTotals {
      const all = Math.max(before.answered, answered, paidBefore + paid)
      return { calls, cachedCalls: all - paidBefore - paid, failedCalls, inputTokens, outputTokens, cost, unpricedCalls, answered: all }
    },
  }
}

/** A filter that leaves nothing of an answer comes as a failure of the call. */
function isCut({ finish = 'stop', error, cut }: TalliedCall): boolean {
  return cut === true || (finish !== 'stop' && finish !== 'tool-calls') || error?.code === 'lm-content-filter'
}
