import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../../e2e/fake-openai'
import { pythonRandom } from '@/lib/rng'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { twoSteps } from '@/testing/toy-programs'
import { finish, start, toyEmbedder, toyModel, toyRun, type ToyRun } from '@/testing/toy-run'
import { startToyServer } from '@/testing/toy-server'
import { poolRequests } from '../modules/embedded-demos'
import { estimateRun } from './plan/estimate'
import type { JournalEvent } from '../record/events'

const train = 40
const val = 9
const params = { k: 2, vectorizer: 'embedding' }
const withEmbedder = { task: toyModel, prompt: toyModel, embedding: toyEmbedder, overrides: {} }

let server: FakeOpenAi
beforeAll(async () => {
  server = await startToyServer({ latencyMs: 1 })
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const knn = (changes: Parameters<typeof toyRun>[0] = {}): ToyRun =>
  overHttp(
    toyRun({ program: twoSteps(), optimizer: { id: 'knn-few-shot', params }, models: withEmbedder, train, val, ...changes }),
    server.url,
  )
const sent = (path: string): number => server.requests.filter(request => request.path === path).length
const embeddingsPath = '/v1/embeddings'

describe('nearest-neighbour few-shot by embeddings over HTTP', () => {
  it('asks for each pool once and for the inputs of each call, as the estimate says', async () => {
    const run = knn()
    const disk = memoryDisk()
    const outcome = await finish(run, httpPorts({ disk }))
    expect(outcome).toMatchObject({ status: 'done' })
    const state = outcome.result?.best?.state ?? {}
    expect(Object.values(state).map(({ nearest }) => nearest)).toEqual([
      { k: 2, embedder: 'toy-embedder' },
      { k: 2, embedder: 'toy-embedder' },
    ])

    const pools = Object.values(state).reduce((sum, { demos }) => sum + poolRequests(demos.length), 0)
    const asked = [...disk.runCalls.values()].filter(call => call.purpose === 'embed')
    expect(asked).toHaveLength(sent(embeddingsPath))
    expect(new Set(asked.map(({ role }) => role))).toEqual(new Set(['embedding']))
    const { graph, state: student } = run.spec
    const plan = estimateRun({ kind: 'compile', graph, state: student, train, val, optimizer: { id: 'knn-few-shot', params } })
    const embeddings = plan.calls.find(({ purpose }) => purpose === 'embed')
    expect(embeddings?.expected).toBe(2 * poolRequests(train) + 2 * val)
    expect(sent(embeddingsPath)).toBeLessThanOrEqual(embeddings?.high ?? 0)
    // Every text of the first step is another; those of the second repeat, and are not paid for twice.
    expect(sent(embeddingsPath)).toBeGreaterThanOrEqual(pools + val)

    const spans = [...disk.rollouts.values()].filter(({ purpose }) => purpose === 'evaluate').flatMap(({ rollout }) => rollout.trace)
    const final = spans.filter(({ calls }) => calls.some(({ format }) => format === 'embedding'))
    expect(final).toHaveLength(2 * val)
    for (const { calls } of final) expect(calls.map(({ format }) => format)).toEqual(['embedding', 'chat'])

    const cost = [...disk.runCalls.values()].reduce((sum, call) => sum + (call.cost ?? 0), 0)
    expect(outcome.totals.cost).toBeCloseTo(cost, 9)
    const embedded = asked.filter(call => !call.cached)
    expect(embedded.every(({ usage, cost: own }) => own === (usage.inputTokens * 0.1) / 1e6 && usage.outputTokens === 0)).toBe(true)
  })

  it('tells the same story at concurrency 1 and 16, and replays it without a request', async () => {
    const disk = memoryDisk()
    const whole = await finish(knn({ concurrency: 1 }), httpPorts({ disk }))
    const wide = await finish(knn({ concurrency: 16 }), httpPorts())
    expect(wide.digest).toBe(whole.digest)
    const events: readonly JournalEvent[] = [...disk.events]
    server.reset()
    const again = await finish(knn({ concurrency: 8 }), { ...httpPorts({ disk }), offline: true })
    expect(server.count).toBe(0)
    expect(again).toMatchObject({ status: 'done', digest: whole.digest })
    expect(again.divergence).toBeUndefined()
    expect(disk.events).toEqual(events)
  })

  it('ends as if nothing had happened after being killed in the middle of embeddings', async () => {
    const whole = await finish(knn(), httpPorts())
    const rng = pythonRandom('embed kills')
    const calls = server.count
    const firstEmbedding = server.requests.findIndex(({ path }) => path === embeddingsPath)
    expect(firstEmbedding).toBeGreaterThan(0)
    for (let attempt = 0; attempt < 4; attempt++) {
      server.reset()
      const disk = memoryDisk()
      const point = rng.randint(firstEmbedding, calls - 2)
      await untilKilled(knn(), disk, point)
      const onDisk = disk.calls.size
      const before = server.count
      const outcome = await finish(knn(), httpPorts({ disk }))
      const about = `killed after ${point} of ${calls} requests`
      expect({ about, digest: outcome.digest, divergence: outcome.divergence }).toEqual({
        about,
        digest: whole.digest,
        divergence: undefined,
      })
      expect(server.count - before).toBe(disk.calls.size - onDisk)
    }
  })

  it('goes on picking by embeddings when what was compiled is evaluated', async () => {
    const compiled = await finish(knn(), httpPorts())
    const best = compiled.result?.best
    const { spec, data } = knn()
    const { embedding: embedder, ...models } = spec.models
    const evaluation = (overrides: ToyRun['spec']['models']['overrides']): ToyRun => ({
      spec: { ...spec, kind: 'evaluate', state: best?.state ?? {}, models: { ...models, overrides } },
      data: { ...data, train: [] },
    })
    if (!embedder) throw new Error('an embedder')
    server.reset()
    const { spec: evaluated } = evaluation({ [embedder.id]: embedder })
    const outcome = await finish(evaluation({ [embedder.id]: embedder }), httpPorts())
    expect(outcome.result?.best?.summary.mean).toBe(best?.summary.mean)
    expect(sent(embeddingsPath)).toBeGreaterThan(val)
    const plan = estimateRun({ kind: 'evaluate', graph: evaluated.graph, state: evaluated.state, train: 0, val })
    expect(outcome.totals.answered).toBe(plan.total.expected)

    const gone = await finish(evaluation({}), httpPorts())
    expect(gone).toMatchObject({ status: 'failed', sentence: expect.stringContaining('toy-embedder') })
  })

  it('ends with the reason when the endpoint makes no embeddings, before a row is lost to it', async () => {
    const chatOnly = await startToyServer({ embed: () => ({ status: 404, body: { error: { message: 'Unknown request URL.' } } }) })
    try {
      const run = overHttp(toyRun({ optimizer: { id: 'knn-few-shot', params }, models: withEmbedder }), chatOnly.url)
      const handle = start(run, httpPorts())
      const outcome = await handle.done
      expect(outcome).toMatchObject({ status: 'failed', error: { code: 'lm-bad-request' } })
      expect(outcome.sentence).toMatch(/makes no embeddings with "toy-embed-1"/)
      const final = handle.batches.flatMap(({ rollouts }) => rollouts).filter(({ stage }) => stage === 'final')
      expect(final).toEqual([])
    } finally {
      await chatOnly.close()
    }
  })
})

describe('a compile by embeddings', () => {
  it.each([
    ['none is chosen', undefined, /choose one in Models, or set the vectorizer to "lexical"/],
    ['the Sandbox is', { ...toyEmbedder, provider: 'sandbox' as const }, /Sandbox makes no embeddings.*lexical/],
  ])('does not start where %s for it', async (_title, embedding, message) => {
    const models = { task: toyModel, prompt: toyModel, ...(embedding && { embedding }), overrides: {} }
    const lm = simulatedLm()
    const outcome = await finish(toyRun({ optimizer: { id: 'knn-few-shot', params }, models }), memoryPorts({ lm }))
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'params-invalid' }, sentence: expect.stringMatching(message) })
    expect(lm.count).toBe(0)
  })
})

/** Lets a run go until so many requests have been sent; then nothing of it reaches the disk any more. */
async function untilKilled(run: ToyRun, disk: MemoryDisk, point: number): Promise<void> {
  let isDead = false
  const ports = { ...memoryPorts({ lm: simulatedLm(), disk, isDead: () => isDead }), connect: httpPorts().connect }
  const handle = start(run, ports)
  while (server.count < point) await new Promise(resolve => setTimeout(resolve, 1))
  isDead = true
  handle.command('cancel')
  await new Promise(resolve => setTimeout(resolve, 20))
}
