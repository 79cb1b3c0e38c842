import { describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../../e2e/fake-openai'
import { pythonRandom, type Rng } from '@/lib/rng'
import { fastClock } from '@/testing/fast-clock'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk, realClock, type MemoryDisk } from '@/testing/memory-ports'
import { oneStep, toyRows } from '@/testing/toy-programs'
import { finish, toyRun, type ToyRun } from '@/testing/toy-run'
import { startToyServer, toyAnswer } from '@/testing/toy-server'
import type { RunOutcome } from './base/ports'
import type { Budget } from '../lm/spend'

const seed = 5
const maxTokens = 80
const price = { input: 0.5, output: 3 }
const base = toyRun({
  program: oneStep(),
  optimizer: {
    id: 'bootstrap-few-shot-random-search',
    params: { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 3 },
  },
})

interface Billed {
  readonly server: FakeOpenAi
  /** What this server would bill: the usage of every answer it gave. */
  readonly bill: { tokens: number; cost: number }
}

/** Answers after 0 to 15 ms with a usage that varies; a tenth of the requests are refused in a way worth trying again. */
async function startBilled(rng: Rng): Promise<Billed> {
  const bill = { tokens: 0, cost: 0 }
  const server = await startToyServer({
    log: false,
    faults: { seed: rng.randint(0, 1000), rateLimit: 0.05, retryAfterSeconds: 1, serverError: 0.05 },
    answer: async request => {
      await realClock.sleep(rng.random() * 15)
      const usage = { prompt_tokens: rng.randint(20, 200), completion_tokens: rng.randint(1, maxTokens) }
      bill.tokens += usage.prompt_tokens + usage.completion_tokens
      bill.cost += (usage.prompt_tokens * price.input + usage.completion_tokens * price.output) / 1e6
      return { text: await toyAnswer(request), usage }
    },
  })
  return { server, bill }
}

function runAt(url: string, concurrency: number, budget: Budget): ToyRun {
  return overHttp({ ...base, spec: { ...base.spec, concurrency, budget } }, url, { price, settings: { temperature: 0, maxTokens } })
}

interface CapCase {
  readonly what: string
  /** From the least that the run may begin with to almost all of what it takes. */
  readonly range: readonly [number, number]
  readonly budget: (amount: number) => Budget
  readonly used: (billed: Billed) => number
  readonly told: (outcome: RunOutcome) => number
}

const cases: readonly CapCase[] = [
  {
    what: 'calls',
    range: [24, 110],
    budget: amount => ({ maxCalls: Math.floor(amount) }),
    used: ({ server }) => server.count,
    told: ({ totals }) => totals.calls,
  },
  {
    what: 'tokens',
    range: [9_000, 14_000],
    budget: amount => ({ maxTokens: Math.floor(amount) }),
    used: ({ bill }) => bill.tokens,
    told: ({ totals }) => totals.inputTokens + totals.outputTokens,
  },
  {
    what: 'money',
    range: [0.006, 0.014],
    budget: amount => ({ maxCost: amount }),
    used: ({ bill }) => bill.cost,
    told: ({ totals }) => totals.cost,
  },
]

describe(`caps over HTTP (seed ${seed})`, () => {
  for (const { what, range, budget, used, told } of cases) {
    for (const concurrency of [1, 8, 64]) {
      it(`never passes a cap of ${what} at concurrency ${concurrency}`, { timeout: 120_000 }, async () => {
        const rng = pythonRandom(`${seed} ${what} ${concurrency}`)
        const [least, most] = range
        let capped = 0
        for (let round = 0; round < 6; round++) {
          const amount = least + ((most - least) * round) / 5 + rng.random() * (most - least) * 0.1
          const billed = await startBilled(rng)
          try {
            const disk = memoryDisk()
            const outcome = await attempt(billed, { concurrency, disk, budget: budget(amount) })
            const where = { what, concurrency, amount }
            expect({ ...where, used: used(billed), within: used(billed) <= amount }).toMatchObject({ ...where, within: true })
            expect({ ...where, status: outcome.status }).toEqual({ ...where, status: expect.stringMatching(/^(capped|done)$/) })
            expect(told(outcome)).toBeCloseTo(used(billed), 9)
            if (outcome.status === 'done') continue
            capped += 1
            expect(outcome.sentence).toMatch(/^Stopped by a cap: /)
            expect(outcome.result?.baseline).toBeDefined()
            if (round > 0) continue
            const raised = await attempt(billed, { concurrency, disk, budget: {} })
            const whole = await attempt(billed, { concurrency, disk: memoryDisk(), budget: {} })
            expect({ ...where, status: raised.status, digest: raised.digest }).toEqual({ ...where, status: 'done', digest: whole.digest })
          } finally {
            await billed.server.close()
          }
        }
        expect(capped).toBeGreaterThanOrEqual(3)
      })
    }
  }

  it('ends at the time cap in the middle of requests, and sends nothing after', async () => {
    const server = await startToyServer({ latencyMs: 60 })
    try {
      const evaluation = toyRun({ kind: 'evaluate', program: oneStep(), concurrency: 8, budget: { maxMs: 500 } })
      const startedAt = realClock.now()
      const outcome = await finish({ ...overHttp(evaluation, server.url), data: { train: [], val: toyRows(400) } }, httpPorts())
      const took = realClock.now() - startedAt
      expect(outcome).toMatchObject({ status: 'capped', sentence: expect.stringMatching(/time limit/) })
      expect(took).toBeGreaterThanOrEqual(490)
      expect(took).toBeLessThan(4000)
      // What was on its way at the end may reach the server a moment after it.
      await realClock.sleep(100)
      const { count } = server
      // More than one round of eight, whatever else the machine does.
      expect(count).toBeGreaterThan(8)
      expect(outcome.totals.calls).toBe(count)
      await realClock.sleep(200)
      expect(server.count).toBe(count)
    } finally {
      await server.close()
    }
  })
})

function attempt({ server }: Billed, { concurrency, disk, budget }: { concurrency: number; disk: MemoryDisk; budget: Budget }) {
  return finish(runAt(server.url, concurrency, budget), httpPorts({ disk, clock: fastClock(40) }))
}
