import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { createBudget } from './sending/budget'
import { createLimiter } from './sending/limiter'
import type { Lm } from './lm'
import { manualClock } from '@/testing/manual-clock'
import { createPlaces, type Places } from './places'
import { rateLimited } from './sending/rate-limited'
import { scriptedLm } from '@/testing/scripted-lm'
import { lmStack } from './sending/stack'
import { memoryCalls, testCall, testRequest } from '@/testing/test-call'

const tick = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0))

describe('places', () => {
  it('never hands out more than there are, serve in order, and lose none to aborts', async () => {
    const step = fc.record({ turns: fc.integer({ min: 0, max: 4 }), aborts: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), async (steps, size) => {
        const places = createPlaces(size)
        let held = 0
        let most = 0
        const served: number[] = []
        await Promise.all(
          steps.map(async ({ turns, aborts }, index) => {
            const controller = new AbortController()
            const asked = places.take(controller.signal)
            if (aborts) queueMicrotask(() => controller.abort(new Error('gone')))
            try {
              const place = await asked
              served.push(index)
              most = Math.max(most, ++held)
              for (let turn = 0; turn < turns; turn++) await Promise.resolve()
              held -= 1
              place.leave()
              // Whoever leaves twice frees one place.
              place.leave()
            } catch (error) {
              if (!aborts) throw error
            }
          }),
        )
        expect(most).toBeLessThanOrEqual(size)
        expect(served).toEqual([...served].sort((left, right) => left - right))
        const all = await Promise.all(Array.from({ length: size }, () => places.take(new AbortController().signal)))
        expect(all).toHaveLength(size)
      }),
    )
  })

  it('follow the queues that requests of the run pass', async () => {
    const clock = manualClock(0)
    const places = createPlaces(10)
    expect(places.atOnce).toBe(10)
    const slow = createLimiter({ clock })
    slow.configure({ concurrency: 2 })
    places.passes(slow)
    expect(places.atOnce).toBe(2)
    slow.configure({ concurrency: 5 })
    expect(places.atOnce).toBe(5)
    const other = createLimiter({ clock })
    other.configure({ concurrency: 64 })
    places.passes(other)
    expect(places.atOnce).toBe(10)
  })
})

describe('a call of a run', () => {
  const setUp = (size: number, store = memoryCalls()) => {
    const open: (() => void)[] = []
    const lm = scriptedLm(async () => {
      await new Promise<void>(resolve => open.push(resolve))
      return 'ok'
    })
    const clock = manualClock(0)
    const limiter = createLimiter({ clock })
    limiter.configure({ concurrency: 1 })
    const places = createPlaces(size)
    const stackOf = (connect: Lm) =>
      lmStack({ connect, calls: store, budget: createBudget({}, clock), clock, rng: pythonRandom(1), places })
    return { lm, open, limiter, places, stackOf, store }
  }
  const areFree = async (places: Places, size: number) => {
    const all = await Promise.all(Array.from({ length: size }, () => places.take(testCall().signal)))
    for (const place of all) place.leave()
    return all.length === size
  }

  it('waits for a place also where the model has no queue, and a stored answer needs none', async () => {
    const { lm, open, stackOf } = setUp(2)
    const stack = stackOf(lm)
    const answers = ['a', 'b', 'c'].map(text => stack.generate(testRequest(text), testCall()))
    await tick()
    expect(lm.requests).toHaveLength(2)
    open[0]?.()
    await tick()
    expect(lm.requests).toHaveLength(3)
    expect(await stack.generate(testRequest('a'), testCall())).toMatchObject({ cached: true })
    for (const go of open) go()
    await Promise.all(answers)
  })

  it('holds its place until the answer is stored, so that a kill loses no more than there are places', async () => {
    let store = (): void => undefined
    const written = new Promise<void>(resolve => (store = resolve))
    const slow = memoryCalls()
    const { lm, open, stackOf } = setUp(1, { ...slow, add: async call => (await written, slow.add(call)) })
    const stack = stackOf(lm)
    const answers = ['a', 'b'].map(text => stack.generate(testRequest(text), testCall()))
    await tick()
    open[0]?.()
    await tick()
    expect(lm.requests).toHaveLength(1)
    store()
    await tick()
    expect(lm.requests).toHaveLength(2)
    open[1]?.()
    await Promise.all(answers)
  })

  it('gives its place back when it is aborted in the shared queue, and when the model fails', async () => {
    const { lm, open, limiter, places, stackOf } = setUp(2)
    const stack = stackOf(rateLimited(lm, limiter))
    const controller = new AbortController()
    const first = stack.generate(testRequest('a'), testCall())
    const queued = stack.generate(testRequest('b'), testCall({ signal: controller.signal }))
    await tick()
    controller.abort(new Error('enough'))
    await expect(queued).rejects.toThrow('enough')
    open[0]?.()
    await first
    const failing = stackOf(scriptedLm([new Error('no'), new Error('no')]))
    for (const text of ['c', 'd']) await expect(failing.generate(testRequest(text), testCall())).rejects.toThrow('no')
    expect(await areFree(places, 2)).toBe(true)
  })
})
