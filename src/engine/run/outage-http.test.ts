import { createServer } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi, FakeOpenAiOptions, FakeRequest } from '../../../e2e/fake-openai'
import { fastClock } from '@/testing/fast-clock'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk, type MemoryDisk } from '@/testing/memory-ports'
import { oneStep, toyRows } from '@/testing/toy-programs'
import { finish, start, toyRun } from '@/testing/toy-run'
import { startToyServer, toyAnswer } from '@/testing/toy-server'
import { createConnector } from '../providers/connect'
import { connectors } from '../providers/connectors'
import type { MeterEvent } from '../record/events'

const servers: FakeOpenAi[] = []
// By a fast clock the time that a first import takes is minutes.
beforeAll(() => connectors['openai-compatible'].load())
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(options: FakeOpenAiOptions): Promise<FakeOpenAi> {
  const server = await startToyServer(options)
  servers.push(server)
  return server
}

const rows = { train: [], val: toyRows(60) }
const evaluation = (concurrency: number) => ({ ...toyRun({ kind: 'evaluate', program: oneStep(), concurrency, maxErrors: 1 }), data: rows })

const scoresOf = (disk: MemoryDisk) =>
  [...disk.rollouts.values()]
    .map(({ rollout }) => ({ id: rollout.exampleId, score: rollout.score, error: rollout.error?.code }))
    .sort((a, b) => a.id.localeCompare(b.id))

async function calmly() {
  const server = await serve({})
  const disk = memoryDisk()
  const outcome = await finish(overHttp(evaluation(16), server.url), httpPorts({ disk }))
  return { scores: scoresOf(disk), digest: outcome.digest, server }
}

/** Down from the twentieth answer on, for so long. */
function outageOf(clock: { now(): number }, ms: number, how: 'reset' | number, paths: RegExp = /./) {
  let answers = 0
  let downAt: number | undefined
  return {
    answer: (request: FakeRequest) => {
      answers += 1
      if (answers === 20) downAt = clock.now()
      return toyAnswer(request)
    },
    outage: (path: string) => (downAt !== undefined && clock.now() < downAt + ms && paths.test(path) ? how : undefined),
  }
}

const waitsIn = (batches: readonly { readonly meters: readonly MeterEvent[] }[]) =>
  batches.flatMap(({ meters }) => meters).flatMap(meter => (meter.type === 'wait' && meter.outage ? [meter] : []))

describe('an outage in the middle of a run', () => {
  const kinds = [
    ['connections are cut', 16, 'reset', /./],
    ['connections are cut, one call at a time', 1, 'reset', /./],
    ['a gateway reaches nobody', 16, 502, /./],
    ['a gateway reaches nobody but answers for the list of models', 16, 503, /completions/],
    ['only requests for answers are cut', 16, 'reset', /completions/],
    ['a gateway times out, three calls at a time', 3, 504, /./],
  ] as const
  it.each(kinds)(
    'fails no row and changes nothing of the result: %s, concurrency %i',
    { timeout: 60_000 },
    async (_name, concurrency, how, paths) => {
      const calm = await calmly()
      const clock = fastClock(40)
      const server = await serve(outageOf(clock, 120_000, how, paths))
      const disk = memoryDisk()
      const run = start({ ...overHttp(evaluation(concurrency), server.url), data: rows }, httpPorts({ disk, clock }))
      const outcome = await run.done
      expect(outcome).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 60, unscored: 0 } } } })
      expect(scoresOf(disk)).toEqual(calm.scores)
      // What was asked and what came of it is the same story, however long it took.
      expect(outcome.digest).toBe(calm.digest)
      expect(disk.events.some(({ type }) => (type as string) === 'wait')).toBe(false)
      const waits = waitsIn(run.batches)
      expect(waits[0]?.reason).toMatch(/^Waiting for 127\.0\.0\.1:\d+: no answer since \d\d:\d\d:\d\d/)
      expect(waits.at(-1)).toMatchObject({ outage: 'over', reason: expect.stringMatching(/answers again, after \d+ s/) })
      // While nothing gets through, one request at a time finds out, and ever more rarely.
      expect(outcome.totals.calls).toBe(60 + outcome.totals.failedCalls)
      expect(outcome.totals.failedCalls).toBeLessThan(2 * concurrency + 16)
    },
  )

  it('can be stopped at once, paused and resumed, and ends with its time cap', { timeout: 60_000 }, async () => {
    const clock = fastClock(40)
    const server = await serve(outageOf(clock, Infinity, 'reset'))
    const stopped = start({ ...overHttp(evaluation(16), server.url), data: rows }, httpPorts({ clock }))
    while (waitsIn(stopped.batches).length === 0) await clock.sleep(100)
    const pressedAt = Date.now()
    stopped.command('stop')
    expect(await stopped.done).toMatchObject({ status: 'stopped' })
    expect(Date.now() - pressedAt).toBeLessThan(1500)

    const capped = evaluation(16)
    const limited = { ...capped, spec: { ...capped.spec, budget: { maxMs: 90_000 } } }
    const second = await serve(outageOf(clock, Infinity, 503))
    expect(await finish({ ...overHttp(limited, second.url), data: rows }, httpPorts({ clock }))).toMatchObject({ status: 'capped' })

    const third = await serve(outageOf(clock, 60_000, 'reset'))
    const paused = start({ ...overHttp(evaluation(16), third.url), data: rows }, httpPorts({ clock }))
    while (waitsIn(paused.batches).length === 0) await clock.sleep(100)
    paused.command('pause')
    await clock.sleep(100_000)
    const sent = third.count
    await clock.sleep(20_000)
    expect(third.count).toBe(sent)
    paused.command('resume')
    expect(await paused.done).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 60 } } } })
  })

  it('is no matter of the rows that go elsewhere', { timeout: 60_000 }, async () => {
    const clock = fastClock(40)
    const down = await serve(outageOf(clock, Infinity, 'reset'))
    const up = await serve({})
    const ports = httpPorts({ clock })
    const held = start({ ...overHttp(evaluation(4), down.url), data: rows }, ports)
    while (waitsIn(held.batches).length === 0) await clock.sleep(100)
    expect(
      await finish({ ...overHttp(evaluation(4), up.url), data: rows }, { ...httpPorts({ clock }), connect: ports.connect }),
    ).toMatchObject({
      status: 'done',
    })
    held.command('stop')
    await held.done
  })
})

describe('a row whose request always breaks the connection', () => {
  const poisoned = (request: FakeRequest) => request.messages.some(({ content }) => content.includes(String(rows.val[7]?.inputs['text'])))
  it.each([16, 4, 1])('is given up, and the others are scored: concurrency %i', { timeout: 60_000 }, async concurrency => {
    const clock = fastClock(40)
    const server = await serve({
      answer: request => (poisoned(request) ? new Promise<never>(() => undefined) : toyAnswer(request)),
    })
    const disk = memoryDisk()
    const ports = httpPorts({ disk, clock })
    const cutting = await cuttingProxy(server.port, String(rows.val[7]?.inputs['text']))
    const run = evaluation(concurrency)
    const outcome = await finish(
      { ...overHttp({ ...run, spec: { ...run.spec, maxErrors: 10 } }, `http://127.0.0.1:${cutting.port}/v1`), data: rows },
      ports,
    )
    cutting.close()
    expect(outcome).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 59, unscored: 1 } } } })
    const failed = scoresOf(disk).filter(({ error }) => error !== undefined)
    expect(failed).toEqual([{ id: rows.val[7]?.id, score: null, error: 'lm-network' }])
  })
})

describe('an endpoint that never answered', () => {
  it(
    'ends the run with a sentence after half a minute, not row by row, and is asked again when that is resumed',
    { timeout: 60_000 },
    async () => {
      const clock = fastClock(20)
      const server = await serve({ outage: () => 'reset' })
      const ports = patientPorts({ clock })
      const disk = memoryDisk()
      const run = start(
        { ...overHttp(evaluation(16), server.url), data: rows },
        { ...patientPorts({ disk, clock }), connect: ports.connect },
      )
      const outcome = await run.done
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'lm-unreachable', message: expect.stringMatching(/not answered once in \d+ (seconds|minutes).*resume/s) },
      })
      // A machine that is busy may come to its end before it has told a first wait.
      for (const { reason } of waitsIn(run.batches)) expect(reason).toMatch(/it has not answered once since .* by about .*, the run ends/)
      expect(outcome.totals.calls).toBe(outcome.totals.failedCalls)
      expect(disk.rollouts.size).toBe(0)
      // Taken up again once it is there, nothing of it counts as failed.
      const port = server.port
      await server.close()
      const there = await serve({ port })
      const again = await finish(
        { ...overHttp(evaluation(16), there.url), data: rows },
        { ...patientPorts({ disk, clock }), connect: ports.connect },
      )
      expect(again).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 60, unscored: 0 } } } })
    },
  )

  it('sends nothing where nothing listens, and says so to a run that is resumed as to the first one', { timeout: 60_000 }, async () => {
    const clock = fastClock(20)
    const { port, url } = await nothingListens()
    const disk = memoryDisk()
    const { connect } = patientPorts({ clock })
    for (const _attempt of [1, 2]) {
      const startedAt = clock.now()
      const outcome = await finish({ ...overHttp(evaluation(16), url), data: rows }, { ...patientPorts({ disk, clock }), connect })
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'lm-unreachable', message: expect.stringContaining('ECONNREFUSED') },
      })
      expect(outcome.totals).toMatchObject({ calls: 0, failedCalls: 0, cost: 0 })
      expect(clock.now() - startedAt).toBeGreaterThan(29_000)
      expect(clock.now() - startedAt).toBeLessThan(120_000)
    }
    const there = await serve({ port })
    const again = await finish({ ...overHttp(evaluation(16), there.url), data: rows }, { ...patientPorts({ disk, clock }), connect })
    expect(again).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 60, unscored: 0 } } } })
  })

  it('is waited for longer while a gateway answers in its place: it may be starting', { timeout: 60_000 }, async () => {
    const clock = fastClock(60)
    const startedAt = clock.now()
    const server = await serve({ outage: () => (clock.now() < startedAt + 180_000 ? 503 : undefined) })
    const outcome = await finish({ ...overHttp(evaluation(4), server.url), data: rows }, patientPorts({ clock }))
    expect(outcome).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 60, unscored: 0 } } } })
  })
})

describe('a call that somebody waits for', () => {
  const row = () => ({ ...toyRun({ kind: 'row', program: oneStep() }), data: { train: [], val: toyRows(1) } })
  /** Counts each try to send, also where nothing listens. */
  const counting = () => {
    const tries: string[] = []
    return {
      tries,
      fetch: (input: RequestInfo | URL, init?: RequestInit) => {
        if (init?.method === 'POST') tries.push(String(input))
        return fetch(input, init)
      },
    }
  }

  it('ends after six tries where nothing listens, with the cause: a single row', { timeout: 60_000 }, async () => {
    const clock = fastClock(20)
    const { url } = await nothingListens()
    const { tries, fetch } = counting()
    const ports = { ...patientPorts({ clock }), connect: createConnector({ fetch, clock, authorize: async () => undefined }) }
    const startedAt = clock.now()
    const outcome = await finish(overHttp(row(), url), ports)
    expect(JSON.stringify(outcome)).toMatch(/ECONNREFUSED[^"]*\(6 attempts\)/)
    expect(outcome.totals).toMatchObject({ calls: 0, failedCalls: 0 })
    expect(tries).toHaveLength(6)
    expect(clock.now() - startedAt).toBeLessThan(40_000)
  })

  it('does not wait for the end of an outage in the queue behind a run', { timeout: 60_000 }, async () => {
    const clock = fastClock(20)
    const server = await serve(outageOf(clock, Infinity, 'reset'))
    const { connect } = patientPorts({ clock })
    const held = start({ ...overHttp(evaluation(4), server.url), data: rows }, { ...patientPorts({ clock }), connect })
    while (waitsIn(held.batches).length === 0) await clock.sleep(100)
    const startedAt = clock.now()
    const outcome = await finish(overHttp(row(), server.url), { ...patientPorts({ clock }), connect })
    expect(JSON.stringify(outcome)).toMatch(/No answer from 127\.0\.0\.1[^"]*attempts\)/)
    expect(clock.now() - startedAt).toBeLessThan(60_000)
    held.command('stop')
    await held.done
  })
})

describe('a server that asks for time', () => {
  it('of an hour pauses the run until then, and no row is given up', { timeout: 60_000 }, async () => {
    const clock = fastClock(1200)
    let restsUntil = 0
    let answers = 0
    const server = await serve({
      answer: request => {
        answers += 1
        if (answers === 20) restsUntil = clock.now() + 3_600_000
        if (clock.now() >= restsUntil) return toyAnswer(request)
        const seconds = String(Math.ceil((restsUntil - clock.now()) / 1000))
        return {
          status: 429,
          headers: { 'retry-after': seconds },
          body: { error: { message: 'Come back later.', code: 'rate_limit_exceeded' } },
        }
      },
    })
    const run = start({ ...overHttp(evaluation(4), server.url), data: rows }, patientPorts({ clock }))
    expect(await run.done).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 60, unscored: 0 } } } })
    const paused = run.batches.find(({ problem }) => problem)
    expect(paused).toMatchObject({ status: 'paused', problem: { code: 'lm-rate-limit' } })
    expect(paused?.problem?.message).toMatch(
      /Come back later\. The provider asks to wait for \d+ minutes; it goes on by itself at \d\d:\d\d\./,
    )
  })

  it('to load its model is asked again within the time of the call, and that is said', { timeout: 60_000 }, async () => {
    const clock = fastClock(20)
    const startedAt = clock.now()
    const server = await serve({
      answer: request =>
        clock.now() < startedAt + 60_000
          ? { status: 503, body: { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } } }
          : toyAnswer(request),
    })
    const run = start({ ...overHttp(evaluation(4), server.url), data: rows }, patientPorts({ clock }))
    const outcome = await run.done
    expect(outcome).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 60, unscored: 0 } } } })
    const waits = run.batches.flatMap(({ meters }) => meters).flatMap(meter => (meter.type === 'wait' ? [meter] : []))
    expect(waits[0]?.reason).toMatch(/^127\.0\.0\.1:\d+ is still loading the model "toy-1"\. It said: Loading model\. Trying again/)
    expect(waits.some(({ outage }) => outage !== undefined)).toBe(false)
    // A question now and then, not one for each row.
    expect(outcome.totals.failedCalls).toBeLessThan(80)
  })
})

/** An address of this machine that refuses connections. */
async function nothingListens(): Promise<{ readonly port: number; readonly url: string }> {
  const server = await startToyServer()
  await server.close()
  return { port: server.port, url: server.url }
}

/** No request is late, however slow the machine and fast the clock. */
function patientPorts(options: Parameters<typeof httpPorts>[0]) {
  return { ...httpPorts(options), timeoutMs: 3_600_000 }
}

/** Stands before a server and breaks each connection on which a text is sent. */
async function cuttingProxy(port: number, text: string): Promise<{ readonly port: number; close(): void }> {
  const { connect } = await import('node:net')
  const proxy = createServer(client => {
    const upstream = connect(port, '127.0.0.1')
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.on('data', data => {
      if (data.includes(text)) client.destroy()
      else upstream.write(data)
    })
    upstream.pipe(client)
  })
  await new Promise<void>(resolve => {
    proxy.listen(0, '127.0.0.1', resolve)
  })
  const address = proxy.address()
  return { port: typeof address === 'object' && address ? address.port : 0, close: () => void proxy.close() }
}
