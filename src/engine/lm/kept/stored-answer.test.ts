import { expect, test } from 'vitest'
import { cached } from './cached'
import { manualClock } from '@/testing/manual-clock'
import { callKey } from './request-key'
import { scriptedLm } from '@/testing/scripted-lm'
import { readStoredAnswer, spokenPart, storedAnswer, thoughtsOf } from './stored-answer'
import { memoryCalls, testCall, testRequest } from '@/testing/test-call'
import { textOf } from '../parts'

const usage = { inputTokens: 1, outputTokens: 2 }
const parseJsonCopy = <T>(value: T): T => JSON.parse(JSON.stringify(value))
const request = testRequest('q')

test('an answer of an earlier version is read as its response would be today', () => {
  const old = { text: '<think>hm</think>\n\nOslo', finishReason: 'max_tokens', usage, ms: 3 }
  expect(readStoredAnswer(old, request)).toEqual({
    text: 'Oslo',
    parts: [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'Oslo' },
    ],
    finish: 'length',
    usage,
    ms: 3,
  })
  expect(readStoredAnswer({ text: 'Oslo', finishReason: 'stop', usage, ms: 3 }, request)).toEqual({
    text: 'Oslo',
    finish: 'stop',
    usage,
    ms: 3,
  })
})

test('an answer read once is not read again', () => {
  const response = { text: 'a </think> b', finish: 'stop', usage, ms: 3, cached: false, attempts: 1 } as const
  expect(readStoredAnswer(storedAnswer(response), request)).toEqual({ text: 'a </think> b', finish: 'stop', usage, ms: 3 })
})

test('every part of an answer is kept, and read one way by all', () => {
  const ref = { $blob: 'c'.repeat(64), mime: 'image/png', bytes: 9 }
  const parts = [
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text: 'Look: ' },
    { type: 'blob', ref },
    { type: 'tool-call', id: '1', name: 'find', args: { q: ['x'] } },
  ] as const
  const response = { text: 'Look: ', parts, finish: 'tool-calls', usage, ms: 3, cached: false, attempts: 1 } as const
  const kept = readStoredAnswer(parseJsonCopy(storedAnswer(response)), request)
  expect(kept).toMatchObject({ text: 'Look: ', parts, finish: 'tool-calls' })
  expect(thoughtsOf(kept)).toBe('hm')
  expect(spokenPart(kept)).toEqual(parts.slice(1))
  expect(textOf(parts)).toBe('Look: ')
  expect(spokenPart({ text: 'Oslo' })).toBe('Oslo')
})

test('the cache answers from old records as their run took them, whole where it is one of that time, and keeps thoughts with new ones', async () => {
  const calls = memoryCalls()
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
