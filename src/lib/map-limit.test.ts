import { describe, expect, it } from 'vitest'
import { mapLimit } from './map-limit'

const tick = () => new Promise<void>(resolve => setTimeout(resolve, 0))

describe('mapLimit', () => {
  it('keeps the order of the items whatever ends first', async () => {
    const results = await mapLimit([30, 1, 10], 3, async ms => {
      await new Promise(resolve => setTimeout(resolve, ms))
      return ms
    })
    expect(results).toEqual([30, 1, 10])
  })

  it('never runs more than the limit, and uses it fully', async () => {
    let running = 0
    let most = 0
    await mapLimit(Array.from({ length: 20 }), 4, async () => {
      running += 1
      most = Math.max(most, running)
      await tick()
      running -= 1
    })
    expect(most).toBe(4)
  })

  it('starts no more after a rejection', async () => {
    const started: number[] = []
    const work = async (n: number) => {
      started.push(n)
      await tick()
      if (n === 1) throw new Error('no')
    }
    await expect(mapLimit([0, 1, 2, 3, 4, 5], 2, work)).rejects.toThrow('no')
    await tick()
    await tick()
    expect(started.length).toBeLessThanOrEqual(4)
  })

  it('rejects with the reason of the signal and starts no more', async () => {
    const controller = new AbortController()
    let started = 0
    const all = mapLimit(
      [1, 2, 3, 4],
      1,
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
    await expect(mapLimit([1], 1, tick, AbortSignal.abort(new Error('early')))).rejects.toThrow('early')
  })

  it('takes an empty list, and refuses a limit of 0', async () => {
    expect(await mapLimit([], 3, tick)).toEqual([])
    await expect(mapLimit([1], 0, tick)).rejects.toThrow('limit')
  })
})
