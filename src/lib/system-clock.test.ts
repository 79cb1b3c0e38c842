import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './system-clock'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const dayMs = 24 * 60 * 60_000

describe('sleep', () => {
  it('takes its time, however long: a timer of the platform ends at once beyond 2^31 ms', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 * dayMs }), async ms => {
        let isAwake = false
        const slept = systemClock.sleep(ms).then(() => {
          isAwake = true
        })
        await vi.advanceTimersByTimeAsync(ms - 1)
        expect(isAwake).toBe(false)
        await vi.advanceTimersByTimeAsync(1)
        expect(isAwake).toBe(true)
        await slept
      }),
      { numRuns: 50, examples: [[2 ** 31 - 1], [2 ** 31], [2_592_000_000], [2 ** 32]] },
    )
  })

  it('can be given up in any part of it', async () => {
    const controller = new AbortController()
    const slept = systemClock.sleep(90 * dayMs, controller.signal)
    const failed = slept.catch((reason: unknown) => reason)
    await vi.advanceTimersByTimeAsync(60 * dayMs)
    controller.abort('enough')
    expect(await failed).toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('now', () => {
  it('goes on by what passes, whatever happens to the date', () => {
    const startedAt = systemClock.now()
    vi.setSystemTime(systemClock.date() - 3_600_000)
    vi.advanceTimersByTime(5000)
    expect(systemClock.now() - startedAt).toBe(5000)
    vi.setSystemTime(systemClock.date() + dayMs)
    vi.advanceTimersByTime(5000)
    expect(systemClock.now() - startedAt).toBe(10_000)
  })
})
