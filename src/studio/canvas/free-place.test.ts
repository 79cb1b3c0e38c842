import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cardSize, freePlace } from './free-place'

const overlaps = (a: { x: number; y: number; width: number; height: number }, b: typeof a): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

it('finds a place that covers no card, however they lie', () => {
  const coordinate = fc.integer({ min: -800, max: 800 })
  const card = fc.record({
    x: coordinate,
    y: coordinate,
    width: fc.integer({ min: 80, max: 400 }),
    height: fc.integer({ min: 40, max: 500 }),
  })
  fc.assert(
    fc.property(fc.array(card, { maxLength: 12 }), fc.record({ x: coordinate, y: coordinate }), (cards, wanted) => {
      const made = { ...freePlace(wanted, cards), ...cardSize }
      expect(cards.some(other => overlaps(made, other))).toBe(false)
    }),
  )
})

it('takes the wanted place where it is free', () => {
  expect(freePlace({ x: 5, y: 7 }, [])).toEqual({ x: 5, y: 7 })
})
