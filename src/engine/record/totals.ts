import type { CallTotals, RunTotals } from './events'

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

/** Answers that were paid for rather than found in the cache. */
export function paidCalls({ answered, cachedCalls }: Pick<CallTotals, 'answered' | 'cachedCalls'>): number {
  return Math.max(0, answered - cachedCalls)
}

/** US dollars; undefined where a call was paid whose price is unknown. */
export function knownCost({ cost, unpricedCalls }: Pick<CallTotals, 'cost' | 'unpricedCalls'>): number | undefined {
  return unpricedCalls > 0 ? undefined : cost
}
