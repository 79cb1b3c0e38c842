import { describe, expect, it } from 'vitest'
import { createDeadlines } from './deadlines'
import { manualClock } from '@/testing/manual-clock'

describe('deadlines', () => {
  it('ring each at its own time, and only for what is not done', async () => {
    const clock = manualClock(0)
    const deadlines = createDeadlines(clock, 100)
    const late: string[] = []
    const begin = (name: string) => deadlines.start(() => late.push(`${name} at ${clock.now()}`))
    const done = [begin('a')]
    await clock.advance(30)
    done.push(begin('b'))
    await clock.advance(30)
    done.push(begin('c'))
    done[0]?.()
    await clock.advance(200)
    expect(late).toEqual(['b at 130', 'c at 160'])
    for (const end of done) end()
    begin('d')
    await clock.advance(99)
    expect(late).toHaveLength(2)
    await clock.advance(1)
    expect(late.at(-1)).toBe('d at 360')
  })

  it('leave no timer behind', async () => {
    const clock = manualClock(0)
    const deadlines = createDeadlines(clock, 100)
    const ends = [1, 2, 3].map(() => deadlines.start(() => undefined))
    expect(clock.sleeping).toEqual([100])
    for (const end of ends) end()
    expect(clock.sleeping).toEqual([])
    deadlines.start(() => undefined)()
    expect(clock.sleeping).toEqual([])
  })

  it('go on when one of them starts another', async () => {
    const clock = manualClock(0)
    const deadlines = createDeadlines(clock, 10)
    let rung = 0
    const again = (): void => {
      rung += 1
      if (rung < 3) deadlines.start(again)
    }
    deadlines.start(again)
    await clock.advance(100)
    expect(rung).toBe(3)
    expect(clock.sleeping).toEqual([])
  })
})
