import { afterEach, describe, expect, it } from 'vitest'
import { hash, type FakeOpenAi, type FakeRequest } from '../../../e2e/fake-openai'
import { typedAnswer } from '../../../e2e/fake-answer'
import { holds, refusing, type Quirk, type QuirkOptions } from '../../../e2e/fake-quirks'
import { readPrompt } from '@/engine/adapters/prompt/read-prompt'
import { chatOf } from '@/testing/chat-of'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk, type MemoryDisk } from '@/testing/memory-ports'
import { finish, toyRun, type ToyRun } from '@/testing/toy-run'
import { startToyServer, toyAnswer } from '@/testing/toy-server'
import { journalEventSchema } from '../record/event-schema'
import type { RunPorts } from './base/ports'
import { emptyRunView, reduceRun } from './view/reduce'
import { replayRun } from './replay'
import { storyDigest } from './story/story'

const quirks: readonly Quirk[] = [
  'system',
  'json_schema',
  'json_object',
  'max_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'reasoning_effort',
]
const settings = { temperature: 0.5, topP: 0.9, maxTokens: 60, stop: ['zzz'], seed: 3, reasoningEffort: 'low' } as const
const search = {
  id: 'bootstrap-few-shot-random-search',
  params: { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 },
}

let servers: FakeOpenAi[] = []
afterEach(async () => {
  for (const server of servers) await server.close()
  servers = []
})

/** A third of the rows get an answer that can only be read when it is asked for as JSON; those need both formats. */
function answer(request: FakeRequest): string | Promise<string> {
  const prompt = readPrompt(request.messages)
  const draw = hash(`mumbles ${prompt.request['text']}`) % 6
  if (draw > 1) return toyAnswer({ ...request, body: {} })
  if (prompt.format !== 'json') return 'It is hard to say.'
  // One in six is not to be read as asked for by schema, whether the server takes one or not.
  return typedAnswer(request)
}

async function serve(refused: readonly Quirk[], options: QuirkOptions = {}): Promise<FakeOpenAi> {
  const server = await startToyServer({ answer: refusing(refused, answer, options), latencyMs: 3 })
  servers.push(server)
  return server
}

function runAt({ url }: FakeOpenAi, changes: Partial<ToyRun['spec']> = {}): ToyRun {
  const run = overHttp(toyRun({ optimizer: search, concurrency: 16, maxErrors: 0, ...changes }), url, { settings })
  // The address differs from test to test; the keys must not.
  return { ...run, spec: { ...run.spec, callKeys: { version: 2, moved: { [url]: 'https://models.example/v1' } } } }
}

async function replayed(run: ToyRun, disk: MemoryDisk) {
  const { clock, runner, connect } = httpPorts()
  const failedCalls = new Map([...disk.runCalls].filter(([, call]) => call.error))
  return replayRun(
    run.spec,
    run.data,
    { events: disk.events, failedCalls, calls: { get: async key => disk.calls.get(key) } },
    {
      clock,
      runner,
      connect,
    },
  )
}

const factsIn = (disk: MemoryDisk) => disk.events.flatMap(event => (event.type === 'model-facts' ? event.refused : []))

describe('a run at a model that begins to refuse something in the middle', () => {
  it.each(quirks.flatMap(quirk => [0, 25].map(from => [quirk, from] as const)))(
    '%s, from request %i on: is replayed as it was',
    async (quirk, from) => {
      const plainDisk = memoryDisk()
      const plain = await finish(runAt(await serve([])), httpPorts({ disk: plainDisk }))
      // A model that takes no object is asked for one only where it takes no schema.
      const refused: readonly Quirk[] = quirk === 'json_object' ? ['json_schema', 'json_object'] : [quirk]
      const server = await serve(refused, { from })
      const run = runAt(server)
      const disk = memoryDisk()
      const outcome = await finish(run, httpPorts({ disk }))
      expect(outcome).toMatchObject({ status: 'done', totals: { calls: server.count } })
      expect(factsIn(disk)).toContain(quirk)
      for (const event of disk.events) expect(journalEventSchema.safeParse(event).error).toBeUndefined()
      expect(disk.events.reduce(reduceRun, emptyRunView).facts?.[0]?.refused).toContain(quirk)
      expect([...disk.rollouts.values()].every(({ rollout }) => rollout.score !== null)).toBe(true)
      // Nothing is refused twice on one way: at most those under way at once meet a refusal before it is known.
      const refusals = server.requests.filter(request => request.index >= from && holds(request, quirk))
      expect(refusals.length).toBeGreaterThan(0)
      expect(refusals.length).toBeLessThanOrEqual(16)
      const refusedAtAll = server.requests.filter(({ index, ...request }) => index >= from && refused.some(one => holds(request, one)))
      expect(outcome.totals.failedCalls).toBe(refusedAtAll.length)
      // The same calls by the same keys as where nothing is refused. The toy model reads its rules in the system message alone: without
      // one it gives other answers, and the demos made of them are others.
      const [likeDisk, like] = quirk === 'system' ? [disk, outcome] : [plainDisk, plain]
      expect([...disk.runCalls.keys()].sort()).toEqual([...likeDisk.runCalls.keys()].sort())
      expect(outcome.digest).toBe(like.digest)
      const sent = server.count
      expect(await replayed(run, disk)).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest: outcome.digest })
      const again = await finish(run, { ...httpPorts({ disk }), offline: true })
      expect(again).toMatchObject({ status: 'done', digest: outcome.digest })
      expect(again.divergence).toBeUndefined()
      expect(server.count).toBe(sent)
    },
  )

  it('learns all of them, one after the other, in one run', async () => {
    const server = await serve(quirks, { from: 10 })
    const disk = memoryDisk()
    const run = runAt(server)
    const outcome = await finish(run, httpPorts({ disk }))
    expect(outcome.status).toBe('done')
    expect(new Set(factsIn(disk))).toEqual(new Set(quirks))
    expect(factsIn(disk)).toHaveLength(quirks.length)
    expect(await replayed(run, disk)).toMatchObject({ isSame: true, calls: 0 })
  })
})

describe('a run killed around the lesson', () => {
  /** Ports that die: from the moment `die` is called nothing reaches the disk and nothing comes back. */
  function mortal(disk: MemoryDisk, onAppend: (hasFacts: boolean, die: () => void) => void): RunPorts {
    const ports = httpPorts({ disk })
    let isDead = false
    const never = <T>(): Promise<T> => new Promise<T>(() => undefined)
    const die = (): void => void (isDead = true)
    const lives = <T>(work: () => Promise<T>): Promise<T> => (isDead ? never<T>() : work())
    return {
      ...ports,
      calls: { get: key => lives(() => ports.calls.get(key)), add: call => lives(() => ports.calls.add(call)) },
      journal: {
        ...ports.journal,
        append: batch =>
          lives(async () => {
            const hasFacts = batch.events.some(event => event.type === 'model-facts')
            onAppend(hasFacts && !isKillAfter, die)
            if (isDead) return never<void>()
            await ports.journal.append(batch)
            onAppend(hasFacts && isKillAfter, die)
            return isDead ? never<void>() : undefined
          }),
      },
    }
  }
  let isKillAfter = false

  it.each([
    ['before', false],
    ['after', true],
  ] as const)('just %s it is written down: goes on to the same story', async (_when, after) => {
    isKillAfter = after
    for (const quirk of ['json_schema', 'max_tokens', 'temperature', 'seed'] as const) {
      const plain = await finish(runAt(await serve([])), httpPorts())
      const server = await serve([quirk], { from: 25 })
      const run = runAt(server)
      const disk = memoryDisk()
      await new Promise<void>(resolve => {
        const ports = mortal(disk, (isNow, die) => {
          if (!isNow) return
          die()
          resolve()
        })
        void finish(run, ports)
      })
      expect(factsIn(disk)).toEqual(after ? [quirk] : [])
      const refusedBefore = server.requests.filter(request => request.index >= 25 && holds(request, quirk)).length
      const outcome = await finish(run, httpPorts({ disk }))
      expect(outcome).toMatchObject({ status: 'done', digest: plain.digest })
      expect(outcome.divergence).toBeUndefined()
      expect(storyDigest(disk.events)).toBe(plain.digest)
      expect(factsIn(disk)).toEqual([quirk])
      // What the journal says is known from the first request on. Requests of the dead run may still come in.
      const refusedAgain = server.requests.filter(request => request.index >= 25 && holds(request, quirk)).length - refusedBefore
      expect(refusedAgain).toBeLessThan(after ? 16 : 33)
      expect(await replayed(run, disk)).toMatchObject({ isSame: true, calls: 0 })
    }
  })
})

describe('a run that begins with what is known', () => {
  it('is refused nothing, and makes no plan for a format that is', async () => {
    const refused = ['system', 'json_schema', 'max_tokens', 'seed'] as const
    const server = await serve(refused)
    const facts = [{ model: 'toy-1', endpoint: 'https://models.example/v1', refused }]
    const run = runAt(server, { facts })
    const disk = memoryDisk()
    const outcome = await finish(run, httpPorts({ disk }))
    expect(outcome).toMatchObject({ status: 'done', totals: { failedCalls: 0 } })
    expect(factsIn(disk)).toEqual([])
    const formats = new Set([...disk.calls.values()].map(({ request }) => chatOf(request).responseFormat?.type))
    expect(formats).toEqual(new Set([undefined, 'json_object']))
    expect(await replayed(run, disk)).toMatchObject({ isSame: true, calls: 0 })
  })

  it('learns nothing from another run at the same endpoint, which would steer it unseen', async () => {
    const server = await serve(['temperature'])
    const ports = httpPorts()
    const [first, second] = [memoryDisk(), memoryDisk()]
    await finish(runAt(server), { ...httpPorts({ disk: first }), connect: ports.connect })
    await finish(runAt(server, { seed: 8 }), { ...httpPorts({ disk: second }), connect: ports.connect })
    expect([factsIn(first), factsIn(second)]).toEqual([['temperature'], ['temperature']])
  })
})
