import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hash, type FakeOpenAi, type FakeRequest } from '../../../e2e/fake-openai'
import { fastClock } from '@/testing/fast-clock'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk } from '@/testing/memory-ports'
import { oneStep, toyRows } from '@/testing/toy-programs'
import { finish, toyRun } from '@/testing/toy-run'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

const rowCount = 2000
const seed = 11
const run = toyRun({ kind: 'evaluate', program: oneStep(), concurrency: 32, maxErrors: rowCount })
const data = { train: [], val: toyRows(rowCount) }

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => void process.off('unhandledRejection', note))

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** One row in fifty never gets an answer, each in one of three ways. */
function doomed(text: string): 'server-error' | 'garbage' | 'stall' | undefined {
  const draw = hash(`doomed ${text}`) % 150
  return draw === 0 ? 'server-error' : draw === 1 ? 'garbage' : draw === 2 ? 'stall' : undefined
}

async function answer(request: FakeRequest) {
  const text = /^\[\[ ## text ## \]\]\n(.*)$/m.exec(request.messages.at(-1)?.content ?? '')?.[1] ?? ''
  const fate = doomed(text)
  if (fate === 'server-error') return { status: 500, body: { error: { message: 'Always like this.' } } }
  if (fate === 'garbage') return { body: 'no JSON at all' }
  if (fate === 'stall') return new Promise<never>(() => undefined)
  return toyAnswer(request)
}

describe('an evaluation of 2,000 rows at a bad provider', () => {
  it(
    `scores every row that has an answer as if nothing had failed, and lists the others (seed ${seed})`,
    { timeout: 120_000 },
    async () => {
      const calm = await startToyServer()
      const good = memoryDisk()
      await finish({ ...overHttp(run, calm.url), data }, httpPorts({ disk: good }))
      await calm.close()
      const scoreOf = new Map([...good.rollouts.values()].map(({ rollout }) => [rollout.exampleId, rollout.score]))
      expect(scoreOf.size).toBe(rowCount)

      // Each 429, 500, cut connection, garbage and stall takes a twentieth of all requests.
      server = await startToyServer({
        answer,
        faults: { seed, rateLimit: 0.05, retryAfterSeconds: 1, serverError: 0.05, cut: 0.05, garbage: 0.05, stall: 0.05 },
      })
      const disk = memoryDisk()
      const ports = { ...httpPorts({ disk, clock: fastClock(100) }), timeoutMs: 30_000 }
      const outcome = await finish({ ...overHttp(run, server.url), data }, ports)

      expect(outcome.status).toBe('done')
      const lost = data.val.filter(row => doomed(String(row.inputs['text']))).map(row => row.id)
      expect(lost.length).toBeGreaterThan(20)
      const rollouts = [...disk.rollouts.values()].map(({ rollout }) => rollout)
      expect(rollouts).toHaveLength(rowCount)
      expect(rollouts.filter(({ score }) => score === null).map(({ exampleId }) => exampleId)).toEqual(expect.arrayContaining(lost))
      const failed = rollouts.filter(({ error }) => error)
      expect(failed.map(({ exampleId }) => exampleId).sort()).toEqual([...lost].sort())
      expect(new Set(failed.map(({ error }) => error?.code))).toEqual(new Set(['lm-server', 'lm-bad-response', 'lm-timeout']))
      const summary = outcome.result?.best?.summary
      expect(summary).toMatchObject({ count: rowCount - lost.length, unscored: lost.length, errors: 0 })
      expect(outcome.sentence).toContain(`${lost.length} rows without a score are left out`)

      const unaffected = data.val.filter(row => !lost.includes(row.id))
      const scored = rollouts.filter(({ score }) => score !== null)
      expect(scored.filter(({ exampleId, score }) => score !== scoreOf.get(exampleId))).toEqual([])
      expect(summary?.mean).toBe(unaffected.reduce((sum, row) => sum + (scoreOf.get(row.id) ?? 0), 0) / unaffected.length)

      const outcomes = new Map<string, number>()
      for (const request of server.requests) outcomes.set(request.outcome, (outcomes.get(request.outcome) ?? 0) + 1)
      for (const fault of ['rate-limit', 'server-error', 'cut', 'garbage', 'stall']) {
        expect({ fault, share: (outcomes.get(fault) ?? 0) / server.count }).toEqual({ fault, share: expect.closeTo(0.05, 1) })
        expect(outcomes.get(fault)).toBeGreaterThan(80)
      }
      expect(outcome.totals.calls).toBe(server.count)
      expect(outcome.totals.failedCalls).toBe(server.count - unaffected.length)
      await new Promise(resolve => setTimeout(resolve, 50))
      expect(unhandled).toEqual([])
    },
  )

  it('ends at once, without a score, when more rows fail than it allows', { timeout: 60_000 }, async () => {
    server = await startToyServer({ answer: () => ({ status: 500, body: { error: { message: 'Down.' } } }) })
    const outcome = await finish(
      { ...overHttp({ ...run, spec: { ...run.spec, maxErrors: 10 } }, server.url), data },
      httpPorts({ clock: fastClock(100) }),
    )
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'too-many-errors' } })
    expect(outcome.result?.best).toBeUndefined()
    // 32 rows at once, six attempts each, and a second round at most.
    expect(server.count).toBeLessThanOrEqual(2 * 32 * 6)
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(unhandled).toEqual([])
  })
})
