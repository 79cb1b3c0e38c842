import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTurns } from './turns'

test('results in any order: only those of the last turn are taken, and none after the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 6 }), fc.boolean(), async (scheduler, count, isEnded) => {
      const turns = createTurns()
      const taken: number[] = []
      const all = Array.from({ length: count }, (_, n) => {
        const turn = turns.next()
        return scheduler.schedule(Promise.resolve(n)).then(turn.take(result => taken.push(result)))
      })
      if (isEnded) turns.end()
      await scheduler.waitAll()
      await Promise.all(all)
      expect(taken).toEqual(isEnded ? [] : [count - 1])
    }),
  )
})

test('progress of a turn is taken as often as it comes', () => {
  const turns = createTurns()
  const shares: number[] = []
  const tell = turns.next().take((share: number) => shares.push(share))
  tell(1)
  tell(2)
  turns.next()
  tell(3)
  expect(shares).toEqual([1, 2])
})
