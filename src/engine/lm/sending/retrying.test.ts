import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { EngineError } from '../../base/errors'
import type { LmResponse, LmWait } from '../lm'
import { manualClock } from '@/testing/manual-clock'
import { delayBefore, retrying } from './retrying'
import { testCall, testRequest } from '@/testing/test-call'

const answer: LmResponse = {
  text: 'ok',
  finish: 'stop',
  usage: { inputTokens: 1, outputTokens: 1 },
  ms: 5,
  cached: false,
  attempts: 1,
}
const busy = (retryAfterMs?: number) =>
  new EngineError('lm-rate-limit', 'Busy.', { status: 429, isRetryable: true, ...(retryAfterMs ? { retryAfterMs } : {}) })
const capabilities = () => ({ responseFormats: [] })

/** An LM that fails as told, `takesMs` an attempt, then answers. */
function stack(failures: readonly unknown[], takesMs = 0) {
  const clock = manualClock(0)
  const sentAt: number[] = []
  const lm = retrying(
    async (_request, _call, onSend) => {
      onSend()
      const failure = failures[sentAt.push(clock.now()) - 1]
      if (takesMs > 0) await clock.sleep(takesMs)
      if (failure !== undefined) throw failure
      return answer
    },
    capabilities,
    { clock, rng: pythonRandom(1) },
  )
  return {
    clock,
    sentAt,
    lm,
    run: (signal?: AbortSignal, onWait?: (wait: LmWait) => void) =>
      clock.runUntil(lm.generate(testRequest('q'), testCall({ ...(signal ? { signal } : {}), ...(onWait ? { onWait } : {}) }))),
  }
}

describe('retrying', () => {
  it('counts what it sent and what of it failed', async () => {
    expect(await stack([]).run()).toMatchObject({ attempts: 1, failedAttempts: 0 })
    expect(await stack([busy(), busy()]).run()).toMatchObject({ text: 'ok', attempts: 3, failedAttempts: 2 })
  })

  it('gives up after six attempts and says how many there were', async () => {
    const { run, sentAt } = stack(Array.from({ length: 9 }, () => busy()))
    await expect(run()).rejects.toMatchObject({ code: 'lm-rate-limit', message: 'Busy. (6 attempts)', facts: { attempts: 6, status: 429 } })
    expect(sentAt).toHaveLength(6)
  })

  it('does not try again what time cannot cure', async () => {
    const { run, sentAt } = stack([new EngineError('lm-auth', 'No.', { status: 401, isRetryable: false })])
    await expect(run()).rejects.toMatchObject({ code: 'lm-auth', message: 'No.', facts: { attempts: 1 } })
    expect(sentAt).toHaveLength(1)
  })

  it('passes bugs on untouched', async () => {
    const bug = new TypeError('a bug')
    await expect(stack([bug]).run()).rejects.toBe(bug)
  })

  it('waits exactly as long as the provider asks, and tells so', async () => {
    const waits: LmWait[] = []
    const { run, sentAt } = stack([busy(7000)])
    await run(undefined, wait => waits.push(wait))
    expect(sentAt).toEqual([0, 7000])
    expect(waits).toEqual([{ until: 7000, reason: 'Trying again after: Busy.' }])
  })

  it('gives up at once when the provider asks for more than five minutes', async () => {
    const { run, sentAt } = stack([busy(301_000)])
    await expect(run()).rejects.toMatchObject({ code: 'lm-rate-limit', facts: { attempts: 1 } })
    expect(sentAt).toEqual([0])
  })

  it('gives up after five minutes of slow failures', async () => {
    const { run, sentAt } = stack(
      Array.from({ length: 9 }, () => new EngineError('lm-timeout', 'Slow.', { isRetryable: true })),
      120_000,
    )
    await expect(run()).rejects.toMatchObject({ code: 'lm-timeout', facts: { attempts: 3 } })
    expect(sentAt).toHaveLength(3)
  })

  it('stops waiting when it is cancelled', async () => {
    const controller = new AbortController()
    const { lm, clock, sentAt } = stack([busy(60_000)])
    const asked = lm.generate(testRequest('q'), testCall({ signal: controller.signal }))
    await clock.advance(1000)
    controller.abort(new EngineError('run-cancelled', 'Cancelled.'))
    await expect(asked).rejects.toMatchObject({ code: 'run-cancelled' })
    expect(sentAt).toHaveLength(1)
  })

  it('counts no attempt that never left', async () => {
    const lm = retrying(async () => Promise.reject(new EngineError('budget-exhausted', 'Cap.')), capabilities, {
      clock: manualClock(),
      rng: pythonRandom(1),
    })
    await expect(lm.generate(testRequest('q'), testCall())).rejects.toMatchObject({ code: 'budget-exhausted', facts: { attempts: 0 } })
  })
})

describe('a connection that is refused', () => {
  const refusal = () =>
    new EngineError('lm-network', 'No answer from api.test (ECONNREFUSED).', { isRetryable: true, isUnsent: true, reason: 'ECONNREFUSED' })

  it('is tried as often as any failure, ever later, and counts as nothing sent', async () => {
    const { run, sentAt } = stack(Array.from({ length: 99 }, refusal))
    await expect(run()).rejects.toMatchObject({
      code: 'lm-network',
      message: 'No answer from api.test (ECONNREFUSED). (6 attempts)',
      facts: { attempts: 0, reason: 'ECONNREFUSED' },
    })
    expect(sentAt).toHaveLength(6)
    expect(sentAt.at(-1)).toBeLessThan(31_000)
  })

  it('leaves the answer that comes after it with what was sent for it', async () => {
    expect(await stack([refusal(), busy(), refusal()]).run()).toMatchObject({ text: 'ok', attempts: 2, failedAttempts: 1 })
  })

  it('is no other matter when the call never left its queue', async () => {
    const clock = manualClock(0)
    let tries = 0
    const turnedAway = async (): Promise<LmResponse> => {
      tries += 1
      throw refusal()
    }
    const lm = retrying(turnedAway, capabilities, { clock, rng: pythonRandom(1) })
    await expect(clock.runUntil(lm.generate(testRequest('q'), testCall()))).rejects.toMatchObject({ facts: { attempts: 0 } })
    expect(tries).toBe(6)
  })
})

describe('a model that is being loaded', () => {
  const loading = () => new EngineError('lm-server', 'Loading.', { status: 503, isRetryable: true, isLoading: true })

  it('is waited for as long as one call may take, however often it is asked, and that is said', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 100_000 }), async loadedAt => {
        const clock = manualClock(0)
        const waits: LmWait[] = []
        let sent = 0
        const attempt = async (_request: unknown, _call: unknown, onSend: () => void) => {
          onSend()
          sent += 1
          if (clock.now() < loadedAt) throw loading()
          return answer
        }
        const lm = retrying(attempt, capabilities, { clock, rng: pythonRandom(1), timeoutMs: 120_000 })
        const asked = lm.generate(testRequest('q'), testCall({ onWait: wait => waits.push(wait) }))
        for (let at = 0; at <= loadedAt + 6000; at += 500) await clock.advance(500)
        expect(await asked).toMatchObject({ text: 'ok', attempts: sent })
        expect(waits).toHaveLength(sent - 1)
        expect(waits.every(({ reason }) => reason.startsWith('Loading.'))).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it('is given up when the time for a call is over', async () => {
    const clock = manualClock(0)
    const attempt = async (_request: unknown, _call: unknown, onSend: () => void) => {
      onSend()
      throw loading()
    }
    const lm = retrying(attempt, capabilities, { clock, rng: pythonRandom(1), timeoutMs: 30_000 })
    const asked = lm.generate(testRequest('q'), testCall())
    const failed = asked.catch((error: unknown) => error)
    for (let at = 0; at < 80; at += 1) await clock.advance(500)
    expect(await failed).toMatchObject({ code: 'lm-server' })
  })
})

describe('a pause that the provider asks for', () => {
  it('of an hour holds everything back and fails nothing; without anybody to pause, the call is given up', async () => {
    const clock = manualClock(0)
    const pauses: LmWait[] = []
    let sent = 0
    const attempt = async (_request: unknown, _call: unknown, onSend: () => void) => {
      onSend()
      sent += 1
      if (sent <= 8) throw busy(3_600_000)
      return answer
    }
    const onLongPause = async (wait: LmWait): Promise<void> => void pauses.push(wait)
    const lm = retrying(attempt, capabilities, { clock, rng: pythonRandom(1), onLongPause })
    expect(await lm.generate(testRequest('q'), testCall())).toMatchObject({ text: 'ok', attempts: 9 })
    expect(pauses).toHaveLength(8)
    expect(pauses[0]).toMatchObject({
      until: 3_600_000,
      reason: expect.stringMatching(/paused: Busy\. .*60 minutes; it goes on by itself at \d\d:\d\d\./),
    })
    sent = 0
    const alone = retrying(attempt, capabilities, { clock, rng: pythonRandom(1) })
    await expect(alone.generate(testRequest('q'), testCall())).rejects.toMatchObject({ code: 'lm-rate-limit' })
  })
})

describe('delayBefore', () => {
  it('is a random share of a doubling time, never above a minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 1000 }), (attempts, seed) => {
        const delay = delayBefore(busy(), attempts, pythonRandom(seed))
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThan(Math.min(60_000, 1000 * 2 ** (attempts - 1)))
      }),
    )
    const drawn = Array.from({ length: 200 }, (_, seed) => delayBefore(busy(), 4, pythonRandom(seed)))
    expect(Math.min(...drawn)).toBeLessThan(1000)
    expect(Math.max(...drawn)).toBeGreaterThan(7000)
  })
})
