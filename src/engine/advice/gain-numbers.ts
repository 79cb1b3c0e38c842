import { mean } from '@/lib/stats'

/** Row-by-row differences of two scorings of the same rows, where both have a score. */
export function differencesOf(before: readonly (number | null)[], after: readonly (number | null)[]): readonly number[] {
  return before.flatMap((old, index) => {
    const now = after[index]
    return old === null || now === null || now === undefined ? [] : [now - old]
  })
}

/** Sample standard deviation; 0 for fewer than two values. */
export function spreadOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const center = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1))
}

/** Half the width of the 95 % interval of a mean of `count` values with this spread (normal approximation). */
export function halfWidth(spread: number, count: number): number {
  return count === 0 ? Infinity : (z95 * spread) / Math.sqrt(count)
}

/** How many rows it takes until that half width is at most `reach`. */
export function rowsFor(reach: number, spread: number): number {
  return reach <= 0 ? Infinity : Math.ceil(((z95 * spread) / reach) ** 2)
}

/**
 * How much the best of several equally good candidates is expected to beat its true mean by luck alone: the expected maximum of that
 * many normal errors (Blom 1958). The error of one candidate is read from how it differs from the others row by row, since what all
 * of them share, such as an easy split, favours none. The candidates' real differences make it less.
 */
export function luckOfBest(best: readonly (number | null)[], others: readonly (readonly (number | null)[])[]): number {
  const errors = others.map(scores => {
    const differences = differencesOf(scores, best)
    return differences.length === 0 ? 0 : spreadOf(differences) / Math.sqrt(2 * differences.length)
  })
  const tried = others.length + 1
  return tried < 2 ? 0 : mean(errors) * normalQuantile((tried - 0.375) / (tried + 0.25))
}

/** Tukey's lambda approximation, good to 0.01 for shares from 0.01 to 0.99. */
function normalQuantile(share: number): number {
  return 4.91 * (share ** 0.14 - (1 - share) ** 0.14)
}

const z95 = 1.959964
