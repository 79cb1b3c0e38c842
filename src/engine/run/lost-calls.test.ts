import { describe, expect, it } from 'vitest'
import { fastClock } from '@/testing/fast-clock'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { finish, toyRun } from '@/testing/toy-run'
import type { Budget, Spent } from '../lm/spend'
import type { RunOutcome, RunPorts } from './base/ports'

const capKeys = { calls: 'maxCalls', tokens: 'maxTokens', cost: 'maxCost' } as const

/** Scores as many rows as the cap has calls, before and after: without a kill it ends at the cap with the baseline. */
function runOf(rows: number, concurrency: number, budget: Budget) {
  const optimizer = { id: 'labeled-few-shot', params: { k: 3 } }
  return toyRun({ optimizer, train: 4, val: rows, concurrency, budget })
}

interface Provider {
  /** Requests that reached it. */
  sent: number
}

/** Everything a run does that a kill may come before or after. */
function portsAt(disk: MemoryDisk, provider: Provider, onDeed: () => Promise<void> = async () => undefined): RunPorts {
  const lm = simulatedLm()
  const ports = memoryPorts({
    disk,
    notesSpend: true,
    clock: fastClock(30),
    lm: {
      ...lm,
      async generate(request, call) {
        provider.sent += 1
        await onDeed()
        const response = await lm.generate(request, call)
        await onDeed()
        return response
      },
    },
  })
  const around = <A extends readonly unknown[], R>(work: (...given: A) => Promise<R>) => {
    return async (...given: A): Promise<R> => {
      await onDeed()
      const result = await work(...given)
      await onDeed()
      return result
    }
  }
  return {
    ...ports,
    calls: { get: ports.calls.get, add: around((call, paid) => ports.calls.add(call, paid)) },
    journal: { ...ports.journal, append: around(batch => ports.journal.append(batch)) },
    ...(ports.noteSpend && { noteSpend: around(ports.noteSpend) }),
  }
}

/** False where the run ended before it had done so much. */
async function killedAfter(deeds: number, run: ReturnType<typeof runOf>, disk: MemoryDisk, provider: Provider): Promise<boolean> {
  let done = 0
  let die = (): void => undefined
  const died = new Promise<'killed'>(resolve => (die = () => resolve('killed')))
  const ports = portsAt(disk, provider, async () => {
    done += 1
    if (done < deeds) return
    die()
    await new Promise(() => undefined)
  })
  return (await Promise.race([died, finish(run, ports)])) === 'killed'
}

/** What one request sets aside, and how the run ends when nobody kills it. */
async function undisturbed(rows: number) {
  const disk = memoryDisk()
  let most: Spent = { calls: 1, tokens: 0, cost: 0 }
  const ports = portsAt(disk, { sent: 0 })
  const outcome = await finish(runOf(rows, 1, {}), {
    ...ports,
    noteSpend: async note => {
      for (const { tokens, cost } of note.open) most = { calls: 1, tokens: Math.max(most.tokens, tokens), cost: Math.max(most.cost, cost) }
    },
  })
  expect(outcome.status).toBe('done')
  return { most, digest: outcome.digest }
}

/** Goes on as the sentences say, until the run is through; every step has to get further. */
async function followed(
  name: keyof typeof capKeys,
  run: { rows: number; concurrency: number; cap: number; step: number },
  disk: MemoryDisk,
  provider: Provider,
) {
  const said: string[] = []
  let { cap } = run
  for (let attempt = 0; attempt < 12; attempt++) {
    const before = provider.sent
    const outcome: RunOutcome = await finish(runOf(run.rows, run.concurrency, { [capKeys[name]]: cap }), portsAt(disk, provider))
    if (outcome.status === 'done') return { outcome, said }
    expect(outcome).toMatchObject({ status: 'capped', sentence: expect.stringMatching(/^Stopped by a cap: The cap of /), cap: { name } })
    said.push(outcome.sentence)
    const lost = disk.lost?.calls ?? 0
    const words =
      lost === 1
        ? '1 call was under way when this run was interrupted; it may have been paid for, and counts'
        : `${lost} calls were under way when this run was interrupted; they may have been paid for, and count`
    expect(outcome.sentence.includes('under way')).toBe(lost > 0)
    expect(outcome.sentence).toContain(lost > 0 ? words : 'The cap of')
    expect((outcome.cap?.raiseTo ?? cap + 1) > cap).toBe(true)
    // Only the first time may all of the cap be gone before anything is asked.
    expect(attempt === 0 || provider.sent > before).toBe(true)
    cap = outcome.cap?.raiseTo ?? cap + run.step
  }
  throw new Error(`a dead end: ${said.join(' | ')}`)
}

const cases = [
  { name: 'calls', concurrency: 1, sizes: [1, 2, 3, 4, 5, 6] },
  { name: 'calls', concurrency: 4, sizes: [1, 2, 3, 4, 5, 6] },
  { name: 'calls', concurrency: 16, sizes: [1, 2, 3, 4, 5, 6] },
  { name: 'tokens', concurrency: 4, sizes: [1, 2, 4] },
  { name: 'cost', concurrency: 4, sizes: [1, 2, 4] },
] as const

describe.each(cases)(
  'a run with a cap of $name that is killed at any moment, at concurrency $concurrency',
  ({ name, concurrency, sizes }) => {
    it.each(sizes)('pays for %d requests, says what was lost, and goes on to the same end', { timeout: 120_000 }, async rows => {
      const whole = await undisturbed(rows)
      const cap = rows * whole.most[name]
      const lossy = new Set<string>()
      for (let deeds = 1; ; deeds++) {
        const [disk, provider] = [memoryDisk(), { sent: 0 }]
        if (!(await killedAfter(deeds, runOf(rows, concurrency, { [capKeys[name]]: cap }), disk, provider))) break
        expect({ deeds, within: name !== 'calls' || provider.sent <= cap }).toEqual({ deeds, within: true })
        const { outcome, said } = await followed(name, { rows, concurrency, cap, step: rows * whole.most[name] }, disk, provider)
        expect({ deeds, digest: outcome.digest, divergence: outcome.divergence }).toEqual({ deeds, digest: whole.digest })
        expect(outcome.totals.calls).toBeGreaterThanOrEqual(provider.sent)
        if (said[0]?.includes('under way')) lossy.add(said[0])
      }
      expect(lossy.size).toBeGreaterThan(0)
    })
  },
)
