import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { workPool } from './work-pool'

const tick = () => new Promise<void>(resolve => setTimeout(resolve, 0))

describe('workPool', () => {
  it('keeps the order of the items whatever ends first', async () => {
    const results = await workPool(() => 3).map([30, 1, 10], async ms => {
      await new Promise(resolve => setTimeout(resolve, ms))
      return ms
    })
    expect(results).toEqual([30, 1, 10])
  })

  it('holds one limit over all lists, uses it fully, and ends every list in its own order', async () => {
    const lists = fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 12 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 5 }), async (all, limit) => {
        let running = 0
        let most = 0
        const pool = workPool(() => limit)
        const work = async (turns: number, index: number) => {
          most = Math.max(most, ++running)
          for (let turn = 0; turn < turns; turn++) await Promise.resolve()
          running -= 1
          return `${index} ${turns}`
        }
        const results = await Promise.all(all.map(list => pool.map(list, work)))
        expect(results).toEqual(all.map(list => list.map((turns, index) => `${index} ${turns}`)))
        expect(most).toBe(Math.min(limit, all.flat().length))
      }),
    )
  })

  it('follows a limit that changes', async () => {
    let limit = 1
    let running = 0
    const seen: number[] = []
    await workPool(() => limit).map([1, 2, 3, 4, 5, 6, 7, 8], async n => {
      seen.push(++running)
      if (n === 2) limit = 3
      if (n === 5) limit = 1
      await tick()
      running -= 1
    })
    expect(Math.max(...seen.slice(0, 2))).toBe(1)
    expect(Math.max(...seen)).toBe(3)
    expect(seen.at(-1)).toBe(1)
  })

  it('starts no more of a list after a rejection, and goes on with the others', async () => {
    const started: number[] = []
    const pool = workPool(() => 2)
    const work = async (n: number) => {
      started.push(n)
      await tick()
      if (n === 1) throw new Error('no')
    }
    const failing = pool.map([0, 1, 2, 3, 4, 5], work)
    const other = pool.map([10, 11], work)
    await expect(failing).rejects.toThrow('no')
    await other
    expect(started.filter(n => n < 10).length).toBeLessThanOrEqual(4)
    expect(started.filter(n => n >= 10)).toEqual([10, 11])
  })

  it('rejects with the reason of the signal and starts no more', async () => {
    const controller = new AbortController()
    let started = 0
    const pool = workPool(() => 1)
    const all = pool.map(
      [1, 2, 3, 4],
      async () => {
        started += 1
        await tick()
        controller.abort(new Error('stopped'))
      },
      controller.signal,
    )
    await expect(all).rejects.toThrow('stopped')
    await tick()
    expect(started).toBe(1)
    await expect(pool.map([1], tick, AbortSignal.abort(new Error('early')))).rejects.toThrow('early')
  })

  it('takes an empty list, and a limit below 1 as 1', async () => {
    expect(await workPool(() => 3).map([], tick)).toEqual([])
    expect(await workPool(() => 0).map([1, 2], async n => n)).toEqual([1, 2])
  })
})
