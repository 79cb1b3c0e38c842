import { expect, test } from 'vitest'
import { splitShare, splitWarnings } from './split-facts'

test('useful sizes need no word', () => {
  expect(splitWarnings({ train: 20, val: 30, test: 0 })).toEqual([])
  expect(splitWarnings({ train: 200, val: 300, test: 30 })).toEqual([])
})

test('each small or empty split is told', () => {
  expect(splitWarnings({ train: 0, val: 0, test: 1 })).toEqual([
    expect.stringContaining('No train rows'),
    expect.stringContaining('No val rows'),
    expect.stringContaining('Only 1 row to test on'),
  ])
  expect(splitWarnings({ train: 19, val: 29, test: 0 })).toHaveLength(2)
})

test('shares are told as parts of the whole', () => {
  expect(splitShare({ train: 2, val: 1, test: 1, seed: 0 }, 'train')).toBe(0.5)
  expect(splitShare({ train: 0, val: 0, test: 0, seed: 0 }, 'val')).toBe(0)
})
