import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSameJson, mergeThree } from './three-way-merge'

const item = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), n: fc.integer({ min: 0, max: 2 }) })
const document = fc.record({
  name: fc.constantFrom('x', 'y'),
  bag: fc.dictionary(fc.constantFrom('k', 'l', 'm'), fc.integer({ min: 0, max: 2 })),
  items: fc.uniqueArray(item, { selector: ({ id }) => id }),
  words: fc.array(fc.constantFrom('u', 'v'), { maxLength: 2 }),
})

test('a change is carried over another one that is independent of it', () => {
  const base = {
    items: [
      { id: 'a', n: 1 },
      { id: 'b', n: 1 },
    ],
    bag: { k: 1 },
    words: ['u'],
  }
  const theirs = {
    items: [
      { id: 'a', n: 2 },
      { id: 'b', n: 1 },
      { id: 'c', n: 0 },
    ],
    bag: {},
    words: ['u'],
  }
  const mine = {
    items: [
      { id: 'd', n: 5 },
      { id: 'a', n: 1 },
    ],
    bag: { k: 1, l: 2 },
    words: ['v'],
  }
  expect(mergeThree<unknown>(base, theirs, mine)).toEqual({
    ok: true,
    value: {
      items: [
        { id: 'd', n: 5 },
        { id: 'a', n: 2 },
        { id: 'c', n: 0 },
      ],
      bag: { l: 2 },
      words: ['v'],
    },
  })
})

test('an order is carried over like a value', () => {
  const list = (ids: string) => ids.split('').map(id => ({ id }))
  expect(mergeThree(list('abc'), list('cba'), list('axbc'))).toEqual({ ok: true, value: list('cxba') })
  expect(mergeThree(list('abc'), list('cba'), list('bac')).ok).toBe(false)
})

test('what both sides changed is refused with its path', () => {
  const of = (n: number) => ({ items: [{ id: 'a', deep: { n } }] })
  expect(mergeThree(of(1), of(2), of(3))).toEqual({ ok: false, path: ['items', 'a', 'deep', 'n'] })
  expect(mergeThree<unknown>(of(1), of(2), { items: [] })).toEqual({ ok: false, path: ['items', 'a'] })
  expect(mergeThree<unknown>(of(1), { items: [] }, of(2))).toEqual({ ok: false, path: ['items', 'a'] })
  expect(mergeThree([1], [2], [3]).ok).toBe(false)
})

test('a merge is what it should be wherever one of the sides changed nothing, and goes back where both did', () => {
  fc.assert(
    fc.property(document, document, document, (base, theirs, mine) => {
      expect(mergeThree(base, theirs, base)).toEqual({ ok: true, value: theirs })
      expect(mergeThree(base, base, mine)).toEqual({ ok: true, value: mine })
      expect(mergeThree(base, mine, mine)).toEqual({ ok: true, value: mine })
      const merged = mergeThree(base, theirs, mine)
      if (!merged.ok) return
      const ids = merged.value.items.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const key of ['name', 'words'] as const) {
        expect(merged.value[key]).toEqual(isSameJson(base[key], theirs[key]) ? mine[key] : theirs[key])
      }
      // Carried back, it is the document it came from.
      expect(mergeThree(merged.value, mine, merged.value)).toEqual({ ok: true, value: mine })
    }),
    { numRuns: 500 },
  )
})
