import OpenAI from 'openai'
import { afterEach, expect, it } from 'vitest'
import { startFakeOpenAi, type FakeOpenAi } from '../../../../e2e/fake-openai'
import { manualClock } from '@/testing/manual-clock'
import { testCall, testRequest } from '@/testing/test-call'
import { openAiCompatible } from './openai-compatible'
import { createTransport } from './transport'

let server: FakeOpenAi | undefined
afterEach(() => server?.close())

/** `fetch` as a browser does it: every header beyond the safelist is asked for first, and one that is not allowed ends the request. */
async function fetchWithPreflight(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const wanted = [...new Headers(init.headers).keys()].filter(name => name !== 'accept' && name !== 'user-agent')
  const preflight = await fetch(String(url), {
    method: 'OPTIONS',
    headers: {
      origin: 'https://studio.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': wanted.join(', '),
    },
  })
  const allowed = (preflight.headers.get('access-control-allow-headers') ?? '').split(/,\s*/)
  const refused = wanted.filter(name => !allowed.includes(name))
  if (refused.length > 0) throw new TypeError('Failed to fetch', { cause: new Error(`preflight refused ${refused.join(', ')}`) })
  return fetch(String(url), init)
}

it('passes a preflight that allows authorization and content-type only', async () => {
  server = await startFakeOpenAi()
  const transport = createTransport({ baseUrl: server.url, fetch: fetchWithPreflight, clock: manualClock(), authorize: async () => 'sk-x' })
  expect((await openAiCompatible(transport, manualClock()).generate(testRequest('q'), testCall())).text).toContain('fake answer')
  expect(server.raw[0]).toMatchObject({ method: 'OPTIONS', headers: { 'access-control-request-headers': 'authorization, content-type' } })
})

it('would not pass with the SDK as it comes', async () => {
  server = await startFakeOpenAi()
  const client = new OpenAI({ apiKey: 'sk-x', baseURL: server.url, maxRetries: 0, fetch: fetchWithPreflight })
  await expect(client.chat.completions.create({ model: 'm', messages: [] })).rejects.toThrow('Connection error')
  expect(server.count).toBe(0)
})
