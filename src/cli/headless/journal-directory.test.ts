import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callKey } from '@/engine/lm/kept/request-key'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { startRun } from '@/engine/run/run'
import { storyDigest } from '@/engine/run/story/story'
import { workplace, type Workplace } from '@/testing/cli-process'
import { memoryPorts } from '@/testing/memory-ports'
import { simulatedLm, type SimulatedLm } from '@/testing/simulated-lm'
import { twoSteps } from '@/testing/toy-programs'
import { toyRun, type ToyRun } from '@/testing/toy-run'
import { openJournalDirectory } from './journal-directory'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

const run = toyRun({
  program: twoSteps(),
  optimizer: { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 2, max_labeled_demos: 4 } },
})

/** One attempt at the run in the folder. */
async function attempt(lm: SimulatedLm, { spec, data }: ToyRun = run) {
  const directory = openJournalDirectory(place.path('journal'), { spec, ...data })
  try {
    const { calls, journal, noteSpend, before } = directory
    const earlier = before && { spentBefore: before.totals, capsBefore: before.caps, elapsedBefore: before.elapsedMs }
    const outcome = await startRun(spec, data, { ...memoryPorts({ lm }), calls, journal, noteSpend, ...earlier }, () => {}).done
    return { outcome, directory }
  } finally {
    directory.close()
  }
}

const file = (name: string): string => place.path(`journal/${name}`)

describe('the journal of a run in a folder', () => {
  it('takes up a run wherever its files were cut off', async () => {
    const whole = await attempt(simulatedLm())
    const sizes = ['calls.jsonl', 'journal.jsonl', 'sent.jsonl', 'rollouts.jsonl'].map(
      name => [name, readFileSync(file(name)).length] as const,
    )
    expect(sizes.every(([, size]) => size > 100)).toBe(true)
    for (const [name, size] of sizes) {
      for (const share of [0.97, 0.5, 0.11, 0]) {
        // Losing the end of one file alone is worse than any kill: a power cut on a disk that orders its writes as it likes.
        truncateSync(file(name), Math.floor(size * share))
        const lm = simulatedLm()
        const { outcome } = await attempt(lm)
        expect({ name, share, status: outcome.status, digest: outcome.digest }).toEqual({
          name,
          share,
          status: 'done',
          digest: whole.outcome.digest,
        })
        expect({ name, share, divergence: outcome.divergence }).toEqual({ name, share, divergence: undefined })
        const asksAgain = name === 'calls.jsonl'
        expect({ name, share, asksAgain: lm.count > 0 }).toEqual({ name, share, asksAgain })
      }
    }
  })

  it('tells the same totals after a resume as in one go, with what was lost on top', async () => {
    const whole = await attempt(simulatedLm())
    const { length } = readFileSync(file('journal.jsonl'))
    truncateSync(file('journal.jsonl'), Math.floor(length / 2))
    const again = await attempt(simulatedLm())
    expect(again.outcome.totals).toEqual(whole.outcome.totals)

    // A request that was noted as sent and never came back counts from then on.
    const line = {
      lost: 0,
      spent: { calls: 5, tokens: 500, cost: 0.5 },
      opened: [{ number: 0, key: 'gone', tokens: 70, cost: 0.25 }],
      closed: [],
    }
    rmSync(file('sent.jsonl'))
    appendFileSync(file('sent.jsonl'), `${JSON.stringify(line)}\n`)
    const { before } = openAndClose()
    expect(before).toMatchObject({ caps: { calls: 6, tokens: 570, cost: 0.75 }, totals: { lostCalls: 1 } })
  })

  it('counts a request as answered, not lost, when its answer got to disk', async () => {
    await attempt(simulatedLm())
    const [first] = readFileSync(file('calls.jsonl'), 'utf8').split('\n')
    // The first line of a file this test made.
    const stored = JSON.parse(first ?? '') as StoredCall
    expect(stored.key).toBe(callKey(stored.request, stored.rollout))
    const line = {
      lost: 2,
      spent: { calls: 0, tokens: 0, cost: 0 },
      opened: [{ number: 0, key: stored.key, tokens: 9999, cost: 9 }],
      closed: [],
    }
    rmSync(file('sent.jsonl'))
    appendFileSync(file('sent.jsonl'), `${JSON.stringify(line)}\n`)
    const { inputTokens, outputTokens } = stored.response.usage
    expect(openAndClose().before).toMatchObject({ caps: { calls: 1, tokens: inputTokens + outputTokens }, totals: { lostCalls: 2 } })
  })

  it('goes on under a moved server, another price, higher caps and more patience', async () => {
    await attempt(simulatedLm(), { ...run, spec: { ...run.spec, budget: { maxCalls: 30 } } })
    const task = { ...run.spec.models.task, id: 'other', label: 'Other', baseUrl: 'http://localhost:9/v1', price: { input: 9, output: 9 } }
    const spec = {
      ...run.spec,
      concurrency: 1,
      maxErrors: 99,
      engineVersion: 'later',
      title: 'Later',
      models: { ...run.spec.models, task },
    }
    expect((await attempt(simulatedLm(), { ...run, spec })).outcome.status).toBe('done')
  })

  it('names what differs when it is another run', () => {
    openAndClose()
    const { spec } = run
    const others: readonly (readonly [string, Partial<typeof spec>])[] = [
      ['the seed', { seed: 8 }],
      ['the program', { graph: { ...spec.graph, jsonFallback: 'never' } }],
      ['the metric', { metric: { kind: 'contains', params: { field: 'label' } } }],
      ['the optimizer', { optimizer: { id: 'labeled-few-shot', params: {} } }],
      ['the rows to score', { data: { ...spec.data, val: { hash: 'other', count: 12 } } }],
      ['the task model or its settings', { models: { ...spec.models, task: { ...spec.models.task, settings: { temperature: 1 } } } }],
    ]
    for (const [what, change] of others) expect(() => openAndClose({ ...run, spec: { ...spec, ...change } })).toThrow(`differs in ${what}.`)
    expect(existsSync(file('lock'))).toBe(false)
  })

  it('has no half header: a run without its run.json is not begun over the answers of another', () => {
    openAndClose()
    rmSync(file('run.json'))
    expect(() => openAndClose()).toThrow('without its run.json')
  })

  it('keeps the digest that the recorded events give', async () => {
    const { outcome } = await attempt(simulatedLm())
    const directory = openJournalDirectory(place.path('journal'), { spec: run.spec, ...run.data })
    expect(storyDigest(directory.journal.recorded)).toBe(outcome.digest)
    directory.close()
  })
})

function openAndClose({ spec, data }: ToyRun = run) {
  const directory = openJournalDirectory(place.path('journal'), { spec, ...data })
  directory.close()
  return directory
}
