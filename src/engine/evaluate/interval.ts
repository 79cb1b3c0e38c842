import type { Interval } from '@/lib/stats'

/** A mean with its 95 % interval, as summaries and gains keep it. */
interface Estimate extends Interval {
  readonly mean: number
  /** Rows it stands on. */
  readonly count: number
}

/**
 * The interval, where the rows give one. A bootstrap of one value, or of values that are all equal, is that value again: an interval of no
 * width would promise a certainty that nobody has.
 */
export function intervalOf({ low, high, count }: Estimate): Interval | undefined {
  return count < 2 || high - low < 1e-12 ? undefined : { low, high }
}

/** "95 % interval 64.0 % to 81.0 %", or why there is none. */
export function intervalWords(estimate: Estimate, format: (share: number) => string): string {
  const interval = intervalOf(estimate)
  return interval === undefined ? noIntervalWords(estimate) : `95 % interval ${format(interval.low)} to ${format(interval.high)}`
}

function noIntervalWords({ count }: Pick<Estimate, 'count'>): string {
  if (count === 0) return 'no interval without rows'
  return count === 1 ? 'no interval from one row' : `no interval: all ${count} rows came out the same`
}

/**
 * Whether a gain is more than chance: its whole interval lies above zero. Without an interval all rows gained the same, which six rows do
 * by chance less often than one time in twenty (two-sided sign test).
 */
export function isClearGain(gain: Estimate): boolean {
  const interval = intervalOf(gain)
  return interval === undefined ? gain.mean > 0 && gain.count >= 6 : interval.low > 0
}
