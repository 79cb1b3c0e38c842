import { describe, expect, it } from 'vitest'
import { readPrompt } from '@/engine/adapters/prompt/read-prompt'
import { writeAnswer } from '@/engine/adapters/prompt/write-answer'
import { hash, type FakeRequest } from '../../../e2e/fake-openai'
import { holds, refusalShapes, refusing, type Quirk, type QuirkOptions } from '../../../e2e/fake-quirks'
import { fakeFetch, type FakeFetch } from '@/testing/fake-fetch'
import { memoryDisk, memoryPorts, realClock, type MemoryDisk } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { toyLabels } from '@/testing/toy-programs'
import { finish, toyModel, toyRun, type ToyRun } from '@/testing/toy-run'
import { createConnector } from '../providers/connect'
import type { JournalBatch, RunPorts } from './base/ports'
import { replayRun } from './replay'
import { storyDigest } from './story/story'

/** What an endpoint stops taking after some requests, and the model that is asked there. */
interface Change {
  readonly refused: readonly Quirk[]
  readonly model?: string
  readonly isThorough?: boolean
}
const changes: Readonly<Record<string, Change>> = {
  'the system role': { refused: ['system'] },
  json_schema: { refused: ['json_schema'] },
  // A model that takes no object is asked for one only where it takes no schema.
  json_object: { refused: ['json_schema', 'json_object'] },
  'max_tokens by that name': { refused: ['max_tokens'] },
  'max_completion_tokens by that name': { refused: ['max_completion_tokens'], model: 'o3-toy' },
  temperature: { refused: ['temperature'] },
  top_p: { refused: ['top_p'] },
  stop: { refused: ['stop'] },
  seed: { refused: ['seed'] },
  reasoning_effort: { refused: ['reasoning_effort'] },
  'several things, one after the other': { refused: ['system', 'temperature', 'max_tokens', 'json_schema'] },
  'several things, all told at once': { refused: ['temperature', 'top_p', 'seed', 'json_schema'], isThorough: true },
}
const from = 7
const settings = { temperature: 0.5, topP: 0.9, maxTokens: 60, stop: ['zzz'], seed: 3, reasoningEffort: 'low' } as const

/**
 * Where a run dies: told of each thing it does, and whether something was refused before. The first that is met ends it; nothing is
 * written or answered from then on.
 */
type Deed =
  | { readonly kind: 'send'; readonly isRefused: boolean }
  | { readonly kind: 'store' | 'stored' }
  | { readonly kind: 'write' | 'written'; readonly batch: JournalBatch }
const killPoints: Readonly<Record<string, (deed: Deed, hasRefused: boolean) => boolean>> = {
  'while the request that is refused is under way': deed => deed.kind === 'send' && deed.isRefused,
  'before the lesson is written down': deed => deed.kind === 'write' && hasLesson(deed.batch),
  'after the lesson was written down': deed => deed.kind === 'written' && hasLesson(deed.batch),
  'while the request is asked again': (deed, hasRefused) => deed.kind === 'send' && !deed.isRefused && hasRefused,
  'before its answer is stored': (deed, hasRefused) => deed.kind === 'store' && hasRefused,
  'after its answer was stored': (deed, hasRefused) => deed.kind === 'stored' && hasRefused,
  'before its answer is written down': deed => deed.kind === 'write' && hasSecondAttempt(deed.batch),
  'after its answer was written down': deed => deed.kind === 'written' && hasSecondAttempt(deed.batch),
}

describe.each(Object.entries(changes))('an endpoint that stops taking %s in the middle of a run', (_name, change) => {
  it('asks the same row again, counts the attempts, and is replayed without a request', async () => {
    const plain = memoryDisk()
    const calm = await finish(runOf(change), portsAt(endpoint({ refused: [] }), plain))
    const disk = memoryDisk()
    const server = endpoint(change)
    const outcome = await finish(runOf(change), portsAt(server, disk))
    const refusals = server.requests.filter(request => isRefused(request, change)).length
    expect(outcome).toMatchObject({ status: 'done', digest: calm.digest, totals: { calls: server.requests.length, failedCalls: refusals } })
    expect(refusals).toBeGreaterThan(0)
    expect(lessons(disk).toSorted()).toEqual([...change.refused].toSorted())
    const calls = [...disk.runCalls.values()]
    expect(calls.reduce((sum, { failedAttempts }) => sum + failedAttempts, 0)).toBe(refusals)
    expect(calls.filter(({ error }) => error)).toEqual([...plain.runCalls.values()].filter(({ error }) => error))
    expect(keysOf(disk)).toEqual(keysOf(plain))
    await expectReplay(change, disk, calm.digest)
  })

  for (const concurrency of [1, 6]) {
    it.each(Object.entries(killPoints))(`killed %s, at concurrency ${concurrency}: goes on to the same end`, async (_point, isNow) => {
      const calm = memoryDisk()
      const { digest, totals } = await finish(runOf(change, concurrency), portsAt(endpoint(change), calm))
      const disk = memoryDisk()
      const server = endpoint(change)
      await untilKilled(runOf(change, concurrency), { server, change, disk, isNow })
      const [stored, learned, sent] = [disk.calls.size, lessons(disk), server.requests.length]
      const outcome = await finish(runOf(change, concurrency), portsAt(server, disk))
      expect(outcome).toMatchObject({ status: 'done', digest, totals: { answered: totals.answered } })
      expect(outcome.divergence).toBeUndefined()
      expect(storyDigest(disk.events)).toBe(digest)
      expect(keysOf(disk)).toEqual(keysOf(calm))
      const again = server.requests.slice(sent)
      // What was stored is not asked again, and what was written down is not refused again.
      expect(again.filter(request => !isRefused(request, change))).toHaveLength(calm.calls.size - stored)
      expect(again.filter(request => learned.some(part => holds(request, part as Quirk)))).toEqual([])
      expect(new Set(lessons(disk))).toEqual(new Set(change.refused))
      expect(lessons(disk)).toHaveLength(change.refused.length)
      await expectReplay(change, disk, digest)
    })
  }
})

describe.each(refusalShapes)('a refusal in the shape "%s"', shape => {
  it.each(Object.entries(changes))('about %s teaches in the middle of a run', async (_name, change) => {
    const calm = await finish(runOf(change), portsAt(endpoint({ refused: [] }), memoryDisk()))
    const disk = memoryDisk()
    const outcome = await finish(runOf(change), portsAt(endpoint(change, { shape }), disk))
    expect(outcome).toMatchObject({ status: 'done', digest: calm.digest })
    expect(lessons(disk).toSorted()).toEqual([...change.refused].toSorted())
    await expectReplay(change, disk, calm.digest)
  })
})

function runOf({ model = 'toy-1' }: Change, concurrency = 1): ToyRun {
  const optimizer = { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 2, max_labeled_demos: 3 } }
  const asked = { ...toyModel, model, baseUrl: 'https://models.example/v1', settings, limits: { concurrency } }
  const models = { task: asked, prompt: asked, overrides: {} }
  return toyRun({ optimizer, train: 8, val: 7, concurrency, models, callKeys: { version: 2 } })
}

function endpoint({ refused, isThorough = false }: Change, options: QuirkOptions = {}): FakeFetch {
  return fakeFetch(refusing(refused, answer, { from, isThorough, ...options }))
}

/** Knows a word that a demo shows, whether the system message stands alone or in the first question; a third of the rows needs JSON. */
function answer({ messages }: FakeRequest): string {
  const prompt = readPrompt(messages)
  const { text = '' } = prompt.request
  const word = wordIn(text)
  const shown = prompt.demos.find(({ inputs }) => wordIn(inputs['text']) === word)
  const label = shown?.outputs['label'] ?? toyLabels[hash(`guess ${word}`) % toyLabels.length] ?? ''
  const isMumbled = prompt.format !== 'json' && hash(`mumbles ${text}`) % 3 === 0
  return isMumbled ? 'It is hard to say.' : writeAnswer(prompt, { label })
}

function wordIn(text = ''): string {
  return /item (\w+)/.exec(text)?.[1] ?? ''
}

function portsAt(server: Pick<FakeFetch, 'fetch'>, disk: MemoryDisk): RunPorts {
  const connect = createConnector({ fetch: server.fetch, clock: realClock, authorize: async () => undefined })
  return { ...memoryPorts({ lm: simulatedLm(), disk }), connect }
}

interface Killing {
  readonly server: FakeFetch
  readonly change: Change
  readonly disk: MemoryDisk
  readonly isNow: (deed: Deed, hasRefused: boolean) => boolean
}

/** Runs until the kill point is met. A run that ends before fails the test. */
async function untilKilled(run: ToyRun, { server, change, disk, isNow }: Killing): Promise<void> {
  let isDead = false
  let hasRefused = false
  let tell = (): void => undefined
  const died = new Promise<void>(resolve => (tell = resolve))
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined)
  /** True when the run is dead from here on. */
  const dies = (deed: Deed): boolean => {
    if (!isDead && isNow(deed, hasRefused)) {
      isDead = true
      tell()
    }
    return isDead
  }
  const mortal: FakeFetch = {
    ...server,
    async fetch(url, init) {
      if (isDead) return never()
      const response = await server.fetch(url, init)
      const refusal = response.status >= 400
      if (dies({ kind: 'send', isRefused: refusal })) return never()
      hasRefused ||= refusal
      return response
    },
  }
  const ports = portsAt(mortal, disk)
  const outcome = finish(run, {
    ...ports,
    calls: {
      get: key => (isDead ? never() : ports.calls.get(key)),
      async add(call) {
        if (isDead || dies({ kind: 'store' })) return never()
        const stored = await ports.calls.add(call)
        return dies({ kind: 'stored' }) ? never() : stored
      },
    },
    journal: {
      ...ports.journal,
      async append(batch) {
        if (isDead || dies({ kind: 'write', batch })) return never()
        await ports.journal.append(batch)
        if (dies({ kind: 'written', batch })) await never()
      },
    },
  })
  await Promise.race([died, outcome.then(() => Promise.reject(new Error(`the run ended before it was killed: ${change.refused.join()}`)))])
}

async function expectReplay(change: Change, disk: MemoryDisk, digest: string): Promise<void> {
  const { spec, data } = runOf(change)
  const { clock, runner, connect } = portsAt({ fetch: () => Promise.reject(new Error('a replay sends nothing')) }, memoryDisk())
  const failedCalls = new Map([...disk.runCalls].filter(([, call]) => call.error))
  const recording = { events: disk.events, failedCalls, calls: { get: async (key: string) => disk.calls.get(key) } }
  const report = await replayRun(spec, data, recording, { clock, runner, connect })
  expect(report).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest })
}

function isRefused(request: FakeRequest, { refused }: Change): boolean {
  return request.index >= from && refused.some(part => holds(request, part))
}

function hasLesson({ events }: JournalBatch): boolean {
  return events.some(({ type }) => type === 'model-facts')
}

function hasSecondAttempt({ calls }: JournalBatch): boolean {
  return calls.some(({ failedAttempts, error }) => failedAttempts > 0 && error === undefined)
}

function lessons(disk: MemoryDisk): string[] {
  return disk.events.flatMap(event => (event.type === 'model-facts' ? event.refused : []))
}

function keysOf(disk: MemoryDisk): string[] {
  return [...disk.runCalls.keys()].toSorted()
}
