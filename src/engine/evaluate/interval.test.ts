import { describe, expect, it } from 'vitest'
import { scorePercent } from '@/lib/percent'
import { pythonRandom } from '@/lib/rng'
import { gainSentence, summarySentence } from '../run/story/sentences'
import { pairedGain, summarize } from './aggregate'
import { intervalOf, intervalWords, isClearGain } from './interval'

const rng = () => pythonRandom('interval')
const scored = (scores: readonly number[]) =>
  summarize(
    scores.map(score => ({ score })),
    rng(),
  )

describe('an interval', () => {
  it.each([
    [[1]],
    [[0]],
    [[0.3]],
    [[1, 1]],
    [[0.1, 0.1, 0.1]],
    [Array.from({ length: 40 }, () => 0.7)],
    [Array.from({ length: 6000 }, () => 0.1)],
  ])('is none for rows that give none: %j', scores => {
    expect(intervalOf(scored(scores))).toBeUndefined()
    expect(summarySentence(scored(scores))).not.toMatch(/95 % interval/)
    const gain = pairedGain(
      scores.map(() => 0),
      scores,
      rng(),
    )
    expect(gainSentence(scored(scores), scored(scores), gain)).not.toMatch(/95 % interval/)
  })

  it('is there, and has a width, for all others', () => {
    const random = rng()
    for (let round = 0; round < 50; round++) {
      const count = 2 + random.randbelow(30)
      const scores = Array.from({ length: count }, (_, index) => (index === 0 ? 0 : index === 1 ? 1 : random.randbelow(3) / 2))
      const interval = intervalOf(scored(scores))
      expect(interval && interval.high - interval.low).toBeGreaterThan(0)
    }
  })

  it('says why there is none', () => {
    expect(intervalWords(scored([1]), scorePercent)).toBe('no interval from one row')
    expect(intervalWords(scored([1, 1, 1]), scorePercent)).toBe('no interval: all 3 rows came out the same')
    expect(summarySentence(scored([1]))).toBe('100.0 % on 1 row (no interval from one row).')
  })
})

it('calls a gain clear by its interval, or by six rows that all gained the same', () => {
  const gained = (rows: number) =>
    pairedGain(
      Array.from({ length: rows }, () => 0),
      Array.from({ length: rows }, () => 1),
      rng(),
    )
  expect([1, 2, 5, 6, 20].map(rows => isClearGain(gained(rows)))).toEqual([false, false, false, true, true])
  expect(isClearGain(pairedGain([1], [1], rng()))).toBe(false)
  expect(isClearGain(pairedGain([0, 0, 1, 0, 0, 0], [1, 1, 0, 1, 0, 1], rng()))).toBe(false)
})
