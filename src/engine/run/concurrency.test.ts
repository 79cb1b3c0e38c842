import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { oneStep } from '@/testing/toy-programs'
import { finish, start, toyRun } from '@/testing/toy-run'
import type { Lm } from '../lm/lm'

/** Steps that ask three times at once, so that a row alone could fill more places than there are. */
const program = oneStep('multi-chain-comparison')
const run = (concurrency: number, changes: Parameters<typeof toyRun>[0] = {}) =>
  toyRun({ kind: 'evaluate', program, val: 20, concurrency, ...changes })

/** How many requests are under way, at most, whatever asks. */
function watched(inner: Lm): { readonly lm: Lm; readonly most: () => number } {
  let open = 0
  let most = 0
  const lm: Lm = {
    capabilities: inner.capabilities,
    async generate(request, call) {
      most = Math.max(most, ++open)
      try {
        return await inner.generate(request, call)
      } finally {
        open -= 1
      }
    },
  }
  return { lm, most: () => most }
}

describe('a run', () => {
  it('has no more requests under way than it may, uses all it may, and gives the same rows and story at any concurrency', async () => {
    const ends = []
    for (const concurrency of [1, 3, 64]) {
      const { lm, most } = watched(simulatedLm({ latencyMs: 5 }))
      const disk = memoryDisk()
      const outcome = await finish(run(concurrency), memoryPorts({ lm, disk }))
      expect(outcome.status).toBe('done')
      // 20 rows of three chains ask 60 times at once.
      expect(most()).toBe(Math.min(concurrency, 60))
      const rows = [...disk.rollouts.values()].sort((left, right) => left.index - right.index)
      ends.push({ digest: outcome.digest, rows: rows.map(({ index, rollout }) => [index, rollout.exampleId, rollout.score]) })
      const again = await finish(run(concurrency), memoryPorts({ lm: simulatedLm(), disk, offline: true }))
      expect(again).toMatchObject({ status: 'done', digest: outcome.digest, totals: { calls: outcome.totals.calls } })
    }
    expect(ends[1]).toEqual(ends[0])
    expect(ends[2]).toEqual(ends[0])
  })

  it('keeps to its cap of calls, whatever leaves at once and however often it has to ask again', async () => {
    const optimizer = { id: 'bootstrap-few-shot-random-search', params: { max_bootstrapped_demos: 1, num_candidate_programs: 3 } }
    for (const concurrency of [1, 3, 64]) {
      const lm = simulatedLm({ latencyMs: 2, failShare: 0.1 })
      // Baseline and one evaluation take 64 calls.
      const capped = run(concurrency, { kind: 'compile', val: 8, optimizer, budget: { maxCalls: 90 } })
      const outcome = await finish(capped, memoryPorts({ lm }))
      expect(outcome).toMatchObject({ status: 'capped', totals: { calls: lm.count } })
      expect(lm.count).toBeLessThanOrEqual(90)
    }
  })

  it('is over at once when it is stopped, with requests under way and others waiting for a place', async () => {
    for (const concurrency of [1, 3, 64]) {
      const asked: (() => void)[] = []
      const reached = new Promise<void>(resolve => asked.push(resolve))
      const lm = simulatedLm({
        onRequest: () => {
          asked[0]?.()
          return new Promise<void>(() => undefined)
        },
      })
      const handle = start(run(concurrency), memoryPorts({ lm }))
      await reached
      handle.command('stop')
      expect(await handle.done).toMatchObject({ status: 'stopped' })
    }
  })
})
