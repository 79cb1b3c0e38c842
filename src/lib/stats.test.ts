import { describe, expect, it } from 'vitest'
import { pythonRandom } from './rng'
import { bootstrapInterval, mean, pairedBootstrapInterval, pythonRound } from './stats'

describe('pythonRound', () => {
  it.each([
    [2.5, 0, 2],
    [3.5, 0, 4],
    [0.5, 0, 0],
    [-2.5, 0, -2],
    [2.675, 2, 2.67],
    [0.125, 2, 0.12],
    [0.375, 2, 0.38],
    [0.0625, 3, 0.062],
    [1.005, 2, 1],
    [1234567.125, 2, 1234567.12],
    [200 / 3, 2, 66.67],
    [1e-10, 2, 0],
    [12.5, 1, 12.5],
  ])('rounds %d to %d digits as Python does', (value, digits, expected) => {
    expect(pythonRound(value, digits)).toBe(expected)
  })
})

describe('bootstrapInterval', () => {
  it('lies around the mean and narrows with more values', () => {
    const few = Array.from({ length: 20 }, (_, i) => i % 2)
    const many = Array.from({ length: 400 }, (_, i) => i % 2)
    const wide = bootstrapInterval(few, pythonRandom(1))
    const narrow = bootstrapInterval(many, pythonRandom(1))
    expect(wide.low).toBeLessThan(0.5)
    expect(wide.high).toBeGreaterThan(0.5)
    expect(narrow.high - narrow.low).toBeLessThan((wide.high - wide.low) / 2)
  })

  it('agrees with the normal interval that stands in for it on many values', () => {
    const values = Array.from({ length: 5000 }, (_, i) => (i % 10 < 3 ? 1 : 0))
    const resampled = bootstrapInterval(values, pythonRandom(2))
    const normal = bootstrapInterval([...values, 0], pythonRandom(2))
    expect(resampled.low).toBeCloseTo(normal.low, 2)
    expect(resampled.high).toBeCloseTo(normal.high, 2)
  })

  it('covers the true mean about 95 times in 100', () => {
    let covered = 0
    for (let seed = 0; seed < 200; seed += 1) {
      const rng = pythonRandom(seed)
      const values = Array.from({ length: 60 }, () => (rng.random() < 0.4 ? 1 : 0))
      const { low, high } = bootstrapInterval(values, rng, { resamples: 300 })
      if (low <= 0.4 && 0.4 <= high) covered += 1
    }
    expect(covered).toBeGreaterThan(178)
    expect(covered).toBeLessThan(200)
  })

  it('gives a point for one value or none, and the same ends for the same seed', () => {
    expect(bootstrapInterval([], pythonRandom(0))).toEqual({ low: 0, high: 0 })
    expect(bootstrapInterval([0.25], pythonRandom(0))).toEqual({ low: 0.25, high: 0.25 })
    const gains = [1, 0, 0, -1, 1, 1]
    expect(pairedBootstrapInterval(gains, pythonRandom(5))).toEqual(pairedBootstrapInterval(gains, pythonRandom(5)))
  })
})

describe('mean', () => {
  it('is 0 for no values', () => {
    expect([mean([]), mean([1, 2, 6])]).toEqual([0, 3])
  })
})
