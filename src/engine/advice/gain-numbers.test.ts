import { expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { mean } from '@/lib/stats'
import { differencesOf, halfWidth, luckOfBest, rowsFor, spreadOf } from './gain-numbers'

it('leaves rows out that only one of two scorings has', () => {
  expect(differencesOf([1, null, 0, 1], [0, 1, null, 1])).toEqual([-1, 0])
})

it('needs as many rows as make the half width that small', () => {
  const spread = spreadOf([1, 0, 0, 1, 0, -1])
  const count = rowsFor(0.03, spread)
  expect(halfWidth(spread, count)).toBeLessThanOrEqual(0.03)
  expect(halfWidth(spread, count - 1)).toBeGreaterThan(0.03)
  expect(rowsFor(0, spread)).toBe(Infinity)
})

it('estimates the luck of the best of equal candidates as a simulation finds it', () => {
  const rng = pythonRandom(5)
  const rows = 60
  const [observed, estimated]: [number[], number[]] = [[], []]
  for (let trial = 0; trial < 300; trial++) {
    // Ten candidates that get each row right with a chance of the row, whoever they are.
    const chances = Array.from({ length: rows }, () => rng.random())
    const all = Array.from({ length: 10 }, () => chances.map(chance => (rng.random() < chance ? 1 : 0)))
    const best = all.toSorted((a, b) => mean(b) - mean(a))[0] ?? []
    observed.push(mean(best) - mean(chances))
    estimated.push(
      luckOfBest(
        best,
        all.filter(scores => scores !== best),
      ),
    )
  }
  expect(mean(estimated)).toBeCloseTo(mean(observed), 2)
  expect(luckOfBest([1, 0], [])).toBe(0)
})
