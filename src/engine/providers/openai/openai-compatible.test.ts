import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { startFakeOpenAi, type FakeOpenAi, type FakeOpenAiOptions, type FakeReply } from '../../../../e2e/fake-openai'
import { wellFormed } from '@/lib/cut-text'
import { parseJson } from '@/lib/json'
import { fakeFetch } from '@/testing/fake-fetch'
import { EngineError } from '../../base/errors'
import { manualClock } from '@/testing/manual-clock'
import { testCall, testRequest } from '@/testing/test-call'
import type { ChatRequest, LmRequest } from '../../lm/lm'
import { isReasoningModel, openAiCompatible, wireChatRequest } from './openai-compatible'
import { createTransport } from './transport'
import type { Fetch } from '../base/host'
import { blobReader } from './wire-messages'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const clock = manualClock()

function connect(baseUrl: string, { key, fetch = globalThis.fetch }: { key?: string; fetch?: Fetch } = {}) {
  const transport = createTransport({ baseUrl, fetch, clock, authorize: async () => key, model: 'test-model' })
  return openAiCompatible(transport, clock)
}

async function against(options: FakeOpenAiOptions, key?: string) {
  server = await startFakeOpenAi(options)
  return connect(server.url, key === undefined ? {} : { key })
}

const reply = async (answer: FakeReply, request: LmRequest = testRequest('q')) =>
  (await against({ answer: () => answer })).generate(request, testCall())

describe('what travels', () => {
  it('is authorization and content-type, and nothing of the SDK', async () => {
    const lm = await against({ requireKey: 'sk-right' }, 'sk-right')
    await lm.generate(testRequest('q'), testCall())
    const headers = Object.keys(server?.raw[0]?.headers ?? {})
    const ofNode = ['host', 'connection', 'accept', 'accept-language', 'accept-encoding', 'user-agent', 'sec-fetch-mode', 'content-length']
    expect(headers.filter(name => !ofNode.includes(name)).sort()).toEqual(['authorization', 'content-type'])
    expect(server?.raw[0]?.headers['user-agent']).not.toContain('OpenAI')
  })

  it('is well-formed Unicode, whatever stands in the rows', async () => {
    const text = fc
      .array(fc.constantFrom('\ud83d', '\ude00', '😀', 'a', '\\ud83d', '"'), { minLength: 1, maxLength: 8 })
      .map(all => all.join(''))
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('chat', 'embed'), async (content, task) => {
        const fake = fakeFetch(() => 'ok')
        const request: LmRequest = { ...testRequest(content), ...(task === 'embed' && { task }) }
        await connect('https://api.test/v1', { fetch: fake.fetch })
          .generate(request, testCall())
          .catch(() => undefined)
        const body = parseJson(fake.requests[0]?.text ?? '')
        expect(body.ok && JSON.stringify(body.value)).toBe(JSON.stringify(wellFormed(body.ok && body.value)))
        expect(fake.requests[0]?.text).toContain(JSON.stringify(content.toWellFormed()))
      }),
      { numRuns: 100 },
    )
  })

  it('carries no authorization without a key', async () => {
    const lm = await against({})
    await lm.generate(testRequest('q'), testCall())
    expect(server?.raw[0]?.headers).not.toHaveProperty('authorization')
  })

  it('takes nothing from the environment', async () => {
    process.env['OPENAI_API_KEY'] = 'sk-from-the-environment'
    process.env['OPENAI_ORG_ID'] = 'org-x'
    process.env['OPENAI_CUSTOM_HEADERS'] = 'x-custom: 1'
    try {
      await (await against({})).generate(testRequest('q'), testCall())
      expect(JSON.stringify(server?.raw)).not.toMatch(/environment|org-x|x-custom/)
    } finally {
      for (const name of ['OPENAI_API_KEY', 'OPENAI_ORG_ID', 'OPENAI_CUSTOM_HEADERS']) delete process.env[name]
    }
  })

  it('asks for the key of exactly the origin it sends to', async () => {
    server = await startFakeOpenAi()
    const asked: string[] = []
    const transport = createTransport({
      baseUrl: `${server.url}/`,
      fetch: globalThis.fetch,
      clock,
      authorize: async origin => (asked.push(origin), undefined),
    })
    await openAiCompatible(transport, clock).generate(testRequest('q'), testCall())
    expect(asked).toEqual([`http://127.0.0.1:${server.port}`])
    expect(server.requests[0]?.path).toBe('/v1/chat/completions')
    await expect(transport.send('https://evil.example/v1/models', { method: 'GET' })).rejects.toThrow('was built for')
  })

  it('follows no redirect, so that no key reaches another host', async () => {
    const target = await startFakeOpenAi()
    const lm = await against(
      { answer: () => ({ status: 307, headers: { location: `${target.url}/chat/completions` }, body: '' }) },
      'sk-right',
    )
    await expect(lm.generate(testRequest('q'), testCall())).rejects.toMatchObject({
      code: 'lm-bad-response',
      message: expect.stringContaining(`redirects to http://127.0.0.1:${target.port}`),
      facts: { isRedirect: true },
    })
    expect(target.raw).toHaveLength(0)
    await target.close()
  })

  it('asks fetch to keep cookies and referrer out', async () => {
    const seen: RequestInit[] = []
    const lm = connect('https://api.example.com/v1', {
      fetch: async (_url, init) => {
        seen.push(init)
        return Response.json({ choices: [{ message: { content: 'ok' } }] })
      },
    })
    await lm.generate(testRequest('q'), testCall())
    expect(seen[0]).toMatchObject({ method: 'POST', redirect: 'manual', credentials: 'omit', referrerPolicy: 'no-referrer' })
  })

  it.each([['not a url'], [''], ['ftp://a/v1'], ['https://user:secret@host/v1']])('refuses the base URL "%s" with a sentence', baseUrl => {
    expect(() => connect(baseUrl)).toThrow(EngineError)
  })
})

describe('wireChatRequest', () => {
  const wire = (request: ChatRequest) => wireChatRequest(request, blobReader(undefined))

  it('sends what is set and nothing else', async () => {
    expect(await wire(testRequest('q'))).toEqual({
      model: 'test-model',
      messages: [{ role: 'user', content: 'q' }],
      stream: false,
    })
    const settings = { temperature: 0, maxTokens: 100, topP: 0.9, stop: ['\n'], seed: 1, reasoningEffort: 'low' } as const
    expect(await wire(testRequest('q', { settings }))).toEqual({
      model: 'test-model',
      messages: [{ role: 'user', content: 'q' }],
      temperature: 0,
      max_tokens: 100,
      top_p: 0.9,
      stop: ['\n'],
      seed: 1,
      reasoning_effort: 'low',
      stream: false,
    })
  })

  it('speaks to reasoning models as they want it', async () => {
    const settings = { temperature: 0.7, topP: 0.9, maxTokens: 100, reasoningEffort: 'low' } as const
    expect(await wire(testRequest('q', { model: 'openai/gpt-5-mini', settings }))).toEqual({
      model: 'openai/gpt-5-mini',
      messages: [{ role: 'user', content: 'q' }],
      max_completion_tokens: 100,
      reasoning_effort: 'low',
      stream: false,
    })
  })

  it.each([
    ['o1', true],
    ['o1-mini', true],
    ['o3-2025-04-16', true],
    ['o4-mini', true],
    ['o5', true],
    ['openai/o3', true],
    ['gpt-5', true],
    ['gpt-5-mini', true],
    ['gpt-5.1', true],
    ['gpt-5-chat-latest', false],
    ['gpt-5.1-chat-latest', false],
    ['gpt-4o', false],
    ['gpt-50', false],
    ['o2', false],
    ['olmo-7b', false],
    ['o10', false],
  ])('knows whether %s reasons', (model, expected) => {
    expect(isReasoningModel(model)).toBe(expected)
  })

  it('asks for formats in the form of the API', async () => {
    expect((await wire(testRequest('q', { responseFormat: { type: 'json_object' } }))).response_format).toEqual({ type: 'json_object' })
    const schema = { type: 'object', properties: {} }
    expect((await wire(testRequest('q', { responseFormat: { type: 'json_schema', name: 'answer', schema } }))).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema, strict: true },
    })
  })
})

describe('what comes back', () => {
  it('is the text, why it ended, and the usage', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, prompt_tokens_details: { cached_tokens: 3 } }
    expect(await reply({ text: 'hello', usage })).toEqual({
      text: 'hello',
      finish: 'stop',
      usage: { inputTokens: 9, outputTokens: 4, cachedInputTokens: 3 },
      ms: 0,
      cached: false,
      attempts: 1,
    })
  })

  it('is estimated where usage is missing', async () => {
    expect((await reply({ text: 'hello', usage: null })).usage).toEqual({ inputTokens: 5, outputTokens: 2, estimated: true })
  })

  it('keeps the reason of a cut answer', async () => {
    expect(await reply({ text: 'half', finishReason: 'length' })).toMatchObject({ text: 'half', finish: 'length' })
    expect(await reply({ body: { choices: [{ message: { content: null }, finish_reason: 'length' }] } })).toMatchObject({
      text: '',
      finish: 'length',
    })
  })

  it('joins the parts of a list', async () => {
    expect(
      (
        await reply({
          body: { choices: [{ message: { content: [{ type: 'thinking' }, { type: 'text', text: 'a' }, { type: 'text', text: 'b' }] } }] },
        })
      ).text,
    ).toBe('ab')
  })

  it('ignores an error that is none', async () => {
    expect((await reply({ body: { error: null, choices: [{ message: { content: 'fine' } }] } })).text).toBe('fine')
  })

  it.each([
    ['an error inside a success', { body: { error: { message: 'Provider returned error', code: 502 } } }, 'lm-server', true],
    [
      'an error inside a choice',
      { body: { choices: [{ error: { message: 'Slow down', code: 429 }, message: { content: '' } }] } },
      'lm-rate-limit',
      true,
    ],
    ['a web page', { body: '<!doctype html><title>Sign in</title>' }, 'lm-bad-response', true],
    ['half a JSON', { body: '{"choices":[{"mess' }, 'lm-bad-response', true],
    ['nothing', { body: '' }, 'lm-bad-response', true],
    ['no choices', { body: { choices: [] } }, 'lm-bad-response', true],
    ['a choice without a message', { body: { choices: [{ text: 'old' }] } }, 'lm-bad-response', true],
    ['a filtered answer', { text: '', finishReason: 'content_filter' }, 'lm-content-filter', false],
    ['a refusal', { body: { choices: [{ message: { content: null, refusal: 'I cannot.' } }] } }, 'lm-content-filter', false],
    [
      'no money',
      { status: 429, body: { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } } },
      'lm-quota',
      false,
    ],
    ['a busy server', { status: 503, body: 'upstream timed out' }, 'lm-server', true],
    ['an unknown model', { status: 404, body: { error: { message: 'no', code: 'model_not_found' } } }, 'lm-model-not-found', false],
  ] as const)('becomes an error for %s', async (_name, answer, code, isRetryable) => {
    await expect(reply(answer)).rejects.toMatchObject({ code, facts: { isRetryable } })
  })

  it('carries Retry-After', async () => {
    const lm = await against({ faults: { rateLimit: 1, retryAfterSeconds: 3 } })
    await expect(lm.generate(testRequest('q'), testCall())).rejects.toMatchObject({
      code: 'lm-rate-limit',
      facts: { status: 429, retryAfterMs: 3000, isRetryable: true },
    })
  })

  it('is a network error when the connection is cut, and when nobody is there', async () => {
    const lm = await against({ faults: { cut: 1 } })
    await expect(lm.generate(testRequest('q'), testCall())).rejects.toMatchObject({ code: 'lm-network', facts: { isRetryable: true } })
    await server?.close()
    await expect(lm.generate(testRequest('q'), testCall())).rejects.toMatchObject({
      code: 'lm-network',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('is the reason of the abort when the caller gives up', async () => {
    const lm = await against({ faults: { stall: 1 } })
    const controller = new AbortController()
    const asked = lm.generate(testRequest('q'), testCall({ signal: controller.signal }))
    setTimeout(() => controller.abort(new EngineError('run-cancelled', 'Cancelled.')), 30)
    await expect(asked).rejects.toMatchObject({ code: 'run-cancelled' })
  })

  it('never shows the key', async () => {
    const lm = await against({ requireKey: 'another', answer: () => 'x' }, 'my-secret-key-wxyz')
    const error = await lm.generate(testRequest('q'), testCall()).catch(caught => caught)
    expect(error).toMatchObject({ code: 'lm-auth' })
    expect(JSON.stringify([error.message, error.facts])).not.toMatch(/my-secret|wxyz/)
  })

  it('says what a refusal teaches, keeps nothing itself, and writes requests as it is told', async () => {
    const lm = await against({
      answer: request =>
        request.body['response_format']
          ? { status: 400, body: { error: { message: 'This model does not support response format `json_schema`.' } } }
          : 'plain',
    })
    const responseFormat = { type: 'json_schema', name: 'a', schema: {} } as const
    for (let time = 0; time < 2; time++)
      await expect(lm.generate(testRequest('q', { responseFormat }), testCall())).rejects.toMatchObject({
        code: 'lm-bad-request',
        facts: { unsupported: 'response_format', learned: ['json_schema'], isRetryable: true },
      })
    expect(lm.capabilities.responseFormats).toEqual(['json_schema', 'json_object'])
    const refused = ['json_schema', 'json_object'] as const
    expect((await lm.generate(testRequest('q', { responseFormat }), testCall({ refused }))).text).toBe('plain')
  })

  it('is an answer or an error of ours, whatever the body', async () => {
    let body = ''
    let status = 200
    const lm = connect('https://api.example.com/v1', {
      fetch: async () => new Response(body, { status, headers: { 'content-type': 'application/json' } }),
    })
    const shape = fc.jsonValue().map(value => ({ choices: [{ message: { content: value }, finish_reason: value }], usage: value }))
    const good = JSON.stringify({ choices: [{ message: { content: 'text' } }], usage: { prompt_tokens: 1 } })
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      shape.map(value => JSON.stringify(value)),
      fc.integer({ min: 0, max: good.length }).map(length => good.slice(0, length)),
    )
    await fc.assert(
      fc.asyncProperty(bodies, fc.constantFrom(200, 200, 200, 400, 429, 500), async (given, code) => {
        body = given
        status = code
        const result = await lm.generate(testRequest('q'), testCall()).catch(error => error)
        expect(result instanceof EngineError || typeof result.text === 'string').toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
