import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fastClock } from '@/testing/fast-clock'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { optimizerParams } from '@/testing/optimizer-params'
import { simulatedLm } from '@/testing/simulated-lm'
import { oneStep, toyRows, twoSteps } from '@/testing/toy-programs'
import { start, toyModel, toyRun } from '@/testing/toy-run'
import { sha256Hex } from '@/lib/hash'
import { EngineError } from '../base/errors'
import type { CallTotals } from '../record/events'
import { costOf } from '../lm/sending/budget'
import type { Lm, ModelSpec } from '../lm/lm'
import { chatOf } from '@/testing/chat-of'
import { noTotals } from '../record/totals'

/** What the providers saw and what they would bill. */
interface Seen {
  requests: number
  failed: number
  answered: number
  inputTokens: number
  outputTokens: number
  cost: number
}

interface Provider {
  readonly seen: Seen
  /** The same of the judge alone. */
  readonly judged: Seen
  /** Called before each request is looked at. */
  onRequest: () => void
  connect(model: ModelSpec): Lm
}

/** Providers that count. Which requests fail, how often and for good or not, depends on the request and `seed` alone. */
function providers(seed: number, failing: number): Provider {
  const nothing: Seen = { requests: 0, failed: 0, answered: 0, inputTokens: 0, outputTokens: 0, cost: 0 }
  const [seen, judged] = [{ ...nothing }, { ...nothing }]
  const times = new Map<string, number>()
  const provider: Provider = {
    seen,
    judged,
    onRequest: () => undefined,
    connect(model) {
      const inner = simulatedLm({ latencyMs: 3 })
      const books = model.id === judge.id ? [seen, judged] : [seen]
      return {
        ...inner,
        async generate(request, call) {
          for (const book of books) book.requests += 1
          provider.onRequest()
          const key = `${seed} ${model.id} ${JSON.stringify(chatOf(request).messages)} ${call.rollout}`
          const count = (times.get(key) ?? 0) + 1
          times.set(key, count)
          const draw = Number.parseInt(sha256Hex(key).slice(0, 6), 16) / 2 ** 24
          if (draw < failing / 2 || (draw < failing && count <= 2)) {
            await new Promise(resolve => setTimeout(resolve, 1))
            for (const book of books) book.failed += 1
            throw draw < failing / 4
              ? new EngineError('lm-bad-request', 'No such thing.', { isRetryable: false })
              : new EngineError('lm-server', 'Down.', { isRetryable: true, retryAfterMs: 1 })
          }
          const response = await inner.generate(request, call)
          const { inputTokens, outputTokens } = response.usage
          for (const book of books) {
            book.answered += 1
            book.inputTokens += inputTokens
            book.outputTokens += outputTokens
            book.cost += model.price ? costOf(model.price, inputTokens, outputTokens) : 0
          }
          return response
        },
      }
    },
  }
  return provider
}

const task = { ...toyModel, id: 'task', baseUrl: 'https://one.example/v1', price: { input: 1, output: 2 } }
const dear = { ...toyModel, id: 'dear', baseUrl: 'https://two.example/v1', price: { input: 40, output: 80 } }
/** The task model once more under another id: its requests are the same. */
const twin = { ...task, id: 'twin' }
const judge = { ...dear, id: 'judge', model: 'toy-judge' }

function totalsOf({ requests, failed, answered, inputTokens, outputTokens, cost }: Seen) {
  return { calls: requests, failedCalls: failed, paid: answered, inputTokens, outputTokens, cost: expect.closeTo(cost, 9) }
}

function told({ calls, failedCalls, answered, cachedCalls, inputTokens, outputTokens, cost }: CallTotals) {
  return { calls, failedCalls, paid: answered - cachedCalls, inputTokens, outputTokens, cost }
}

const runs = fc.record({
  optimizer: fc.constantFrom('labeled-few-shot', 'bootstrap-few-shot', 'bootstrap-few-shot-random-search', 'simba', 'infer-rules'),
  steps: fc.constantFrom(1, 2),
  /** Distinct rows of the val split, and how often each stands in it. */
  rows: fc.integer({ min: 2, max: 5 }),
  copies: fc.integer({ min: 1, max: 4 }),
  concurrency: fc.constantFrom(1, 4, 64),
  failing: fc.constantFrom(0, 0.3, 0.7),
  seed: fc.nat({ max: 999 }),
  teacher: fc.constantFrom(dear, twin),
  isJudged: fc.boolean(),
  stops: fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 2 }),
})

describe('the tallies of a run', () => {
  it(
    'are what the providers saw: over shared requests, retries, failures for good, stops and resumes, and a replay adds nothing',
    {
      timeout: 240_000,
    },
    async () => {
      const property = fc.asyncProperty(runs, async given => {
        const { optimizer, steps, rows, copies, concurrency, failing, seed, teacher, isJudged, stops } = given
        const [params] = fc.sample(optimizerParams[optimizer] ?? fc.constant({}), { numRuns: 1, seed })
        const { spec, data } = toyRun({
          program: steps === 1 ? oneStep() : twoSteps(),
          optimizer: { id: optimizer, params: params ?? {} },
          models: { task, prompt: dear, teacher, judge, overrides: {} },
          ...(isJudged && { metric: { kind: 'rubric-judge', params: {} } }),
          callKeys: { version: 2 },
          concurrency,
          maxErrors: 1000,
          train: 5,
        })
        const val = toyRows(rows, 1000).flatMap(row => Array.from({ length: copies }, (_, n) => ({ ...row, id: `${row.id} ${n}` })))
        const run = { spec, data: { ...data, val } }
        const disk = memoryDisk()
        const provider = providers(seed, failing)
        const clock = fastClock(40)
        let isWhole = false
        for (const stop of [...stops, Infinity]) {
          const handle = start(run, { ...memoryPorts({ lm: simulatedLm(), disk, clock }), connect: provider.connect })
          let count = 0
          provider.onRequest = () => {
            count += 1
            if (count === stop) handle.command('stop')
          }
          const { status, totals } = await handle.done
          // Requests that were given up with the run may still come to an end over there.
          isWhole = status === 'done'
          await new Promise(resolve => setTimeout(resolve, isWhole ? 0 : 8))
          expect(totals.calls).toBe(provider.seen.requests)
          const isUndisturbed = isWhole && stops.length === 0
          expect(told(totals)).toEqual(isUndisturbed ? totalsOf(provider.seen) : told(totals))
          const ofJudge = told(totals.judge ?? noTotals)
          expect(ofJudge).toEqual(isUndisturbed ? totalsOf(provider.judged) : ofJudge)
          if (isWhole) break
        }
        const { requests } = provider.seen
        const before = disk.totals
        const again = await start(run, { ...memoryPorts({ lm: simulatedLm(), disk, offline: true, clock }), connect: provider.connect })
          .done
        expect(provider.seen.requests).toBe(requests)
        expect(again.divergence).toBeUndefined()
        expect(again.totals).toEqual(before)
        // Each answer and each failure stands in the record once, with the bill at the answer that was paid.
        const records = [...disk.runCalls.values()]
        const paid = records.filter(record => !record.cached && record.error === undefined)
        // An answer that came in the moment of a stop is found again as a stored one.
        expect(paid.length).toBeLessThanOrEqual(disk.calls.size)
        if (stops.length > 0) return
        expect(paid.length).toBe(disk.calls.size)
        expect(paid.length).toBe(provider.seen.answered)
        expect(records.reduce((sum, record) => sum + record.failedAttempts, 0)).toBe(provider.seen.failed)
        expect(paid.reduce((sum, record) => sum + (record.cost ?? NaN), 0)).toBeCloseTo(provider.seen.cost, 9)
      })
      await fc.assert(property, { numRuns: Number(process.env['TALLY_RUNS'] ?? 40), seed: Number(process.env['TALLY_SEED'] ?? 3) })
    },
  )

  it('count four equal rows whose one request fails as one failed request', async () => {
    const { spec } = toyRun({ kind: 'evaluate' })
    const [row] = toyRows(1)
    if (!row) throw new Error('no row')
    const val = [1, 2, 3, 4].map(n => ({ ...row, id: `row ${n}` }))
    const lm: Lm = {
      ...simulatedLm(),
      generate: () => Promise.reject(new EngineError('lm-server', 'Down.', { isRetryable: false })),
    }
    const disk = memoryDisk()
    const { totals } = await start({ spec, data: { train: [], val } }, memoryPorts({ lm, disk })).done
    expect(totals).toMatchObject({ calls: 1, failedCalls: 1, answered: 0 })
    expect([...disk.runCalls.values()]).toMatchObject([{ attempts: 1, failedAttempts: 1, error: { code: 'lm-server' } }])
  })
})
