import { describe, expect, it } from 'vitest'
import { EngineError } from '../../base/errors'
import type { LmResponse } from '../lm'
import { scriptedLm } from '@/testing/scripted-lm'
import { singleFlight } from './single-flight'
import { testCall, testRequest } from '@/testing/test-call'

describe('singleFlight', () => {
  it('asks once for equal requests under way, and only the first one counts as paid', async () => {
    const lm = scriptedLm(async () => 'yes')
    const shared = singleFlight(lm)
    const answers = await Promise.all([1, 2, 3].map(() => shared.generate(testRequest('q'), testCall())))
    expect(lm.requests).toHaveLength(1)
    expect(answers.map(answer => answer.text)).toEqual(['yes', 'yes', 'yes'])
    expect(answers.map(answer => answer.attempts)).toEqual([1, 0, 0])
    expect(answers.map(answer => answer.cached)).toEqual([false, true, true])
  })

  it('keeps other requests, other samples and later repeats apart', async () => {
    const lm = scriptedLm(async (_request, _call, index) => `answer ${index}`)
    const shared = singleFlight(lm)
    const both = await Promise.all([
      shared.generate(testRequest('q'), testCall()),
      shared.generate(testRequest('q'), testCall({ rollout: 1 })),
      shared.generate(testRequest('p'), testCall()),
    ])
    expect(both.map(answer => answer.text)).toEqual(['answer 0', 'answer 1', 'answer 2'])
    expect((await shared.generate(testRequest('q'), testCall())).text).toBe('answer 3')
  })

  it('fails everybody alike, and starts again afterwards', async () => {
    const lm = scriptedLm([new Error('down'), 'up'])
    const shared = singleFlight(lm)
    const results = await Promise.allSettled([shared.generate(testRequest('q'), testCall()), shared.generate(testRequest('q'), testCall())])
    expect(results.map(result => result.status)).toEqual(['rejected', 'rejected'])
    expect((await shared.generate(testRequest('q'), testCall())).text).toBe('up')
  })

  it('counts the attempts of a failure once', async () => {
    const failure = new EngineError('lm-server', 'Down (6 attempts).', { attempts: 6, isRetryable: true })
    const shared = singleFlight(scriptedLm([failure]))
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => shared.generate(testRequest('q'), testCall())))
    expect(results.map(result => result.status === 'rejected' && result.reason)).toMatchObject(
      [6, 0, 0, 0].map(attempts => ({ code: 'lm-server', message: 'Down (6 attempts).', facts: { attempts, isRetryable: true } })),
    )
  })

  it('shares between stacks that were given the same flights', async () => {
    const flights = new Map()
    const [one, other] = [scriptedLm(async () => 'one'), scriptedLm(async () => 'other')]
    const answers = await Promise.all([one, other].map(lm => singleFlight(lm, flights).generate(testRequest('q'), testCall())))
    expect(answers.map(({ text, cached }) => ({ text, cached }))).toEqual([
      { text: 'one', cached: false },
      { text: 'one', cached: true },
    ])
    expect(other.requests).toHaveLength(0)
  })

  it('goes on for those who stay when the first one leaves, and stops when all have left', async () => {
    let finish: (response: LmResponse) => void = () => {}
    const signals: AbortSignal[] = []
    const shared = singleFlight({
      capabilities: { responseFormats: [] },
      generate: (_request, call) => {
        signals.push(call.signal)
        return new Promise(resolve => {
          finish = resolve
        })
      },
    })
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()]
    const one = shared.generate(testRequest('q'), testCall({ signal: first.signal }))
    const two = shared.generate(testRequest('q'), testCall({ signal: second.signal }))
    first.abort(new Error('left'))
    await expect(one).rejects.toThrow('left')
    expect(signals[0]?.aborted).toBe(false)
    finish({ text: 'late', finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1, cached: false, attempts: 1, cost: 3 })
    // The first of those who stayed has the bill.
    expect(await two).toMatchObject({ text: 'late', cached: false, attempts: 1, cost: 3 })

    const alone = shared.generate(testRequest('p'), testCall({ signal: third.signal }))
    third.abort(new Error('stop'))
    await expect(alone).rejects.toThrow('stop')
    expect(signals[1]?.aborted).toBe(true)
    void shared.generate(testRequest('p'), testCall())
    expect(signals).toHaveLength(3)
  })
})
