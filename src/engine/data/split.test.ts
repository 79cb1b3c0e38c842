import { expect, it } from 'vitest'
import { countSplits, splitOf } from './split'

const ids = (count: number, prefix = 'row') => Array.from({ length: count }, (_, index) => `${prefix}_${index}`)
const spec = { train: 50, val: 30, test: 20, seed: 0 }

it('deals rows out in the wanted shares, also for ids that differ in one digit', () => {
  for (const seed of [0, 1, 2, 12345]) {
    for (const prefix of ['row', 'r', '0000000000']) {
      const { train, val, test } = countSplits(ids(10_000, prefix), { ...spec, seed })
      // Five standard deviations of a binomial draw.
      expect(Math.abs(train - 5_000)).toBeLessThan(250)
      expect(Math.abs(val - 3_000)).toBeLessThan(230)
      expect(Math.abs(test - 2_000)).toBeLessThan(200)
    }
  }
})

it('depends on the row and the seed alone', () => {
  // Written out, since a change would move the rows of every project there is.
  expect(ids(12).map(id => splitOf(id, spec))).toMatchInlineSnapshot(`
    [
      "test",
      "train",
      "train",
      "train",
      "test",
      "test",
      "val",
      "train",
      "train",
      "test",
      "train",
      "val",
    ]
  `)
  const other = ids(1000).filter(id => splitOf(id, spec) !== splitOf(id, { ...spec, seed: 1 }))
  expect(other.length).toBeGreaterThan(400)
})

it('moves only the rows at the border when a share changes', () => {
  const grown = { ...spec, train: 60, val: 20 }
  for (const id of ids(2000)) {
    const [before, after] = [splitOf(id, spec), splitOf(id, grown)]
    expect([before, after]).not.toEqual(['train', 'val'])
    expect(before === 'test').toBe(after === 'test')
  }
})

it('counts shares by their proportion', () => {
  for (const id of ids(500)) expect(splitOf(id, { ...spec, train: 5, val: 3, test: 2 })).toBe(splitOf(id, spec))
  expect(countSplits(ids(100), { train: 0, val: 1, test: 0, seed: 0 })).toEqual({ train: 0, val: 100, test: 0 })
  expect(splitOf('a', { train: 0, val: 0, test: 0, seed: 0 })).toBe('train')
})
