import { afterEach, describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { systemClock } from '@/lib/system-clock'
import { startFakeOpenAi, type FakeOpenAi, type FakeOpenAiOptions } from '../../../e2e/fake-openai'
import { createBudget } from '../lm/sending/budget'
import { createConnector } from './connect'
import type { ModelSpec } from '../lm/lm'
import { lmStack } from '../lm/sending/stack'
import { memoryCalls, testCall, testRequest } from '@/testing/test-call'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function setUp(options: FakeOpenAiOptions, limits?: ModelSpec['limits']) {
  server = await startFakeOpenAi(options)
  const model: ModelSpec = {
    id: 'm',
    label: 'Fake',
    provider: 'openai-compatible',
    model: 'fake-model',
    baseUrl: server.url,
    settings: {},
    ...(limits ? { limits } : {}),
  }
  const connector = createConnector({ fetch: globalThis.fetch, clock: systemClock, authorize: async () => undefined })
  const calls = memoryCalls()
  const budget = createBudget({}, systemClock)
  const lm = lmStack({ connect: connector(model), calls, budget, clock: systemClock, rng: { random: () => pythonRandom(1).random() / 50 } })
  return { model, connector, lm, budget, calls }
}

describe('createConnector', () => {
  it('shares one queue between all users of a model at an address', async () => {
    const { model, connector } = await setUp({ latencyMs: 5 }, { concurrency: 3 })
    const [first, second] = [
      connector(model),
      connector({ ...model, id: 'other', label: 'Same model, set up twice', baseUrl: `${model.baseUrl}/` }),
    ]
    await Promise.all(
      [first, second].flatMap(lm => Array.from({ length: 12 }, (_, index) => lm.generate(testRequest(`${index}`), testCall()))),
    )
    expect(server?.count).toBe(24)
    expect(server?.peak).toBe(3)
    expect(connector({ ...model, model: 'other' })).not.toBe(first)
  })

  it('reaches the concurrency a user set at once', async () => {
    const { lm } = await setUp({ latencyMs: 50 }, { concurrency: 32 })
    await Promise.all(Array.from({ length: 32 }, (_, index) => lm.generate(testRequest(`${index}`), testCall())))
    expect(server?.peak).toBe(32)
  })

  it('leaves out a temperature that the model refuses, once it has said so', async () => {
    const { lm } = await setUp({
      answer: ({ body }) =>
        body['temperature'] === undefined
          ? 'fine'
          : {
              status: 400,
              body: {
                error: { message: "Unsupported value: 'temperature' does not support 1 with this model.", code: 'unsupported_value' },
              },
            },
    })
    const warm = (question: string) => ({ ...testRequest(question), settings: { temperature: 1, maxTokens: 20 } })
    const first = await lm.generate(warm('one'), testCall())
    expect(first).toMatchObject({ text: 'fine', attempts: 2, failedAttempts: 1 })
    // Other samples of the same request are other requests all the same.
    for (const rollout of [1, 2]) await lm.generate(warm('one'), testCall({ rollout }))
    expect(server?.requests.map(({ body }) => [body['temperature'], body['max_tokens']])).toEqual([
      [1, 20],
      [undefined, 20],
      [undefined, 20],
      [undefined, 20],
    ])
  })

  it('gives up where a model goes on refusing what is not sent any more', async () => {
    const { lm } = await setUp({
      answer: () => ({ status: 400, body: { error: { message: "Unsupported parameter: 'temperature'.", code: 'unsupported_parameter' } } }),
    })
    const request = { ...testRequest('one'), settings: { temperature: 1 } }
    await expect(lm.generate(request, testCall())).rejects.toMatchObject({ code: 'lm-bad-request', facts: { attempts: 2 } })
    expect(server?.count).toBe(2)
  })

  it('passes on the refusal of a limit that is refused by both names', async () => {
    const { lm } = await setUp({
      answer: ({ body }) => ({
        status: 400,
        body: { error: { message: `Unsupported parameter: '${'max_tokens' in body ? 'max_tokens' : 'max_completion_tokens'}'.` } },
      }),
    })
    const request = { ...testRequest('one'), settings: { maxTokens: 20 } }
    await expect(lm.generate(request, testCall())).rejects.toMatchObject({ code: 'lm-bad-request', facts: { attempts: 3 } })
    expect(server?.requests.map(({ body }) => [body['max_tokens'], body['max_completion_tokens']])).toEqual([
      [20, undefined],
      [undefined, 20],
      [20, undefined],
    ])
  })

  it('keeps to the connections a browser opens over plain HTTP, whatever the user set', async () => {
    const { model } = await setUp({ latencyMs: 5 }, { concurrency: 64 })
    const connect = createConnector({
      fetch: globalThis.fetch,
      clock: systemClock,
      authorize: async () => undefined,
      plainHttpConnections: 6,
    })
    await Promise.all(Array.from({ length: 24 }, (_, index) => connect(model).generate(testRequest(`${index}`), testCall())))
    expect(server?.peak).toBe(6)
  })

  it('answers every call through a server that fails one request in three, and counts each request', async () => {
    const faults = { seed: 5, serverError: 0.1, cut: 0.1, garbage: 0.1, rateLimit: 0.03, retryAfterSeconds: 0 }
    const { lm, budget } = await setUp({ faults }, { concurrency: 16 })
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => lm.generate(testRequest(`question ${index}`), testCall())))
    const failed = server?.requests.filter(request => request.outcome !== 'answered').length ?? 0
    expect(failed).toBeGreaterThan(30)
    expect(server?.answered).toBe(200)
    expect(answers.reduce((sum, answer) => sum + answer.attempts, 0)).toBe(server?.count)
    expect(answers.reduce((sum, answer) => sum + (answer.failedAttempts ?? 0), 0)).toBe(failed)
    expect(budget.spent.calls).toBe(server?.count)
  })

  it('waits as long as Retry-After says, all calls together', async () => {
    const { lm } = await setUp({ faults: { seed: 1, rateLimit: 0.2, retryAfterSeconds: 1 } }, { concurrency: 8 })
    const startedAt = Date.now()
    await Promise.all(Array.from({ length: 10 }, (_, index) => lm.generate(testRequest(`${index}`), testCall())))
    const refused = server?.requests.filter(request => request.outcome === 'rate-limit') ?? []
    expect(refused.length).toBeGreaterThan(0)
    expect(Date.now() - startedAt).toBeGreaterThan(950)
    const firstRefusal = refused[0]?.at ?? 0
    const during = server?.requests.filter(request => request.at > firstRefusal + 50 && request.at < firstRefusal + 900) ?? []
    expect(during).toHaveLength(0)
  })
})
