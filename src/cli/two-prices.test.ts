import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { costOf } from '@/engine/lm/sending/budget'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import type { Budget } from '@/engine/lm/spend'
import { startRun } from '@/engine/run/run'
import { workplace, type Workplace } from '@/testing/cli-process'
import { memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { twoSteps } from '@/testing/toy-programs'
import { toyModel, toyRun } from '@/testing/toy-run'
import { openJournalDirectory } from './headless/journal-directory'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

const limited = { ...toyModel, settings: { temperature: 0, maxTokens: 60 } }
const cheap: ModelSpec = { ...limited, id: 'cheap', baseUrl: 'https://cheap.example/v1', price: { input: 1, output: 2 } }
/** The same name at another address, forty times as dear. */
const dear: ModelSpec = { ...limited, id: 'dear', baseUrl: 'https://dear.example/v1', price: { input: 40, output: 80 } }
const run = toyRun({
  program: twoSteps(),
  train: 12,
  val: 6,
  models: { task: cheap, prompt: dear, teacher: dear, overrides: {} },
  optimizer: { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 3, max_labeled_demos: 2, max_rounds: 2 } },
  callKeys: { version: 2 },
})

/** What the two providers bill, also for answers that nobody is left to hear. */
interface Bill {
  requests: number
  cost: number
}

/** One process with the journal in its folder. It dies in the moment it sends its request number `point`, or hears the answer to it. */
async function attempt(bill: Bill, budget: Budget, { point = Infinity, isAnswered = false } = {}) {
  const spec = { ...run.spec, budget }
  const directory = openJournalDirectory(place.path('journal'), { spec, ...run.data })
  let isDead = false
  let die = (): void => undefined
  const died = new Promise<undefined>(resolve => {
    die = () => {
      isDead = true
      resolve(undefined)
    }
  })
  const unlessDead = <T>(work: () => Promise<T>): Promise<T> => (isDead ? new Promise<T>(() => undefined) : work())
  let sent = 0
  const connect = (model: ModelSpec): Lm => {
    const inner = simulatedLm({ latencyMs: 2 })
    return {
      ...inner,
      async generate(request, call) {
        sent += 1
        const isLast = sent === point
        const response = await inner.generate(request, call)
        bill.requests += 1
        bill.cost += costOf(model.price ?? { input: NaN, output: NaN }, response.usage.inputTokens, response.usage.outputTokens)
        if (isLast && !isAnswered) die()
        // Its answer gets to disk, and nothing after it.
        if (isLast && isAnswered) setTimeout(die, 0)
        return unlessDead(async () => response)
      },
    }
  }
  const { calls, journal, noteSpend, before } = directory
  const ports = {
    ...memoryPorts({ lm: simulatedLm() }),
    connect,
    calls: { get: calls.get, add: (...call: Parameters<typeof calls.add>) => unlessDead(() => calls.add(...call)) },
    journal: { ...journal, append: (...batch: Parameters<typeof journal.append>) => unlessDead(() => journal.append(...batch)) },
    noteSpend: (...note: Parameters<typeof noteSpend>) => unlessDead(() => noteSpend(...note)),
    ...(before && { spentBefore: before.totals, capsBefore: before.caps, elapsedBefore: before.elapsedMs }),
  }
  const handle = startRun(spec, run.data, ports, () => undefined)
  const outcome = await Promise.race([handle.done, died])
  directory.close()
  return outcome
}

async function undisturbed() {
  const bill: Bill = { requests: 0, cost: 0 }
  const outcome = await attempt(bill, {})
  place.remove()
  place = workplace()
  return { bill, outcome }
}

describe('two models of one name at two prices', () => {
  it(
    'cost the same in one go and when killed at any request, and no kill takes a run over its cap of money',
    { timeout: 120_000 },
    async () => {
      const whole = await undisturbed()
      expect(whole.outcome?.totals.cost).toBeCloseTo(whole.bill.cost, 9)
      expect(whole.outcome?.totals).toMatchObject({ calls: whole.bill.requests, unpricedCalls: 0 })
      const maxCost = whole.bill.cost * 0.7
      let capped = 0
      for (let point = 1; point <= whole.bill.requests; point++) {
        for (const isAnswered of [false, true]) {
          const where = { point, isAnswered }
          const bill: Bill = { requests: 0, cost: 0 }
          await attempt(bill, { maxCost }, { point, isAnswered })
          const resumed = await attempt(bill, { maxCost })
          expect({ ...where, cost: bill.cost, within: bill.cost <= maxCost }).toMatchObject({ ...where, within: true })
          if (resumed?.status === 'capped') capped += 1
          const raised = await attempt(bill, {})
          const { calls: _calls, lostCalls, ...totals } = raised?.totals ?? { calls: 0 }
          const { calls: _all, ...wanted } = whole.outcome?.totals ?? { calls: 0, cost: 0 }
          expect({ ...where, ...totals }).toEqual({ ...where, ...wanted, cost: expect.closeTo(whole.bill.cost, 9) })
          expect({ ...where, lost: (lostCalls ?? 0) <= run.spec.concurrency }).toEqual({ ...where, lost: true })
          place.remove()
          place = workplace()
        }
      }
      expect(capped).toBeGreaterThan(whole.bill.requests)
    },
  )
})
