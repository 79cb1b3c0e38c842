import { assert } from './assert'
import type { Rng } from './rng'

/** The arithmetic mean; 0 for no values. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) return 0
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** The one in the middle, the lower of two. 0 for no values. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? 0
}

export interface Interval {
  readonly low: number
  readonly high: number
}
export interface BootstrapOptions {
  /** How many resamples; more narrow the noise of the ends. 1000 by default. */
  readonly resamples?: number
  /** The share of resampled means that lie inside; 0.95 by default. */
  readonly level?: number
}

/**
 * Percentile bootstrap interval of the mean (Efron 1979). Fewer than two values give the mean itself: one value says
 * nothing about spread. Above 5000 values the normal interval stands in; the two agree there and it costs nothing.
 */
export function bootstrapInterval(values: readonly number[], rng: Rng, options: BootstrapOptions = {}): Interval {
  const { resamples = 1000, level = 0.95 } = options
  const n = values.length
  if (n < 2) return { low: mean(values), high: mean(values) }
  if (n > 5000 && level === 0.95) return normalInterval(values)
  const means = new Float64Array(resamples)
  const numbers = Float64Array.from(values)
  const next = quickWords(rng)
  const scale = n / 2 ** 32
  for (let i = 0; i < resamples; i += 1) {
    let sum = 0
    for (let j = 0; j < n; j += 1) sum += numbers[Math.trunc(next() * scale)] ?? 0
    means[i] = sum / n
  }
  means.sort()
  const tail = (1 - level) / 2
  return { low: quantile(means, tail), high: quantile(means, 1 - tail) }
}

/** The interval of the mean difference of two scorings of the same rows, given row by row: rows are resampled as pairs. */
export function pairedBootstrapInterval(differences: readonly number[], rng: Rng, options?: BootstrapOptions): Interval {
  return bootstrapInterval(differences, rng, options)
}

/**
 * Python's `round(value, digits)`: decided by the exact binary value, exact ties to the even digit.
 * So 2.5 → 2, 2.675 (really 2.67499…) → 2.67. `digits` is 0 to 20.
 */
export function pythonRound(value: number, digits = 0): number {
  assert(Number.isInteger(digits) && digits >= 0 && digits <= 20, `Can round to 0 to 20 digits, not ${digits}`)
  const size = Math.abs(value)
  if (!Number.isFinite(value) || size >= 1e21) return value
  const exact = size.toFixed(mostDigits)
  const cut = exact.indexOf('.') + 1 + digits
  const isTie = exact[cut] === '5' && /^0*$/.test(exact.slice(cut + 1))
  const lower = exact.slice(0, cut)
  const isEven = Number(lower.replace('.', '').at(-1)) % 2 === 0
  // `toFixed` rounds by the exact value too, but ties always away from zero.
  const rounded = isTie && isEven ? Number(lower) : Number(size.toFixed(digits))
  return value < 0 || Object.is(value, -0) ? -rounded : rounded
}

/** The most `toFixed` gives: every bit of a number large enough to be a tie, so what follows the cut is exact. */
const mostDigits = 100

/**
 * 32 random bits a time from a small fast generator (xoshiro128++, Blackman and Vigna 2019) that the given one seeds: a resample draws a
 * million, and they took longer than all else in a replay.
 */
function quickWords(rng: Rng): () => number {
  let [a, b, c, d] = [rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(32) | 1]
  return () => {
    const sum = (a + d) | 0
    const word = (((sum << 7) | (sum >>> 25)) + a) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return word
  }
}

function normalInterval(values: readonly number[]): Interval {
  const center = mean(values)
  const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1)
  const half = 1.959964 * Math.sqrt(variance / values.length)
  return { low: center - half, high: center + half }
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = sorted[Math.floor(position)] ?? 0
  const above = sorted[Math.ceil(position)] ?? below
  return below + (above - below) * (position - Math.floor(position))
}
