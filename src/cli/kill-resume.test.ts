import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeFaults, FakeOpenAi, FakeRequest } from '../../e2e/fake-openai'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { wireRequest } from '@/engine/providers/openai/openai-compatible'
import { blobReader } from '@/engine/providers/openai/wire-messages'
import { chatOf } from '@/testing/chat-of'
import { canonicalJson } from '@/lib/canonical-json'
import { parseJson, type JsonObject } from '@/lib/json'
import { pythonRandom, type Rng } from '@/lib/rng'
import { cli, csvOf, jsonOf, startCli, workplace, type CliResult, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { toyRows, twoSteps } from '@/testing/toy-programs'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

/** Decides the places to kill at. */
const seed = Number(process.env['KILL_SEED'] ?? 1)
const concurrency = 4
let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('two.json', JSON.stringify(toyProjectFile(twoSteps())))
  place.write('data.csv', csvOf(toyRows(44)))
})
afterAll(() => place.remove())

interface Case {
  readonly optimizer: string
  readonly params: string
  /** Kills of each chain: one journal, killed so often and then let go to its end. */
  readonly chains: readonly number[]
  readonly faults?: FakeFaults
}

const cases: readonly Case[] = [
  { optimizer: 'labeled-few-shot', params: '{"k":6}', chains: [4, 4] },
  { optimizer: 'bootstrap-few-shot', params: '{"max_bootstrapped_demos":3,"max_labeled_demos":6,"max_rounds":2}', chains: [5, 5] },
  {
    optimizer: 'bootstrap-few-shot-random-search',
    params: '{"max_bootstrapped_demos":2,"max_labeled_demos":4,"num_candidate_programs":2}',
    chains: [5, 5],
  },
  { optimizer: 'gepa', params: '{"auto":"manual","max_metric_calls":90}', chains: [3] },
  { optimizer: 'simba', params: '{"bsize":6,"num_candidates":2,"max_steps":2}', chains: [3] },
  { optimizer: 'copro', params: '{"breadth":3,"depth":2}', chains: [3] },
  { optimizer: 'infer-rules', params: '{"num_candidates":2,"max_bootstrapped_demos":2,"max_labeled_demos":3}', chains: [3] },
  {
    optimizer: 'mipro-v2',
    params: '{"auto":"manual","num_candidates":3,"num_trials":4,"minibatch_size":5,"max_bootstrapped_demos":1,"max_labeled_demos":2}',
    chains: [5],
  },
  {
    optimizer: 'bootstrap-few-shot-random-search',
    params: '{"max_bootstrapped_demos":2,"max_labeled_demos":4,"num_candidate_programs":1}',
    chains: [6],
    faults: { seed: 9, rateLimit: 0.05, retryAfterSeconds: 0.02, serverError: 0.02, cut: 0.03, garbage: 0.03 },
  },
]

describe(`a compile that is killed (KILL_SEED=${seed})`, () => {
  for (const { optimizer, params, chains, faults } of cases) {
    const kills = chains.reduce((a, b) => a + b, 0)
    const among = faults ? ', with a faulty server' : ''
    it(`${optimizer} ends as if nothing had happened after SIGKILL at ${kills} places${among}`, { timeout: 240_000 }, async () => {
      const compile = ['compile', '--project', 'two.json', '--data', 'data.csv', '--optimizer', optimizer, '--params', params]
      const whole = await undisturbed(compile, faults)
      const rng = pythonRandom(`${seed} ${optimizer}${among}`)
      const results = await inPairs(
        chains.map(
          (count, index) => () =>
            killAndResume(compile, `${optimizer}-${index}${faults ? 'f' : ''}`, {
              kills: count,
              rng: rng.fork(String(index)),
              calls: whole.calls,
              faults,
            }),
        ),
      )
      expect(results.map(({ server }) => server.kills)).toEqual(chains)
      for (const { where, end, server } of results) {
        const report = jsonOf(end)
        expect({ where, code: end.code, ...storyOf(report) }).toEqual({ where, code: 0, ...storyOf(whole.report) })
        expect({ where, askedAgain: server.askedAgain }).toEqual({ where, askedAgain: [] })
        const repeats = server.answered - whole.answered
        const most = server.kills * concurrency
        expect({ where, repeats, isWithin: repeats >= 0 && repeats <= most }).toEqual({ where, repeats, isWithin: true })
        // What the report says was sent is what the server got, but for requests that died on the wire; none is forgotten.
        const calls = Number(report['calls'])
        expect({ where, calls, isWithin: calls >= server.count && calls <= server.count + most }).toEqual({ where, calls, isWithin: true })
        const replay = jsonOf(await cli(['replay', '--journal', server.journal, '--json'], { cwd: place.folder }))
        expect({ where, calls: replay['calls'], isSame: replay['isSame'], digest: replay['digest'] }).toEqual({
          where,
          calls: 0,
          isSame: true,
          digest: whole.report['digest'],
        })
        expect({ where, count: server.now() }).toEqual({ where, count: server.count })
      }
    })
  }
})

/** What a run came to, without what it took to get there. */
function storyOf(report: JsonObject): JsonObject {
  const { status, score, scores, baseline, best, bestLabel, gain, trials, finish, digest, divergence, state } = report
  return { status, score, scores, baseline, best, bestLabel, gain, trials, finish, digest, divergence, state } as JsonObject
}

/** One word in twelve never gets an answer: rows with it have no score, before and after a kill. */
async function answer(request: FakeRequest, faults: FakeFaults | undefined) {
  const isDoomed = faults && request.messages.at(-1)?.content.includes('item quax')
  return isDoomed ? { status: 500, headers: { 'retry-after': '0.01' }, body: { error: { message: 'Never.' } } } : toyAnswer(request)
}

function isAnswered({ messages, outcome }: FakeRequest, faults: FakeFaults | undefined): boolean {
  return outcome === 'answered' && !(faults && messages.at(-1)?.content.includes('item quax'))
}

interface Whole {
  readonly report: JsonObject
  readonly calls: number
  readonly answered: number
}

async function undisturbed(compile: readonly string[], faults: FakeFaults | undefined): Promise<Whole> {
  const server = await startToyServer({ answer: request => answer(request, faults) })
  try {
    const end = await cli([...compile, '--lm', `${server.url}#toy-1`, '--concurrency', String(concurrency), '--json'], {
      cwd: place.folder,
    })
    const report = jsonOf(end)
    expect(report['calls']).toBe(server.count)
    return { report, calls: server.count, answered: server.requests.filter(request => isAnswered(request, faults)).length }
  } finally {
    await server.close()
  }
}

/** The requests of one attempt, and the answers that were on disk when it began. */
interface Attempt {
  readonly requests: readonly FakeRequest[]
  readonly recorded: ReadonlyMap<string, number>
}

interface Killed {
  readonly where: string
  readonly end: CliResult
  readonly server: {
    readonly journal: string
    readonly count: number
    readonly answered: number
    readonly kills: number
    readonly askedAgain: readonly string[]
    now(): number
  }
}

/** Kills the same command again and again: in the middle of requests, while it starts, while it replays; then lets it finish. */
async function killAndResume(
  compile: readonly string[],
  name: string,
  { kills, rng, calls, faults }: { kills: number; rng: Rng; calls: number; faults: FakeFaults | undefined },
): Promise<Killed> {
  const journal = place.path(`journal-${name}`)
  let onRequest = (): void => undefined
  const server: FakeOpenAi = await startToyServer({
    ...(faults && { faults }),
    answer: async request => {
      onRequest()
      await sleep(2 + rng.random() * 12)
      return answer(request, faults)
    },
  })
  try {
    const command = [...compile, '--lm', `${server.url}#toy-1`, '--concurrency', String(concurrency), '--journal', journal, '--json']
    const places = Array.from({ length: kills }, () => rng.randint(1, Math.floor(calls * 0.9))).sort((a, b) => a - b)
    const points: string[] = []
    const attempts: Attempt[] = []
    let done = 0
    for (let kill = 0; kill < kills; kill++) {
      const recorded = await recordedBodies(journal)
      const from = server.requests.length
      // A fifth of the kills come at a time, whatever the process is at; the others a moment after a request.
      const isTimed = rng.random() < 0.2
      const point = isTimed ? rng.randint(100, 450) : Math.max(1, (places[kill] ?? 0) - (places[kill - 1] ?? 0))
      const jitter = rng.randint(0, 25)
      points.push(isTimed ? `${point} ms after the start` : `request ${point} + ${jitter} ms`)
      const child = startCli(command, { cwd: place.folder })
      let seen = 0
      const shoot = (): void => void child.process.kill('SIGKILL')
      onRequest = () => {
        if (!isTimed && ++seen === point) setTimeout(shoot, jitter)
      }
      if (isTimed) setTimeout(shoot, point)
      const { code } = await child.done
      onRequest = () => undefined
      attempts.push({ requests: server.requests.slice(from), recorded })
      if (code !== null) break
      done += 1
    }
    const recorded = await recordedBodies(journal)
    const from = server.requests.length
    const end = await cli(command, { cwd: place.folder })
    attempts.push({ requests: server.requests.slice(from), recorded })
    const { count } = server
    const answered = server.requests.filter(request => isAnswered(request, faults)).length
    const needed = await recordedBodies(journal)
    const askedAgain = attempts.flatMap(attempt => repeated(attempt, needed))
    const where = `KILL_SEED=${seed} ${name}: ${points.join('; ')}`
    return { where, end, server: { journal, count, answered, kills: done, askedAgain, now: () => server.count } }
  } finally {
    await server.close()
  }
}

/** How many answers to each body were on disk. */
async function recordedBodies(journal: string): Promise<ReadonlyMap<string, number>> {
  const path = `${journal}/calls.jsonl`
  const bodies = new Map<string, number>()
  if (!existsSync(path)) return bodies
  const text = readFileSync(path, 'utf8')
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const parsed = parseJson(line)
    if (!parsed.ok) continue
    const { request } = parsed.value as unknown as StoredCall
    const body = canonicalJson(await wireRequest(chatOf(request), blobReader(undefined)))
    bodies.set(body, (bodies.get(body) ?? 0) + 1)
  }
  return bodies
}

/** Bodies that were asked for though their answers were on disk. Several samples of one request share a body. */
function repeated({ requests, recorded }: Attempt, needed: ReadonlyMap<string, number>): string[] {
  const asked = new Map<string, { all: number; answered: number }>()
  for (const { body, outcome } of requests) {
    const text = canonicalJson(body)
    const { all, answered } = asked.get(text) ?? { all: 0, answered: 0 }
    asked.set(text, { all: all + 1, answered: answered + (outcome === 'answered' ? 1 : 0) })
  }
  return [...asked].flatMap(([text, { all, answered }]) => {
    const missing = (needed.get(text) ?? 0) - (recorded.get(text) ?? 0)
    return recorded.has(text) && (missing === 0 ? all > 0 : answered > missing) ? [text.slice(0, 300)] : []
  })
}

async function inPairs<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  for (let at = 0; at < work.length; at += 2) results.push(...(await Promise.all(work.slice(at, at + 2).map(run => run()))))
  return results
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
