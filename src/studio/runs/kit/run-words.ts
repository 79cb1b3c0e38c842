import type { RunTotals } from '@/engine/record/events'
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
export function costWords(totals: RunTotals): string {
  return formatCost(knownCost(totals))
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
