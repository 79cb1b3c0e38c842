import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { EngineError } from '../../base/errors'
import type { Budget } from '../spend'
import { createBudget } from './budget'
import { createLimiter } from './limiter'
import type { Lm, LmRequest, LmWait } from '../lm'
import { manualClock } from '@/testing/manual-clock'
import { rateLimited } from './rate-limited'
import { scriptedLm, type Script } from '@/testing/scripted-lm'
import { lmStack } from './stack'
import { memoryCalls, testCall, testRequest } from '@/testing/test-call'

interface Setup {
  readonly script?: Script
  readonly budget?: Budget
  readonly concurrency?: number
  readonly gate?: (signal: AbortSignal) => Promise<void>
  readonly offline?: boolean
}

function setUp({ script = async () => 'ok', budget: caps = {}, concurrency = 8, gate, offline }: Setup = {}) {
  const clock = manualClock(0)
  const provider = scriptedLm(script)
  const limiter = createLimiter({ clock })
  limiter.configure({ concurrency })
  const budget = createBudget(caps, clock)
  const calls = memoryCalls()
  const waits: LmWait[] = []
  const connect = rateLimited(provider, limiter)
  const stack = (): Lm =>
    lmStack({
      connect,
      calls,
      budget,
      clock,
      rng: pythonRandom(3),
      onWait: wait => waits.push(wait),
      ...(gate ? { gate } : {}),
      ...(offline ? { offline } : {}),
    })
  return { clock, provider, limiter, budget, calls, waits, connect, stack, lm: stack() }
}

const busy = (retryAfterMs: number) => new EngineError('lm-rate-limit', 'Busy.', { status: 429, isRetryable: true, retryAfterMs })
const slowly =
  (clock: () => ReturnType<typeof manualClock>, ms: number): Script =>
  async (_request, call) => {
    await clock().sleep(ms, call.signal)
    return 'ok'
  }

describe('lmStack', () => {
  it('answers, stores, and pays once', async () => {
    const { lm, stack, provider, budget } = setUp()
    expect(await lm.generate(testRequest('q'), testCall())).toMatchObject({ text: 'ok', cached: false, attempts: 1, failedAttempts: 0 })
    expect(await stack().generate(testRequest('q'), testCall())).toMatchObject({ text: 'ok', cached: true, attempts: 0 })
    expect(provider.requests).toHaveLength(1)
    expect(budget.spent.calls).toBe(1)
  })

  it('counts failed attempts in the answer and in the budget, and holds everybody back for the pause', async () => {
    const { lm, clock, budget, waits, provider } = setUp({ script: [busy(5000), 'ok', 'also'] })
    const first = lm.generate(testRequest('q'), testCall())
    await clock.advance(1)
    const second = lm.generate(testRequest('p'), testCall())
    expect(await clock.runUntil(first)).toMatchObject({ attempts: 2, failedAttempts: 1 })
    await clock.runUntil(second)
    expect(clock.now()).toBe(5000)
    expect(provider.requests).toHaveLength(3)
    expect(budget.spent.calls).toBe(3)
    expect(waits).toHaveLength(1)
    expect(waits[0]?.until).toBe(5000)
  })

  it('times an attempt out from the moment it leaves, not while it waits in line', async () => {
    let started = 0
    const { lm, clock } = setUp({
      concurrency: 1,
      script: async (_request, call) => {
        started += 1
        if (started === 1) {
          await clock.sleep(100_000, call.signal)
          return 'slow but in time'
        }
        return new Promise(() => {})
      },
    })
    const slow = lm.generate(testRequest('slow'), testCall())
    const stuck = lm.generate(testRequest('stuck'), testCall())
    await clock.advance(100_000)
    expect(await slow).toMatchObject({ text: 'slow but in time' })
    await clock.advance(119_999)
    expect(started).toBe(2)
    const failed = stuck.catch((error: unknown) => error)
    await clock.advance(600_000)
    expect(await failed).toMatchObject({ code: 'lm-timeout', message: expect.stringContaining('within 120 s') })
  })

  it('never sends more than the cap at any concurrency, and waits for the last ones before it says so', async () => {
    const { lm, clock, provider } = setUp({ concurrency: 64, budget: { maxCalls: 50 }, script: slowly(() => clock, 10) })
    const asked = Array.from({ length: 200 }, (_, index) => lm.generate(testRequest(`q${index}`), testCall()))
    const results = await clock.runUntil(Promise.allSettled(asked))
    expect(provider.requests).toHaveLength(50)
    expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(50)
    expect(results.filter(result => result.status === 'rejected').map(result => result.reason.code)).toEqual(
      Array.from({ length: 150 }, () => 'budget-exhausted'),
    )
  })

  it('uses a token cap up although the worst case of all at once is far above it', async () => {
    const script: Script = async (_request, call) => {
      await clock.sleep(10, call.signal)
      return { text: 'ok', usage: { inputTokens: 50, outputTokens: 50 } }
    }
    const { lm, clock, budget } = setUp({ concurrency: 64, budget: { maxTokens: 20_000 }, script })
    const asked = Array.from({ length: 300 }, (_, index) =>
      lm.generate(testRequest(`q${index}`, { settings: { maxTokens: 4000 } }), testCall()),
    )
    await clock.runUntil(Promise.allSettled(asked))
    expect(budget.spent.tokens).toBeLessThanOrEqual(20_000)
    expect(budget.spent.tokens).toBeGreaterThan(15_000)
  })

  it('sends nothing while the gate is shut, also not what already stood in line, and gives its place to other runs', async () => {
    let open: () => void = () => {}
    let shut: Promise<void> | undefined
    const { lm, clock, provider, connect, calls } = setUp({
      concurrency: 2,
      gate: () => shut ?? Promise.resolve(),
      script: slowly(() => clock, 100),
    })
    const asked = Promise.all(Array.from({ length: 6 }, (_, index) => lm.generate(testRequest(`q${index}`), testCall())))
    await clock.advance(50)
    expect(provider.requests).toHaveLength(2)
    shut = new Promise(resolve => (open = resolve))
    await clock.advance(1000)
    expect(provider.requests).toHaveLength(2)

    const other = lmStack({ connect, calls, budget: createBudget({}, clock), clock, rng: pythonRandom(1) })
    await clock.runUntil(other.generate(testRequest('another run'), testCall()))
    expect(provider.requests).toHaveLength(3)

    shut = undefined
    open()
    await clock.runUntil(asked)
    expect(provider.requests).toHaveLength(7)
  })

  it('sends nothing more once it is cancelled, wherever a call stands', async () => {
    const { lm, clock, provider, budget, limiter } = setUp({ concurrency: 4, script: slowly(() => clock, 1000) })
    const controller = new AbortController()
    const asked = Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => lm.generate(testRequest(`q${index}`), testCall({ signal: controller.signal }))),
    )
    await clock.advance(500)
    controller.abort(new EngineError('run-cancelled', 'Cancelled.'))
    const results = await asked
    expect(results.every(result => result.status === 'rejected' && result.reason.code === 'run-cancelled')).toBe(true)
    await clock.advance(10_000)
    expect(provider.requests).toHaveLength(4)
    expect(budget.spent.calls).toBe(4)
    expect(limiter.state).toMatchObject({ active: 0, queued: 0 })
  })

  it('asks for each request once, however many of the same come at once', async () => {
    const { lm, clock, provider, budget } = setUp({ script: slowly(() => clock, 10) })
    const answers = await clock.runUntil(
      Promise.all(Array.from({ length: 30 }, (_, index) => lm.generate(testRequest(`q${index % 3}`), testCall()))),
    )
    expect(provider.requests).toHaveLength(3)
    expect(answers.reduce((sum, answer) => sum + answer.attempts, 0)).toBe(3)
    expect(budget.spent.calls).toBe(3)
  })

  it('works over an LM without a queue', async () => {
    const clock = manualClock()
    const lm = lmStack({
      connect: scriptedLm(['a']),
      calls: memoryCalls(),
      budget: createBudget({ maxCalls: 1 }, clock),
      clock,
      rng: pythonRandom(1),
      gate: async () => {},
    })
    expect((await lm.generate(testRequest('q'), testCall())).text).toBe('a')
    await expect(lm.generate(testRequest('p'), testCall())).rejects.toMatchObject({ code: 'budget-exhausted', facts: { attempts: 0 } })
  })

  it('shows what the model takes at this moment', () => {
    const formats: ('json_object' | 'json_schema')[] = ['json_object']
    const connect: Lm = {
      capabilities: { responseFormats: formats },
      generate: async (_request: LmRequest) => Promise.reject(new Error('unused')),
    }
    const clock = manualClock()
    const lm = lmStack({
      connect,
      calls: memoryCalls(),
      budget: createBudget({}, clock),
      clock,
      rng: pythonRandom(1),
      onWait: () => {},
    })
    formats.pop()
    expect(lm.capabilities.responseFormats).toEqual([])
  })
})
