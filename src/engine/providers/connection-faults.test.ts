import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '@/lib/system-clock'
import { startRawServer, type RawReply, type RawServer } from '@/testing/raw-server'
import type { ModelSpec } from '../lm/lm'
import type { ConnectionProblem } from './explain-connection'
import { testConnection } from './test-connection'

let server: RawServer
beforeEach(async () => {
  server = await startRawServer()
})
afterEach(() => server.close())

const json = (body: unknown, status = 200): RawReply => ({ status, body: JSON.stringify(body) })
const page: RawReply = { body: '<!doctype html><body><h1>My shop</h1></body>', headers: { 'content-type': 'text/html' } }
const ok = json({ choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] })
const list = json({ object: 'list', data: [{ id: 'm' }, { id: 'other' }] })
const missing = json({ detail: 'Not Found' }, 404)

/** What an endpoint answers under `/v1`; everything else is missing, unless `elsewhere` says otherwise. */
interface Endpoint {
  readonly models?: RawReply
  readonly chat?: RawReply
  readonly embeddings?: RawReply
  readonly elsewhere?: RawReply
}

async function report({ models = list, chat = ok, embeddings = missing, elsewhere = missing }: Endpoint, path = '/v1', key?: string) {
  server.reply = asked => {
    if (asked === '/v1/models') return models
    if (asked === '/v1/chat/completions') return chat
    return asked === '/v1/embeddings' ? embeddings : elsewhere
  }
  const baseUrl = `http://127.0.0.1:${server.port}${path}`
  const model: ModelSpec = { id: 'm', label: 'm', provider: 'openai-compatible', model: 'm', settings: {}, baseUrl }
  return testConnection(model, { fetch: globalThis.fetch, clock: systemClock, authorize: async () => key })
}

describe('a connection that works', () => {
  it.each<readonly [string, Endpoint]>([
    ['with a list', {}],
    ['without a list', { models: missing }],
    ['whose list is a page', { models: page }],
    ['whose list is null', { models: json({ data: null }) }],
    ['whose list may not be seen with this key', { models: json({ error: { message: 'Missing scopes: api.model.read' } }, 403) }],
    ['whose list is not implemented', { models: json({ error: 'not implemented' }, 501) }],
    ['whose list breaks off', { models: { body: '{"data":', headers: { 'content-length': '100' }, isCut: true } }],
    ['that answers in a stream', { chat: { body: `data: ${ok.body as string}\n\ndata: [DONE]\n\n` } }],
    [
      'that spends all tokens on thoughts',
      { chat: json({ choices: [{ message: { content: null, reasoning: 'hm' }, finish_reason: 'length' }] }) },
    ],
  ])('%s: is said to work', async (_name, endpoint) => {
    expect(await report(endpoint)).toMatchObject({ ok: true, message: expect.stringContaining('answers') })
  })
})

describe('a connection that does not', () => {
  it.each<readonly [string, Endpoint, ConnectionProblem, string]>([
    ['a path that is missing', { models: missing, chat: missing }, 'wrong-url', 'nothing at this address (404)'],
    ['a path that takes no prompts', { models: page, chat: json({}, 405) }, 'wrong-url', 'something else than an LM API: a web page'],
    [
      'a page of another site',
      { models: page, chat: page },
      'wrong-url',
      'a web page. Check the base URL: it is the part before /chat/completions and often ends in /v1. It shows: My shop',
    ],
    [
      'a page that says 404 and speaks of models',
      { models: missing, chat: { ...page, status: 404, body: '<html><h1>No such model kit</h1></html>' } },
      'wrong-url',
      'nothing at this address (404)',
    ],
    ['a key that is wrong', { chat: json({ error: { message: 'Incorrect API key provided' } }, 401) }, 'wrong-key', 'refused the key'],
    [
      'a key that is wrong, in a success',
      { models: json({ error: { message: 'Invalid API key' } }), chat: json({ error: { message: 'Invalid API key' } }) },
      'wrong-key',
      'refused the key',
    ],
    ['a model that is not there', { chat: json({ error: "model 'm' not found" }, 404) }, 'model-not-found', 'does not know the model'],
    [
      'a model that is not there, in a success',
      { chat: json({ error: "model 'm' not found" }) },
      'model-not-found',
      'does not know the model',
    ],
    ['an account that is empty', { chat: json({ error: { message: 'Insufficient credits', code: 402 } }) }, 'quota', 'no credit or quota'],
    ['a content filter', { chat: json({ error: { message: 'Flagged', code: 'content_filter' } }, 400) }, 'other', 'content filter'],
    ['an error in a success', { models: json({ error: 'boom' }), chat: json({ error: 'boom' }) }, 'other', 'It said: boom'],
    [
      'a detail in a success',
      { models: json({ detail: 'The backend is off' }), chat: json({ detail: 'The backend is off' }) },
      'other',
      'It said: The backend is off',
    ],
    ['an empty answer', { models: { body: '' }, chat: { body: '' } }, 'other', 'an empty body, which is not a chat completion'],
    ['no choice', { chat: json({ choices: [] }) }, 'other', 'its list of choices is empty'],
    ['JSON of another kind', { models: json({ hello: 1 }), chat: json({ hello: 1 }) }, 'wrong-url', 'JSON that is not a chat completion'],
    [
      'an answer that breaks off',
      { chat: { body: '{"choices', headers: { 'content-length': '100' }, isCut: true } },
      'other',
      'could not be read to its end',
    ],
    [
      'a server with a problem',
      { models: { ...page, status: 502 }, chat: { ...page, status: 502 } },
      'other',
      'has a problem on its side (status 502)',
    ],
    ['a model that is being loaded', { chat: json({ error: { message: 'Loading model' } }, 503) }, 'other', 'still loading the model "m"'],
    [
      'a question that is hung up on',
      { chat: { body: [], isCut: true } },
      'other',
      'gave its list of models, but closed the connection when "m" was asked',
    ],
    ['a list and nothing beside it', { chat: missing }, 'other', 'lists its models, but has no chat endpoint beside them (status 404)'],
  ])('%s: is named', async (_name, endpoint, problem, said) => {
    const { message, ...rest } = await report(endpoint, '/v1', 'sk-1')
    expect({ ...rest, message }).toMatchObject({ ok: false, problem })
    expect(message).toContain(said)
    expect(message.includes('base URL')).toBe(problem === 'wrong-url')
  })

  it('names the right address where the one given is short of it', async () => {
    for (const elsewhere of [missing, page, json({ hello: 1 }), list])
      expect(await report({ elsewhere }, '')).toMatchObject({
        problem: 'wrong-url',
        message: expect.stringContaining(`there is one at http://127.0.0.1:${server.port}/v1`),
      })
  })

  it('names the host that a redirect leads to, and does not send the key there', async () => {
    const other = await startRawServer()
    const moved = (path: string): RawReply => ({ status: 308, headers: { location: `${other.url}${path}?token=1` }, body: '' })
    const redirects = { models: moved('/models'), chat: moved('/chat/completions'), embeddings: moved('/embeddings') }
    const said = await report(redirects, '/v1', 'sk-1')
    await other.close()
    expect(said).toMatchObject({
      problem: 'wrong-url',
      message: expect.stringMatching(
        new RegExp(`redirects to http://127\\.0\\.0\\.1:${other.port}\\. .* use ${other.url} as the base URL`),
      ),
    })
    expect(other.asked).toEqual([])
  })

  it('names that host also where only a request without the key shows it', async () => {
    const fetch = async (url: string, init: RequestInit): Promise<Response> => {
      if (init.redirect !== 'follow') return Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' })
      expect(init.headers).toBeUndefined()
      return Object.defineProperty(new Response('{}'), 'url', { value: url.replace('old', 'new') })
    }
    const model: ModelSpec = {
      id: 'm',
      label: 'm',
      provider: 'openai-compatible',
      model: 'm',
      settings: {},
      baseUrl: 'https://old.test/v1',
    }
    const options = { fetch, clock: systemClock, authorize: async () => 'sk-1', pageOrigin: 'https://studio.test' }
    expect(await testConnection(model, options)).toMatchObject({
      problem: 'wrong-url',
      message: expect.stringContaining('old.test redirects to https://new.test.'),
    })
  })

  it('uses the key that is handed in for each request', async () => {
    await report({}, '/v1', 'sk-in-the-box')
    expect(server.asked.map(({ path, key }) => [path, key])).toEqual([
      ['/v1/models', 'sk-in-the-box'],
      ['/v1/chat/completions', 'sk-in-the-box'],
    ])
  })

  it('names an address that nobody has', async () => {
    const model: ModelSpec = {
      id: 'm',
      label: 'm',
      provider: 'openai-compatible',
      model: 'm',
      settings: {},
      baseUrl: 'http://nowhere.invalid/v1',
    }
    const unknown = Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('no'), { code: 'ENOTFOUND' }) })
    const options = { fetch: () => Promise.reject(unknown), clock: systemClock, authorize: async () => undefined }
    expect(await testConnection(model, options)).toMatchObject({
      problem: 'unreachable',
      message: expect.stringMatching(/Nothing answers at http:\/\/nowhere\.invalid \(ENOTFOUND\)\. Likely: the address is misspelt/),
    })
    const certificate = Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('no'), { code: 'CERT_HAS_EXPIRED' }),
    })
    expect(await testConnection(model, { ...options, fetch: () => Promise.reject(certificate) })).toMatchObject({
      problem: 'other',
      message: expect.stringContaining('CERT_HAS_EXPIRED'),
    })
  })
})
