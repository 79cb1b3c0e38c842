import { mean } from '@/lib/stats'
import type { Example } from '../../base/example'
import type { Rollout } from '../../evaluate/rollout'

/** One run of one row, with its score. */
export interface SimbaRun {
  readonly rollout: Rollout
  readonly score: number
}

/** All runs of one row, the best first. */
export interface Bucket {
  readonly example: Example
  readonly runs: readonly SimbaRun[]
  readonly best: SimbaRun
  readonly worst: SimbaRun
}

/**
 * Rows where answers vary most come first (dspy-spec §6.8, step 6): by the gap between best and worst, then by the best, then by how
 * far the best is above the average. Runs without a score are left out, and rows without any.
 */
export function bucketsOf(batch: readonly Example[], runs: readonly (readonly Rollout[])[]): readonly Bucket[] {
  const buckets = batch.flatMap((example, index): readonly Bucket[] => {
    const scored = (runs[index] ?? []).flatMap(rollout => (rollout.score === null ? [] : [{ rollout, score: rollout.score }]))
    const sorted = scored.sort((a, b) => b.score - a.score)
    const [best, worst] = [sorted[0], sorted.at(-1)]
    return best && worst ? [{ example, runs: sorted, best, worst }] : []
  })
  const ranks = new Map(buckets.map(bucket => [bucket, rankOf(bucket)]))
  return buckets.sort((a, b) => compare(ranks.get(b) ?? [], ranks.get(a) ?? []))
}

function rankOf({ runs, best, worst }: Bucket): readonly number[] {
  return [best.score - worst.score, best.score, best.score - mean(runs.map(({ score }) => score))]
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** NumPy's `percentile(values, percent)`: linear between the two nearest. 0 for no values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = ((sorted.length - 1) * percent) / 100
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  return low + (high - low) * (place - Math.floor(place))
}
