import { expect, test } from 'vitest'
import { cached } from './cached'
import { embedRequest } from '../embed-request'
import fixture from '../fixtures/calls-v1.json'
import { scriptedLm } from '@/testing/scripted-lm'
import { readAnswerAsThen, readStoredAnswer, type StoredAnswer } from './stored-answer'
import { readStoredRequest, type StoredRequest } from './stored-request'
import { decodeVectors } from '../vectors'
import { manualClock } from '@/testing/manual-clock'
import { memoryCalls, testCall } from '@/testing/test-call'

interface OldCall {
  readonly key: string
  readonly rollout: number
  readonly request: StoredRequest
  readonly response: StoredAnswer
  readonly at: number
}
// Written by the version before requests for vectors had a kind of their own; JSON is typed by its letters alone.
const calls = fixture as readonly OldCall[]

test('a request for vectors of an earlier version is read as one of today', () => {
  expect(calls.map(({ request }) => readStoredRequest(request).kind)).toEqual(['embed', 'embed', undefined, undefined])
  const texts = ['item zorp', 'item quux']
  expect(readStoredRequest(calls[0]?.request ?? embedRequest('', []))).toEqual({
    kind: 'embed',
    model: 'text-embedding-3-small',
    texts,
    endpoint: 'http://localhost:9/v1',
  })
  expect(readStoredRequest(embedRequest('m', texts))).toEqual(embedRequest('m', texts))
})

test('its vectors are found in the text of its answer, and a chat answer that looks like some is left alone', () => {
  const answers = calls.map(({ request, response }) => readStoredAnswer(response, request))
  for (const answer of answers.slice(0, 2)) {
    expect(answer).toMatchObject({ text: '', finish: 'stop' })
    expect(decodeVectors(answer.vectors)).toEqual([Float32Array.of(1, 0.5, -0.25), Float32Array.of(0, 2, 3)])
  }
  expect(answers[2]).toMatchObject({ text: 'red', finish: 'length' })
  expect(answers[3]).toMatchObject({ text: '3x4 is twelve' })
  expect(answers[3]?.vectors).toBeUndefined()
})

test('a cache of an earlier version answers the requests of its runs as they took them, and those of today', async () => {
  const store = memoryCalls()
  for (const call of calls) await store.add(call)
  const lm = cached(scriptedLm([]), { calls: store, clock: manualClock(), offline: true })
  for (const { request, rollout, response } of calls) {
    const asked = readStoredRequest(request)
    const answer = await lm.generate(asked, testCall({ rollout }))
    const read = asked.endpoint === undefined ? readAnswerAsThen : readStoredAnswer
    expect(answer).toMatchObject({ ...read(response, request), cached: true, attempts: 0 })
  }
})
