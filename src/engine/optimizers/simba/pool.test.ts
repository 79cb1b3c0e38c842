import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { mean } from '@/lib/stats'
import { createSimbaPool, evenlySpaced, shuffledBatches, softmaxDraw, type SimbaPool } from './pool'

function poolOf(scores: readonly (readonly number[])[]): SimbaPool {
  const pool = createSimbaPool()
  for (const [number, own] of scores.entries()) pool.add({ candidate: `c${number}`, state: {} }, own)
  return pool
}

describe('the pool of programs', () => {
  it('lists the best by average, and always the student', () => {
    const pool = poolOf([[], [0.2, 0.4], [1, 0.8], [0.5]])
    expect(pool.shortlist(4)).toEqual([2, 3, 1, 0])
    expect(pool.shortlist(2)).toEqual([2, 0])
    expect(pool.shortlist(1)).toEqual([0])
    expect(poolOf([[]]).shortlist(6)).toEqual([0])
  })

  it('lists equals in the order they came', () => {
    expect(poolOf([[], [0.5], [0.5], [0]]).shortlist(4)).toEqual([1, 2, 0, 3])
  })

  it('draws by softmax, as Python’s choices does with those weights', () => {
    const pool = poolOf([[], [0.6], [0.4]])
    const [mine, python] = [pythonRandom(5), pythonRandom(5)]
    const weights = [0.6, 0.4, 0].map(average => Math.exp(average / 0.2))
    const list = pool.shortlist(3)
    for (let turn = 0; turn < 50; turn++) expect(softmaxDraw(pool, list, 0.2, mine)).toBe(python.choices(list, weights, 1)[0])
    const drawn = Array.from({ length: 2000 }, () => softmaxDraw(pool, list, 0.2, mine))
    expect(mean(drawn.map(one => (one === 1 ? 1 : 0)))).toBeCloseTo(Math.exp(3) / (Math.exp(3) + Math.exp(2) + 1), 1)
  })

  it('takes the best at a temperature near 0, without overflow', () => {
    expect(softmaxDraw(poolOf([[], [0.9], [1]]), [2, 1, 0], 0.0001, pythonRandom(0))).toBe(2)
  })
})

describe('batches', () => {
  it('slice one order and shuffle that on when too little is left', () => {
    const next = shuffledBatches(5, 2, pythonRandom(0))
    const rng = pythonRandom(0)
    const first = rng.shuffle([0, 1, 2, 3, 4])
    const second = rng.shuffle(first)
    expect([next(), next(), next()]).toEqual([first.slice(0, 2), first.slice(2, 4), second.slice(0, 2)])
  })
})

describe('evenly spaced winners', () => {
  it.each([
    [9, 7, [0, 1, 3, 4, 5, 7, 8]],
    [4, 7, [0, 1, 2, 3]],
    [1, 7, [0]],
    [2, 2, [0, 1]],
    // Halves go to the even place, as Python rounds.
    [6, 3, [0, 2, 5]],
  ])('of %i, at most %i', (length, count, places) => {
    expect(evenlySpaced(length, count)).toEqual(places)
  })
})
