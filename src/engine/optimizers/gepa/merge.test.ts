import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { findMerge, mergeTestRows, type Lineage } from './merge'

/** 0 is the student; 1 changed the first component, 2 the second, 3 is a child of 1. */
const lineage: Lineage = {
  texts: [
    ['a', 'b'],
    ['A', 'b'],
    ['a', 'B'],
    ['A!', 'b'],
  ],
  parents: [[], [0], [0], [1]],
  means: [0.2, 0.4, 0.6, 0.5],
  scores: [
    [1, 0, 0, 0, 0],
    [1, 1, 0, 0, 0],
    [1, 0, 1, 1, 0],
    [1, 1, 0, 0, 0.5],
  ],
}
const find = (changes: Partial<Lineage> = {}, candidates = [1, 2], tried = new Set<string>()) =>
  findMerge({ ...lineage, ...changes }, candidates, tried, pythonRandom(0))

describe('a merge', () => {
  it('takes each component from the one that changed it', () => {
    expect(find()).toEqual({ first: 1, second: 2, ancestor: 0, texts: ['A', 'B'] })
    expect(find({}, [2, 3])).toEqual({ first: 2, second: 3, ancestor: 0, texts: ['A!', 'B'] })
  })

  it('takes a component that both changed from the better one', () => {
    const texts = [
      ['a', 'b', 'c'],
      ['A', 'b', 'one'],
      ['a', 'B', 'two'],
    ]
    expect(find({ texts })?.texts).toEqual(['A', 'B', 'two'])
    expect(find({ texts, means: [0.2, 0.7, 0.6] })?.texts).toEqual(['A', 'B', 'one'])
  })

  it('draws between equals', () => {
    const texts = [
      ['a', 'b', 'c'],
      ['A', 'b', 'one'],
      ['a', 'B', 'two'],
    ]
    const drawn = new Set(
      Array.from(
        { length: 20 },
        (_, seed) => findMerge({ ...lineage, texts, means: [0, 0.5, 0.5] }, [1, 2], new Set(), pythonRandom(seed))?.texts[2],
      ),
    )
    expect(drawn).toEqual(new Set(['one', 'two']))
  })

  it('is found once only', () => {
    const tried = new Set<string>()
    expect(find({}, [1, 2], tried)).toBeDefined()
    expect(find({}, [1, 2], tried)).toBeUndefined()
  })

  it.each([
    ['one is above the other', {}, [1, 3]],
    ['there is one candidate', {}, [1]],
    ['the ancestor is better', { means: [0.5, 0.4, 0.6, 0.5] }, [1, 2]],
    [
      'both changed the same component alone',
      {
        texts: [
          ['a', 'b'],
          ['A', 'b'],
          ['Z', 'b'],
        ],
      },
      [1, 2],
    ],
    ['they share too few rows', { scores: [[], [1, 1, 0, 0, null], [1, 0, 1, 1, 0]] }, [1, 2]],
    ['they have no common ancestor', { parents: [[], [], [0], [1]] }, [1, 2]],
  ])('is not found where %s', (_why, changes, candidates) => {
    expect(find(changes, candidates)).toBeUndefined()
  })

  it('is found where every ancestor scores 0', () => {
    expect(find({ means: [0, 0, 0, 0] })).toBeDefined()
  })
})

describe('rows to try a merge on', () => {
  const rows = (first: readonly (number | null)[], second: readonly (number | null)[]) =>
    mergeTestRows({ ...lineage, scores: [[], first, second] }, { first: 1, second: 2, ancestor: 0, texts: [] }, pythonRandom(3))

  it('come from where either is better, and from ties', () => {
    const chosen = rows([1, 1, 1, 0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1, 1, 1, 1])
    expect(new Set(chosen).size).toBe(5)
    expect([0, 1, 2].map(group => chosen.filter(row => Math.floor(row / 3) === group).length)).toEqual([2, 2, 1])
  })

  it('are filled up from any where a group is small, and leave rows without a score out', () => {
    expect(new Set(rows([1, 1, 1, 1, 1, null], [1, 1, 1, 1, 1, 1]))).toEqual(new Set([0, 1, 2, 3, 4]))
    expect(rows([1, 1, 0], [0, 1, 1])).toHaveLength(5)
  })
})
