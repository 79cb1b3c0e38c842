import { expect, it } from 'vitest'
import { distinctBy } from './distinct-by'

it('keeps the first of each key, in order', () => {
  const items = [
    { id: 'a', n: 1 },
    { id: 'b', n: 2 },
    { id: 'a', n: 3 },
  ]
  expect(distinctBy(items, ({ id }) => id)).toEqual(items.slice(0, 2))
  expect(distinctBy([], String)).toEqual([])
})
