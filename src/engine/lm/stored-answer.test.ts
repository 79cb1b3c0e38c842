import { expect, test } from 'vitest'
import { cached } from './cached'
import { manualClock } from '../base/manual-clock'
import { callKey } from './request-key'
import { scriptedLm } from './scripted-lm'
import { readStoredAnswer, storedAnswer, thoughtsOf } from './stored-answer'
import { memoryCalls, testCall, testRequest } from '../providers/test-call'

const usage = { inputTokens: 1, outputTokens: 2 }

test('an answer of an earlier version is read as its response would be today', () => {
  const old = { text: '<think>hm</think>\n\nOslo', finishReason: 'max_tokens', usage, ms: 3 }
  expect(readStoredAnswer(old)).toEqual({
    text: 'Oslo',
    parts: [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'Oslo' },
    ],
    finish: 'length',
    usage,
    ms: 3,
  })
  expect(readStoredAnswer({ text: 'Oslo', finishReason: 'stop', usage, ms: 3 })).toEqual({ text: 'Oslo', finish: 'stop', usage, ms: 3 })
})

test('an answer read once is not read again', () => {
  const response = { text: 'a </think> b', finish: 'stop', usage, ms: 3, cached: false, attempts: 1 } as const
  expect(readStoredAnswer(storedAnswer(response))).toEqual({ text: 'a </think> b', finish: 'stop', usage, ms: 3 })
})

test('the cache answers from old records as their run took them, whole where it is one of that time, and keeps thoughts with new ones', async () => {
  const calls = memoryCalls()
  const request = testRequest('q')
  const addressed = { ...request, endpoint: 'https://models.example/v1' }
  const response = { text: 'hm</think>Oslo', finishReason: 'length', usage, ms: 3 }
  for (const asked of [request, addressed]) await calls.add({ key: callKey(asked, 0), rollout: 0, request: asked, response, at: 1 })
  const parts = [
    { type: 'reasoning', text: 'so' },
    { type: 'text', text: 'Rome' },
  ] as const
  const lm = cached(scriptedLm([{ text: 'Rome', parts }]), { calls, clock: manualClock() })
  expect(await lm.generate(request, testCall())).toMatchObject({ text: 'hm</think>Oslo', finish: 'stop', cached: true, attempts: 0 })
  expect(await lm.generate(addressed, testCall())).toMatchObject({ text: 'Oslo', finish: 'length', cached: true, attempts: 0 })
  for (const isCached of [false, true]) {
    const answer = await lm.generate(testRequest('p'), testCall())
    expect(answer).toMatchObject({ text: 'Rome', finish: 'stop', cached: isCached })
    expect(thoughtsOf(answer)).toBe('so')
  }
})
