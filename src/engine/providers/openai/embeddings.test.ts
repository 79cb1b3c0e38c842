import { afterEach, describe, expect, it } from 'vitest'
import { fakeVector } from '../../../../e2e/fake-embeddings'
import { startFakeOpenAi, type FakeOpenAi, type FakeOpenAiOptions, type FakeReply } from '../../../../e2e/fake-openai'
import { embedRequest } from '../../lm/embed-request'
import { manualClock } from '@/testing/manual-clock'
import { testCall } from '@/testing/test-call'
import { decodeVectors } from '../../lm/vectors'
import { openAiCompatible } from './openai-compatible'
import { sandboxLm } from '../sandbox/sandbox-lm'
import { createTransport } from './transport'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const clock = manualClock()
const request = embedRequest('embed-1', ['one red apple', 'two'])

async function ask(options: FakeOpenAiOptions) {
  server = await startFakeOpenAi(options)
  const transport = createTransport({
    baseUrl: server.url,
    fetch: globalThis.fetch,
    clock,
    authorize: async () => 'sk-1',
    model: 'embed-1',
  })
  return openAiCompatible(transport, clock).generate(request, testCall({ purpose: 'embed' }))
}

const refused = (reply: FakeReply) => ask({ embed: () => reply }).catch((error: unknown) => error)
const data = (...vectors: readonly unknown[]): FakeReply => ({ body: { data: vectors.map((embedding, index) => ({ index, embedding })) } })

describe('embeddings over HTTP', () => {
  it('are asked for as numbers, in one request, with the headers of any other', async () => {
    const response = await ask({})
    expect(server?.requests.map(({ path, body }) => ({ path, body }))).toEqual([
      { path: '/v1/embeddings', body: { model: 'embed-1', input: ['one red apple', 'two'], encoding_format: 'float' } },
    ])
    expect(server?.raw[0]?.headers['authorization']).toBe('Bearer sk-1')
    expect(Object.keys(server?.raw[0]?.headers ?? {}).filter(name => name.startsWith('x-'))).toEqual([])
    expect(decodeVectors(response.vectors)).toEqual([Float32Array.from(fakeVector('one red apple')), Float32Array.from(fakeVector('two'))])
  })

  it('take tokens in, and none out', async () => {
    expect((await ask({})).usage).toEqual({ inputTokens: 5, outputTokens: 0 })
    await server?.close()
    expect((await ask({ embed: () => data([1], [2]) })).usage).toMatchObject({ outputTokens: 0, estimated: true })
  })

  it('stand in the order of the texts, whatever the order of the answer', async () => {
    const body = {
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: [1] },
      ],
    }
    expect(decodeVectors((await ask({ embed: () => ({ body }) })).vectors)).toEqual([Float32Array.of(1), Float32Array.of(2)])
  })

  it.each([
    ['too few', data([1, 2]), /returned 1 vector for 2 texts/],
    ['too many', data([1], [2], [3]), /returned 3 vectors for 2 texts/],
    ['of two lengths', data([1, 2], [1]), /not lists of numbers of one length/],
    ['empty', data([], []), /not lists of numbers/],
    ['no numbers', data('AAAA', 'BBBB'), /not lists of numbers/],
    ['no list', { body: { object: 'list' } }, /not a list of embeddings: it has no list of them.*lexical/],
    ['a chat completion', { text: 'Hello' }, /not a list of embeddings: it has no list of them.*lexical/],
  ])('are refused when they are %s, and not asked for again', async (_title, reply, message) => {
    expect(await refused(reply)).toMatchObject({
      code: 'lm-bad-response',
      message: expect.stringMatching(message),
      facts: { isRetryable: false },
    })
  })

  it('may be asked for again when the answer was garbage', async () => {
    expect(await refused({ body: '{"data": [{"emb' })).toMatchObject({ code: 'lm-bad-response', facts: { isRetryable: true } })
  })

  it('say what to do where there are none', async () => {
    const said = { error: { message: 'Unknown request URL.', code: 'unknown_url' } }
    const error = await refused({ status: 404, body: said })
    expect(error).toMatchObject({
      code: 'lm-bad-request',
      message: expect.stringMatching(/makes no embeddings with "embed-1".*lexical.*It said: Unknown/),
    })
    await server?.close()
    expect(await refused({ status: 429, body: { error: { message: 'Slow down.' } } })).toMatchObject({ code: 'lm-rate-limit' })
    await server?.close()
    expect(await refused({ body: { error: { message: 'no such model', code: 'model_not_found' } } })).toMatchObject({
      code: 'lm-model-not-found',
    })
  })

  it('are nothing the Sandbox makes', async () => {
    const error = await sandboxLm()
      .generate(request, testCall())
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'lm-bad-request', message: expect.stringContaining('lexical'), facts: { isRetryable: false } })
  })
})
