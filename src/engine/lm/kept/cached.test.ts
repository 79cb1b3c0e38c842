import { describe, expect, it } from 'vitest'
import { EngineError } from '../../base/errors'
import { cached } from './cached'
import { manualClock } from '@/testing/manual-clock'
import { callKey } from './request-key'
import { scriptedLm } from '@/testing/scripted-lm'
import { memoryCalls, testCall, testRequest } from '@/testing/test-call'

const clock = manualClock(5000)

describe('cached', () => {
  it('pays once and gives the same answer from then on', async () => {
    const lm = scriptedLm([{ text: 'a', usage: { inputTokens: 7, outputTokens: 3 }, ms: 12 }])
    const calls = memoryCalls()
    const stack = cached(lm, { calls, clock })
    expect(await stack.generate(testRequest('q'), testCall())).toMatchObject({ text: 'a', cached: false, attempts: 1 })
    expect(await stack.generate(testRequest('q'), testCall())).toEqual({
      text: 'a',
      finish: 'stop',
      usage: { inputTokens: 7, outputTokens: 3 },
      ms: 12,
      cached: true,
      attempts: 0,
      failedAttempts: 0,
    })
    expect(lm.requests).toHaveLength(1)
    expect([...calls.stored.values()]).toMatchObject([
      { key: callKey(testRequest('q'), 0), rollout: 0, at: 5000, request: testRequest('q') },
    ])
  })

  it('stores before the caller gets the answer', async () => {
    const calls = memoryCalls()
    let release: () => void = () => {}
    const slow = {
      get: calls.get.bind(calls),
      add: async (call: Parameters<typeof calls.add>[0]) => (await new Promise<void>(resolve => (release = resolve)), calls.add(call)),
    }
    let isAnswered = false
    const asked = cached(scriptedLm(['a']), { calls: slow, clock })
      .generate(testRequest('q'), testCall())
      .then(() => (isAnswered = true))
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    expect(isAnswered).toBe(false)
    release()
    await asked
    expect(calls.stored.size).toBe(1)
  })

  it('uses what was stored first, and still bills what it sent', async () => {
    const calls = memoryCalls()
    const key = callKey(testRequest('q'), 0)
    const first = {
      key,
      rollout: 0,
      request: testRequest('q'),
      response: { text: 'first', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1 },
      at: 1,
    }
    const stack = cached(scriptedLm([{ text: 'second', usage: { inputTokens: 9, outputTokens: 9 } }]), {
      calls: { get: async () => undefined, add: async () => first },
      clock,
    })
    expect(await stack.generate(testRequest('q'), testCall())).toMatchObject({
      text: 'first',
      usage: { inputTokens: 9 },
      cached: false,
      attempts: 1,
    })
    expect(calls.stored.size).toBe(0)
  })

  it('tells samples of one request apart', async () => {
    const stack = cached(scriptedLm(['a', 'b']), { calls: memoryCalls(), clock })
    expect((await stack.generate(testRequest('q'), testCall())).text).toBe('a')
    expect((await stack.generate(testRequest('q'), testCall({ rollout: 1 }))).text).toBe('b')
  })

  it('does not store failures, and repeats the ones of an earlier attempt without sending', async () => {
    const calls = memoryCalls()
    await expect(
      cached(scriptedLm([new EngineError('lm-server', 'down')]), { calls, clock }).generate(testRequest('q'), testCall()),
    ).rejects.toMatchObject({ code: 'lm-server' })
    expect(calls.stored.size).toBe(0)

    const lm = scriptedLm(['up'])
    const failedCalls = new Map([
      [callKey(testRequest('q'), 0), { error: { code: 'lm-server', message: 'down', facts: { status: 500, attempts: 6 } } as const }],
    ])
    const replay = cached(lm, { calls, clock, failedCalls })
    await expect(replay.generate(testRequest('q'), testCall())).rejects.toMatchObject({
      code: 'lm-server',
      message: 'down',
      facts: { status: 500, attempts: 0, isReplayed: true },
    })
    expect(lm.requests).toHaveLength(0)
    expect((await replay.generate(testRequest('other'), testCall())).text).toBe('up')
  })

  it('sends nothing when offline', async () => {
    const calls = memoryCalls()
    const lm = scriptedLm(['a'])
    await cached(lm, { calls, clock }).generate(testRequest('q'), testCall())
    const offline = cached(lm, { calls, clock, offline: true })
    expect((await offline.generate(testRequest('q'), testCall())).text).toBe('a')
    await expect(offline.generate(testRequest('new'), testCall())).rejects.toMatchObject({ code: 'lm-not-recorded' })
    expect(lm.requests).toHaveLength(1)
  })
})
