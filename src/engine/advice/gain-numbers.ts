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

/** How many rows it takes until that half width is no more than `reach`. */
export function rowsFor(reach: number, spread: number): number {
  return reach <= 0 ? Infinity : Math.ceil(((z95 * spread) / reach) ** 2)
}

/**
 * How much the best of `tried` equally good candidates is expected to beat their true mean by luck alone, given the standard error
 * of one: the usual bound on the maximum of normals, √(2 ln k). Candidates that agree on most rows have less of it.
 */
export function luckOfBest(tried: number, standardError: number): number {
  return tried < 2 ? 0 : standardError * Math.sqrt(2 * Math.log(tried))
}

const z95 = 1.959964
