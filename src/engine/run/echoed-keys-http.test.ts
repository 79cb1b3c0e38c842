import { afterEach, describe, expect, it } from 'vitest'
import { echoes } from '../../../e2e/fake-echoes'
import type { FakeOpenAi } from '../../../e2e/fake-openai'
import { givesAway, spellings } from '@/testing/arbitrary-keys'
import { httpPorts, overHttp } from '@/testing/http-run'
import { memoryDisk, realClock } from '@/testing/memory-ports'
import { oneStep, toyRows } from '@/testing/toy-programs'
import { finish, start, toyRun } from '@/testing/toy-run'
import { startToyServer, toyAnswer } from '@/testing/toy-server'
import { EngineError } from '../base/errors'
import { createLiveKeys } from '../lm/keys/live-keys'
import { createConnector } from '../providers/connect'
import { replayRun } from './replay'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const key = 'sk-proj-Abc+d/e=fghijklmnop-4711'
const run = toyRun({ kind: 'evaluate', program: oneStep(), concurrency: 4, maxErrors: 60 })
const data = { train: [], val: toyRows(48) }

describe('a run at a server that sends the key back', () => {
  it('leaves it nowhere in its record, and replays to the same digest without it', { timeout: 60_000 }, async () => {
    // What ends at once, each in another spelling.
    const ways = Object.entries(echoes).filter(([name]) => !/failure|error|else|plain text|page|of the key/.test(name))
    const spelled = Object.values(spellings)
    server = await startToyServer({
      answer: async request => {
        const [, echo] = ways[request.index % ways.length] ?? []
        const said = spelled[request.index % spelled.length]?.(request.headers['authorization'] ?? '') ?? ''
        return echo?.(said, await toyAnswer(request)) ?? ''
      },
    })
    const disk = memoryDisk()
    const keys = createLiveKeys()
    const connect = createConnector({ fetch: globalThis.fetch, clock: realClock, authorize: async () => key, keys })
    const asked = { ...overHttp(run, server.url), data }
    const handle = start(asked, { ...httpPorts({ disk }), connect, keys })
    const outcome = await handle.done
    expect(outcome.status).toBe('done')
    expect(disk.calls.size).toBeGreaterThan(30)
    const kept = JSON.stringify([[...disk.calls], disk.events, [...disk.rollouts], [...disk.runCalls], handle.batches, outcome])
    expect(kept).toContain('[key removed]')
    expect(givesAway(kept, key)).toBe(false)

    const recording = { events: disk.events, failedCalls: disk.runCalls, calls: { get: async (wanted: string) => disk.calls.get(wanted) } }
    const failedCalls = new Map([...recording.failedCalls].filter(([, call]) => call.error !== undefined))
    const report = await replayRun(asked.spec, data, { ...recording, failedCalls }, httpPorts())
    expect(report).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, digest: outcome.digest })
  })

  it('writes no key that was put together from what several steps said', async () => {
    server = await startToyServer()
    const keys = createLiveKeys()
    const [row] = data.val
    keys.use(String(row?.inputs['text']))
    const disk = memoryDisk()
    await finish({ ...overHttp(run, server.url), data }, { ...httpPorts({ disk }), keys })
    expect(JSON.stringify([disk.events, [...disk.rollouts], [...disk.runCalls]])).not.toContain(row?.inputs['text'])
  })
})

describe('a key that somebody stops using while a run goes on', () => {
  it('is kept out of what the run writes until its end, and no longer', async () => {
    server = await startToyServer()
    const keys = createLiveKeys()
    const secret = String(data.val[0]?.inputs['text'])
    const disk = memoryDisk()
    const end = keys.use(secret)
    const handle = start({ ...overHttp(run, server.url), data }, { ...httpPorts({ disk }), keys })
    end()
    const outcome = await handle.done
    expect(JSON.stringify([disk.events, [...disk.rollouts], [...disk.runCalls], handle.batches, outcome])).not.toContain(secret)
    expect(keys.masker().text(secret)).toBe(secret)
  })
})

describe('a run whose key is forgotten', () => {
  it('pauses, says what to do, counts nothing that was not sent, and goes on with the new key', { timeout: 60_000 }, async () => {
    server = await startToyServer({ requireKey: key })
    let isThere = true
    let asked = 0
    const authorize = async (): Promise<string> => {
      asked += 1
      if (isThere && asked !== 10) return key
      isThere = false
      throw new EngineError('lm-auth', 'The key was forgotten.', { isRetryable: false, isUnsent: true, isKeyForgotten: true })
    }
    const connect = createConnector({ fetch: globalThis.fetch, clock: realClock, authorize })
    const disk = memoryDisk()
    const handle = start({ ...overHttp(run, server.url), data }, { ...httpPorts({ disk }), connect })
    while (!handle.batches.some(({ problem }) => problem)) await realClock.sleep(5)
    const problem = handle.batches.findLast(batch => batch.problem)
    expect(problem).toMatchObject({ status: 'paused', problem: { code: 'lm-auth', message: 'The key was forgotten.' } })
    await realClock.sleep(100)
    const sent = server.count
    await realClock.sleep(100)
    expect(server.count).toBe(sent)
    // Resumed without the key, it stands still again.
    handle.command('resume')
    await realClock.sleep(100)
    expect(handle.batches.at(-1)?.status).toBe('paused')
    isThere = true
    handle.command('resume')
    const outcome = await handle.done
    expect(outcome).toMatchObject({ status: 'done', totals: { calls: server.count } })
    expect(server.answered).toBe(server.count)
    expect([...disk.runCalls.values()].every(({ error, failedAttempts }) => error === undefined && failedAttempts === 0)).toBe(true)
  })
})
