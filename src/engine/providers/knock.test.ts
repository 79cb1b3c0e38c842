import { expect, it } from 'vitest'
import { isThere } from './knock'

it('takes any answer for somebody at the door, but for that of a gateway in place of the server', async () => {
  const { signal } = new AbortController()
  const asked: [string, RequestInit | undefined][] = []
  const answering = (status: number) => async (input: RequestInfo | URL, init?: RequestInit) => {
    asked.push([String(input), init])
    return Response.json({}, { status })
  }
  for (const status of [200, 401, 403, 404, 405, 429, 500]) expect(await isThere(answering(status), 'http://a.test/v1', signal)).toBe(true)
  for (const status of [502, 503, 504, 520, 521, 522, 523, 524, 529, 530])
    expect(await isThere(answering(status), 'http://a.test/v1', signal)).toBe(false)
  expect(await isThere(() => Promise.reject(new TypeError('fetch failed')), 'http://a.test/v1', signal)).toBe(false)
  // Free of charge and without a key.
  for (const [url, init] of asked) expect([url, init?.method, init?.headers]).toEqual(['http://a.test/v1/models', 'GET', undefined])
})
