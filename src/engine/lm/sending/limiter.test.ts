import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { EngineError } from '../../base/errors'
import { createLimiter, type Limiter } from './limiter'
import { createLine } from './line'
import type { LmSlot, LmWait, SlotOutcome } from '../lm'
import { manualClock } from '@/testing/manual-clock'
import { testCall, testRequest } from '@/testing/test-call'

const answered: SlotOutcome = { kind: 'answered', usage: { inputTokens: 1, outputTokens: 1 } }
const refused = (retryAfterMs?: number): SlotOutcome => ({
  kind: 'failed',
  error: new EngineError('lm-rate-limit', 'slow down', { status: 429, isRetryable: true, ...(retryAfterMs ? { retryAfterMs } : {}) }),
})
const enter = (limiter: Limiter) => limiter.enter(testRequest('q'), testCall())
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** Enters as often as there is room; the rest stays queued. */
async function fill(limiter: Limiter, count: number): Promise<LmSlot[]> {
  const slots: LmSlot[] = []
  for (let index = 0; index < count; index++) void enter(limiter).then(slot => slots.push(slot))
  await settle()
  return slots
}

describe('requests at once', () => {
  it('starts at four and lets the rest wait in order', async () => {
    const limiter = createLimiter({ clock: manualClock() })
    const order: number[] = []
    const slots: LmSlot[] = []
    for (let index = 0; index < 7; index++)
      void enter(limiter).then(slot => {
        order.push(index)
        slots.push(slot)
      })
    await settle()
    expect(order).toEqual([0, 1, 2, 3])
    expect(limiter.state).toMatchObject({ active: 4, queued: 3, limit: 4 })
    slots[2]?.leave(answered)
    slots[2]?.leave(answered)
    await settle()
    expect(order).toEqual([0, 1, 2, 3, 4])
  })

  it('grows by one after each window of successes, up to the ceiling', async () => {
    const limiter = createLimiter({ clock: manualClock(), defaultConcurrency: 6 })
    const succeed = async (count: number) => {
      for (let index = 0; index < count; index++) (await enter(limiter)).leave(answered)
    }
    await succeed(3)
    expect(limiter.state.limit).toBe(4)
    await succeed(1)
    expect(limiter.state.limit).toBe(5)
    await succeed(5)
    expect(limiter.state.limit).toBe(6)
    await succeed(50)
    expect(limiter.state.limit).toBe(6)
  })

  it('reaches the number a user set at once, and follows changes of it', async () => {
    const limiter = createLimiter({ clock: manualClock() })
    limiter.configure({ concurrency: 32 })
    expect((await fill(limiter, 40)).length).toBe(32)
    limiter.configure({ concurrency: 40 })
    await settle()
    expect(limiter.state).toMatchObject({ active: 40, queued: 0 })
    limiter.configure({ concurrency: 2 })
    expect(limiter.state.limit).toBe(2)
  })

  it('does not forget what it learnt when the same limits are set again', async () => {
    const limiter = createLimiter({ clock: manualClock() })
    limiter.configure({ concurrency: 32 })
    ;(await enter(limiter)).leave(refused())
    limiter.configure({ concurrency: 32 })
    expect(limiter.state.limit).toBe(16)
  })

  it('halves once for a burst of refusals, again for the next one, and never goes below one', async () => {
    const limiter = createLimiter({ clock: manualClock() })
    limiter.configure({ concurrency: 16 })
    for (const slot of await fill(limiter, 16)) slot.leave(refused())
    expect(limiter.state.limit).toBe(8)
    for (const expected of [4, 2, 1, 1]) {
      ;(await enter(limiter)).leave(refused())
      expect(limiter.state.limit).toBe(expected)
    }
  })

  it('does not halve for failures that are no congestion', async () => {
    const limiter = createLimiter({ clock: manualClock() })
    for (const error of [new EngineError('lm-server', 'x', { status: 500 }), new EngineError('lm-network', 'x'), new Error('x')])
      (await enter(limiter)).leave({ kind: 'failed', error })
    expect(limiter.state).toMatchObject({ limit: 4, active: 0 })
    ;(await enter(limiter)).leave({ kind: 'failed', error: new EngineError('lm-server', 'x', { status: 503 }) })
    expect(limiter.state.limit).toBe(2)
  })

  it('lets those in the queue give up', async () => {
    const limiter = createLimiter({ clock: manualClock() })
    const [first] = await fill(limiter, 4)
    const controller = new AbortController()
    const queued = limiter.enter(testRequest('q'), testCall({ signal: controller.signal }))
    const behind = enter(limiter)
    controller.abort(new Error('stopped'))
    await expect(queued).rejects.toThrow('stopped')
    first?.leave(answered)
    await behind
    expect(limiter.state).toMatchObject({ active: 4, queued: 0 })
    await expect(limiter.enter(testRequest('q'), testCall({ signal: controller.signal }))).rejects.toThrow('stopped')
  })
})

describe('a pause the provider asks for', () => {
  it('holds everybody back until it is over, and tells those who wait, once', async () => {
    const clock = manualClock(1000)
    const limiter = createLimiter({ clock })
    ;(await enter(limiter)).leave(refused(30_000))
    const waits: LmWait[] = []
    const arrivals: number[] = []
    for (let index = 0; index < 2; index++)
      void limiter.enter(testRequest('q'), testCall({ onWait: wait => waits.push(wait) })).then(() => arrivals.push(clock.now()))
    await clock.advance(29_999)
    expect(arrivals).toEqual([])
    await clock.advance(1)
    expect(arrivals).toEqual([31_000, 31_000])
    expect(waits).toEqual([
      { until: 31_000, reason: 'The provider asked for a pause.' },
      { until: 31_000, reason: 'The provider asked for a pause.' },
    ])
  })

  it('never holds back longer than five minutes', async () => {
    const limiter = createLimiter({ clock: manualClock(0) })
    ;(await enter(limiter)).leave(refused(86_400_000))
    expect(limiter.state.pausedUntil).toBe(300_000)
  })

  it('leaves no timer behind when nobody waits any more', async () => {
    const clock = manualClock()
    const limiter = createLimiter({ clock })
    ;(await enter(limiter)).leave(refused(30_000))
    const controller = new AbortController()
    const waiting = limiter.enter(testRequest('q'), testCall({ signal: controller.signal }))
    await settle()
    expect(clock.sleeping).toHaveLength(1)
    controller.abort(new Error('stop'))
    await expect(waiting).rejects.toThrow('stop')
    expect(clock.sleeping).toHaveLength(0)
  })
})

describe('an outage', () => {
  const refusal = new EngineError('lm-network', 'No answer from api.test (ECONNREFUSED).', { isRetryable: true, isUnsent: true })
  const down: SlotOutcome = { kind: 'failed', error: refusal }
  const set = (concurrency: number) => {
    const clock = manualClock()
    const line = createLine({ clock, host: 'api.test', knock: async () => false })
    const limiter = createLimiter({ clock, line })
    limiter.configure({ concurrency })
    return { clock, line, limiter }
  }
  const hasty = (limiter: Limiter) => limiter.enter(testRequest('q'), testCall({ isImpatient: true }))

  it('turns away at once whom somebody waits for, with the reason of the endpoint, and keeps the others in their order', async () => {
    const { clock, limiter } = set(1)
    const first = await enter(limiter)
    const left: string[] = []
    void enter(limiter).then(() => left.push('patient'))
    const queued = [hasty(limiter), hasty(limiter)].map(entering => entering.catch((error: unknown) => error))
    await settle()
    first.leave(down)
    for (const one of queued)
      expect(await one).toMatchObject({ code: 'lm-network', message: refusal.message, facts: { isUnsent: true, isRetryable: true } })
    await clock.advance(1000)
    expect(left).toEqual([])
    expect(limiter.state).toMatchObject({ queued: 1, active: 0 })
  })

  it('lets whom somebody waits for try while there is a place, and never more at once than there are', async () => {
    const { limiter } = set(2)
    const first = await enter(limiter)
    first.leave(down)
    const slots = [await hasty(limiter), await hasty(limiter)]
    await expect(hasty(limiter)).rejects.toMatchObject({ code: 'lm-network' })
    slots[0]?.leave(answered)
    await hasty(limiter)
    expect(limiter.state).toMatchObject({ active: 2 })
  })

  it('gives everybody the same reason when an endpoint that never answered has had its time', async () => {
    const { clock, line, limiter } = set(1)
    const first = await enter(limiter)
    const waiting = [enter(limiter), enter(limiter)].map(entering => entering.catch((error: unknown) => error))
    first.leave(down)
    await clock.advance(40_000)
    for (const one of waiting) expect(await one).toBe(line.unreachable)
    expect(line.unreachable).toMatchObject({ code: 'lm-unreachable' })
    // Whoever comes later finds out anew.
    await clock.advance(1000)
    expect((await enter(limiter)) !== undefined).toBe(true)
  })

  it('costs nothing of the requests a minute where nothing left', async () => {
    const { clock, limiter } = set(4)
    limiter.configure({ concurrency: 4, requestsPerMinute: 10 })
    ;(await enter(limiter)).leave(answered)
    await clock.advance(60_000)
    ;(await enter(limiter)).leave({ kind: 'failed', error: new EngineError('lm-auth', 'No key.', { isUnsent: true }) })
    ;(await enter(limiter)).leave(answered)
    expect(limiter.state).toMatchObject({ active: 0, queued: 0 })
  })
})

describe('limits a minute', () => {
  it('spaces requests out, and says what it waits for', async () => {
    const clock = manualClock(0)
    const limiter = createLimiter({ clock })
    limiter.configure({ concurrency: 50, requestsPerMinute: 20 })
    const arrivals: number[] = []
    const waits: LmWait[] = []
    for (let index = 0; index < 30; index++)
      void limiter.enter(testRequest('q'), testCall({ onWait: wait => waits.push(wait) })).then(slot => {
        arrivals.push(clock.now())
        slot.leave(answered)
      })
    await clock.advance(120_000)
    expect(arrivals).toHaveLength(30)
    for (const from of arrivals) expect(arrivals.filter(at => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(20)
    expect(waits[0]?.reason).toContain('requests per minute')
  })

  it('counts real tokens once they are known', async () => {
    const clock = manualClock(0)
    const limiter = createLimiter({ clock })
    limiter.configure({ tokensPerMinute: 10_000 })
    ;(await enter(limiter)).leave({ kind: 'answered', usage: { inputTokens: 9000, outputTokens: 1000 } })
    let isIn = false
    void enter(limiter).then(() => (isIn = true))
    await clock.advance(50_000)
    expect(isIn).toBe(false)
    await clock.advance(15_000)
    expect(isIn).toBe(true)
  })
})

it('finds the rate of a server whose limit it cannot see', async () => {
  const clock = manualClock(0)
  const rng = pythonRandom(7)
  const limiter = createLimiter({ clock, defaultConcurrency: 64 })
  const hiddenLimit = 10
  let active = 0
  let sent = 0
  let refusals = 0
  let lowest = Number.POSITIVE_INFINITY
  const client = async () => {
    while (clock.now() < 120_000) {
      const slot = await enter(limiter)
      sent += 1
      active += 1
      lowest = Math.min(lowest, limiter.state.limit)
      const isTooMany = active > hiddenLimit
      await clock.sleep(isTooMany ? 20 : 500 + rng.random() * 500)
      active -= 1
      if (isTooMany) refusals += 1
      slot.leave(isTooMany ? refused() : answered)
    }
  }
  await clock.runUntil(Promise.all(Array.from({ length: 64 }, client)))
  const done = sent - refusals
  expect(done).toBeGreaterThan(0.7 * hiddenLimit * (120_000 / 750))
  expect(refusals / sent).toBeLessThan(0.05)
  expect(lowest).toBeGreaterThanOrEqual(1)
})
