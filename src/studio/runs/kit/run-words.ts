import type { CallTotals, RunTotals } from '@/engine/record/events'
import { tokenCount } from '@/engine/lm/usage'
import { knownCost, paidCalls } from '@/engine/record/totals'
import type { RunKind } from '@/engine/record/spec'
import type { RunRecord } from '@/storage/records'
import { formatCost, formatCount } from '@/ui/format'

export const kindNames: Readonly<Record<RunKind, string>> = { compile: 'Compile', evaluate: 'Evaluation', row: 'Row' }

export function callWords(count: number): string {
  return count === 1 ? '1 call' : `${formatCount(count)} calls`
}

export function paidWords(totals: RunTotals): string {
  return `${callWords(paidCalls(totals))} already paid for`
}

/** What the run has cost; one call without a price makes the sum unknown, and calls from the cache cost nothing. */
export function costWords(totals: CallTotals): string {
  return formatCost(knownCost(totals))
}

/** What of a run went to the judge: `40 calls (12 cached), 8,100 tokens, $0.02`. Undefined where none was asked. */
export function judgeWords({ judge }: RunTotals): string | undefined {
  if (judge === undefined) return undefined
  const cached = judge.cachedCalls > 0 ? ` (${formatCount(judge.cachedCalls)} cached)` : ''
  return `${callWords(judge.answered)}${cached}, ${formatCount(tokenCount(judge))} tokens, ${costWords(judge)}`
}

/** Milliseconds a run has worked, as far as that was written down. */
export function workedMs({ startedAt, endedAt, activeMs }: RunRecord): number | undefined {
  return activeMs ?? (startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt : undefined)
}

/** `+12.3 points`, with a true minus sign. */
export function points(share: number): string {
  const rounded = Number((share * 100).toFixed(1))
  return `${rounded < 0 ? '−' : '+'}${Math.abs(rounded).toFixed(1)} points`
}

export function rowWords(count: number): string {
  return count === 1 ? '1 row' : `${formatCount(count)} rows`
}
