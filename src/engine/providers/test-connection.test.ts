import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '@/lib/system-clock'
import { startFakeOpenAi, type FakeOpenAi, type FakeOpenAiOptions } from '../../../e2e/fake-openai'
import { manualClock } from '@/testing/manual-clock'
import type { ModelSpec } from '../lm/lm'
import { testConnection, type TestConnectionOptions } from './test-connection'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const spec = (baseUrl: string | undefined, model = 'fake-model'): ModelSpec => ({
  id: 'm',
  label: 'm',
  provider: 'openai-compatible',
  model,
  settings: {},
  ...(baseUrl === undefined ? {} : { baseUrl }),
})

async function check(options: FakeOpenAiOptions, more: { key?: string; model?: string; path?: string } = {}) {
  server = await startFakeOpenAi(options)
  const model = spec(more.path === undefined ? server.url : `http://127.0.0.1:${server.port}${more.path}`, more.model)
  return testConnection(model, { fetch: globalThis.fetch, clock: systemClock, authorize: async () => more.key })
}

/** A browser's view of the network: `fetch` says nothing but "Failed to fetch" unless it is allowed to read. */
function asBrowser(
  answers: (url: URL, init: RequestInit) => Response | 'refused' | 'silent',
  pageOrigin = 'https://studio.example',
  key?: string,
): TestConnectionOptions {
  return {
    clock: manualClock(),
    pageOrigin,
    authorize: async () => key,
    async fetch(url, init) {
      const answer = answers(new URL(url), init)
      if (answer === 'silent' || (answer === 'refused' && init.mode !== 'no-cors')) throw new TypeError('Failed to fetch')
      return answer === 'refused' ? Response.error() : answer
    },
  }
}

describe('over HTTP', () => {
  it('finds out that a model makes embeddings only', async () => {
    const noChat = { status: 400, body: { error: { message: 'This model does not take chat requests.' } } }
    const report = await check({ answer: () => noChat }, { model: 'embed-1' })
    expect(report).toMatchObject({ ok: true, message: expect.stringMatching(/^embed-1 at .* makes embeddings of 64 numbers/) })
    await server?.close()
    expect(await check({ answer: () => noChat, embed: () => noChat })).toMatchObject({ ok: false, problem: 'other' })
  })

  it('answers and lists the models', async () => {
    expect(await check({ models: ['fake-model', 'another'] })).toEqual({
      ok: true,
      message: `fake-model at 127.0.0.1:${server?.port} answers.`,
      models: ['another', 'fake-model'],
    })
    expect(server?.requests[0]?.body).toMatchObject({ max_tokens: 16 })
  })

  it('tells a wrong key from a missing one', async () => {
    expect(await check({ requireKey: 'sk-right' }, { key: 'sk-wrong' })).toMatchObject({
      ok: false,
      problem: 'wrong-key',
      message: expect.stringContaining('refused the key'),
    })
    expect(await check({ requireKey: 'sk-right' })).toMatchObject({
      problem: 'wrong-key',
      message: expect.stringContaining('needs a key, and none is saved'),
    })
  })

  it('finds the wrong key also where the model list is public', async () => {
    const report = await check(
      { answer: () => ({ status: 401, body: { error: { message: 'No auth credentials found', code: 401 } } }) },
      { key: 'sk-wrong' },
    )
    expect(report).toMatchObject({ problem: 'wrong-key', models: ['fake-model'] })
  })

  it('names models that are close to an unknown one', async () => {
    expect(await check({ models: ['llama3:8b', 'qwen'] }, { model: 'llama3' })).toMatchObject({
      problem: 'model-not-found',
      message: expect.stringContaining('Did you mean llama3:8b?'),
      models: ['llama3:8b', 'qwen'],
    })
    expect(await check({ models: ['llama3:8b', 'qwen'] }, { model: 'gpt' })).toMatchObject({
      problem: 'model-not-found',
      message: expect.stringContaining('It lists llama3:8b, qwen.'),
    })
    expect(await check({ models: ['a'] }, { model: '' })).toMatchObject({
      problem: 'model-not-found',
      message: expect.stringContaining('Choose one'),
      models: ['a'],
    })
  })

  it('finds the right address next to a wrong one', async () => {
    expect(await check({}, { path: '' })).toMatchObject({
      problem: 'wrong-url',
      message: expect.stringContaining(`there is one at http://127.0.0.1:${server?.port}/v1`),
    })
    expect(await check({}, { path: '/v3/other' })).toMatchObject({
      problem: 'wrong-url',
      message: expect.stringContaining('before /chat/completions'),
    })
  })

  it('knows a web page', async () => {
    const fetch = async () => new Response('<!doctype html><title>Home</title>', { headers: { 'content-type': 'text/html' } })
    expect(
      await testConnection(spec('https://www.example.com'), { fetch, clock: manualClock(), authorize: async () => undefined }),
    ).toMatchObject({ problem: 'wrong-url', message: expect.stringContaining('something else than an LM API') })
  })

  it('tells an empty account from a busy one', async () => {
    expect(
      await check({
        answer: () => ({ status: 429, body: { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } } }),
      }),
    ).toMatchObject({ problem: 'quota' })
    expect(
      await check({ answer: () => ({ status: 429, body: { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } } }) }),
    ).toMatchObject({ problem: 'other', message: expect.stringContaining('fewer requests') })
  })

  it('takes a reasoning model at its word that 16 tokens are too few', async () => {
    const message = 'Could not finish the message because max_tokens or model output limit was reached.'
    expect(
      await check({ answer: () => ({ status: 400, body: { error: { message, type: 'invalid_request_error' } } }) }, { model: 'o3' }),
    ).toMatchObject({ ok: true })
  })

  it('says that nobody is there', async () => {
    const gone = await startFakeOpenAi()
    await gone.close()
    const report = await testConnection(spec(gone.url), { fetch: globalThis.fetch, clock: systemClock, authorize: async () => undefined })
    expect(report).toMatchObject({
      problem: 'unreachable',
      message: expect.stringMatching(/Nothing answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Likely: the server is not running/),
    })
  })

  it('gives up on a server that accepts and says nothing', async () => {
    const clock = manualClock()
    const fetch = (_url: string, init: RequestInit) =>
      new Promise<Response>((_resolve, reject) => init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))
    const report = clock.runUntil(testConnection(spec('https://slow.example/v1'), { fetch, clock, authorize: async () => undefined }))
    expect(await report).toMatchObject({ problem: 'unreachable', message: expect.stringContaining('within 15 s') })
  })

  it.each([[undefined], ['nonsense'], ['ftp://a']])('refuses the base URL %s', async baseUrl => {
    expect(
      await testConnection(spec(baseUrl), { fetch: globalThis.fetch, clock: systemClock, authorize: async () => undefined }),
    ).toMatchObject({ ok: false, problem: 'wrong-url' })
  })

  it('needs nothing for the Sandbox', async () => {
    expect(
      await testConnection(
        { ...spec(undefined), provider: 'sandbox' },
        { fetch: globalThis.fetch, clock: systemClock, authorize: async () => undefined },
      ),
    ).toMatchObject({ ok: true })
  })
})

describe('from a page', () => {
  const refused = () => 'refused' as const
  const silent = () => 'silent' as const

  it('tells CORS from silence', async () => {
    expect(await testConnection(spec('https://llm.example/v1'), asBrowser(refused))).toMatchObject({
      problem: 'cors',
      message: expect.stringContaining('does not allow calls from web pages'),
    })
    expect(await testConnection(spec('https://llm.example/v1'), asBrowser(silent))).toMatchObject({
      problem: 'unreachable',
      message: expect.stringContaining('ad blocker'),
    })
  })

  it('shows how to start Ollama for this page', async () => {
    expect(await testConnection(spec('http://localhost:11434/v1'), asBrowser(refused))).toMatchObject({
      problem: 'cors',
      message: expect.stringContaining('OLLAMA_ORIGINS=https://studio.example ollama serve'),
    })
  })

  it('shows the switch of LM Studio', async () => {
    expect(await testConnection(spec('http://localhost:1234/v1'), asBrowser(refused))).toMatchObject({
      problem: 'cors',
      message: expect.stringContaining('lms server start --cors'),
    })
  })

  it('suspects the key where a provider is known to allow pages', async () => {
    expect(await testConnection(spec('https://api.openai.com/v1'), asBrowser(refused, undefined, 'sk-x'))).toMatchObject({
      problem: 'wrong-key',
      message: expect.stringContaining('The key is probably wrong'),
    })
    expect(await testConnection(spec('https://api.cerebras.ai/v1'), asBrowser(refused))).toMatchObject({
      problem: 'wrong-key',
      message: expect.stringContaining('It needs a key'),
    })
  })

  it('knows that an https page may not call plain http', async () => {
    expect(await testConnection(spec('http://llm.example/v1'), asBrowser(silent))).toMatchObject({
      problem: 'cors',
      message: expect.stringContaining('plain http'),
    })
  })

  it('says how the studio is let through to plain http in the local network', async () => {
    const report = await testConnection(spec('http://192.168.1.5:11434/v1'), asBrowser(silent, 'http://localhost:4173'))
    expect(report).toMatchObject({ problem: 'unreachable', message: expect.stringContaining('--allow http://192.168.1.5:11434') })
    for (const own of ['http://localhost:11434/v1', 'https://192.168.1.5/v1'])
      expect((await testConnection(spec(own), asBrowser(silent, 'http://localhost:4173'))).message).not.toContain('--allow')
  })

  it('mentions the permission for this machine', async () => {
    expect(await testConnection(spec('http://localhost:8000/v1'), asBrowser(silent))).toMatchObject({
      problem: 'unreachable',
      message: expect.stringContaining('not allowed to reach this machine'),
    })
    expect((await testConnection(spec('http://localhost:8000/v1'), asBrowser(silent, 'http://localhost:5173'))).message).not.toContain(
      'not allowed',
    )
  })
})
