import { describe, expect, it } from 'vitest'
import type { Rollout } from '../../evaluate/rollout'
import { bucketsOf, percentile } from './buckets'

const rollouts = (id: string, scores: readonly (number | null)[]): readonly Rollout[] =>
  scores.map((score, ms) => ({ exampleId: id, trace: [], score, ms }))
const example = (id: string) => ({ id, inputs: {}, labels: {} })
const order = (rows: Readonly<Record<string, readonly (number | null)[]>>): readonly string[] =>
  bucketsOf(
    Object.keys(rows).map(example),
    Object.entries(rows).map(([id, scores]) => rollouts(id, scores)),
  ).map(bucket => bucket.example.id)

describe('buckets', () => {
  it('come in order of gap, then best, then distance from the average, then as they were', () => {
    expect(order({ flat: [1, 1, 1], small: [0.5, 0, 0], wide: [0, 1, 1], rare: [1, 0, 0], low: [0.5, 0, 0], high: [1, 0.5, 0.5] })).toEqual(
      ['rare', 'wide', 'high', 'small', 'low', 'flat'],
    )
  })

  it('hold their runs best first, the earlier of equals before the later', () => {
    const [bucket] = bucketsOf([example('a')], [rollouts('a', [0, 1, null, 1, 0])])
    expect(bucket?.runs.map(({ score, rollout }) => [score, rollout.ms])).toEqual([
      [1, 1],
      [1, 3],
      [0, 0],
      [0, 4],
    ])
    expect([bucket?.best.rollout.ms, bucket?.worst.rollout.ms]).toEqual([1, 4])
  })

  it('are none for rows without a score', () => {
    expect(order({ a: [null, null], b: [], c: [0] })).toEqual(['c'])
  })
})

describe('a percentile', () => {
  it.each([
    [[3, 1, 2, 4], 10, 1.3],
    [[3, 1, 2, 4], 90, 3.7],
    [[0, 1], 50, 0.5],
    [[7], 10, 7],
    [[], 90, 0],
  ])('of %j at %i', (values, percent, expected) => {
    expect(percentile(values, percent)).toBeCloseTo(expected, 12)
  })
})
