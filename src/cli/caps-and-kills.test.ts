import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../e2e/fake-openai'
import { pythonRandom, type Rng } from '@/lib/rng'
import { cli, csvOf, jsonOf, startCli, workplace, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { toyRows, twoSteps } from '@/testing/toy-programs'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

const seed = Number(process.env['KILL_SEED'] ?? 1)
const maxTokens = 60
const price = { input: 1, output: 10 }
let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('two.json', JSON.stringify(toyProjectFile(twoSteps())))
  place.write('data.csv', csvOf(toyRows(40)))
})
afterAll(() => place.remove())

const search = [
  '--optimizer',
  'bootstrap-few-shot-random-search',
  '--params',
  '{"max_bootstrapped_demos":2,"max_labeled_demos":4,"num_candidate_programs":2}',
]

interface Metered {
  readonly server: FakeOpenAi
  /** What the provider would bill for all answers it gave, heard or not. */
  readonly bill: { tokens: number; cost: number }
  onRequest: () => void
}

/** A server that bills every answer it gives, also those whose asker is dead by then. A tenth of the requests fail. */
async function metered(rng: Rng): Promise<Metered> {
  const bill = { tokens: 0, cost: 0 }
  const state: { -readonly [K in keyof Metered]?: Metered[K] } = {}
  const server = await startToyServer({
    faults: { seed, rateLimit: 0.05, retryAfterSeconds: 0.02, serverError: 0.05 },
    answer: async request => {
      state.onRequest?.()
      await new Promise(resolve => setTimeout(resolve, rng.random() * 12))
      const usage = { prompt_tokens: 50 + rng.randint(0, 250), completion_tokens: rng.randint(1, maxTokens) }
      bill.tokens += usage.prompt_tokens + usage.completion_tokens
      bill.cost += (usage.prompt_tokens * price.input + usage.completion_tokens * price.output) / 1e6
      return { text: await toyAnswer(request), usage }
    },
  })
  return Object.assign(state, { server, bill, onRequest: () => undefined })
}

describe(`caps and SIGKILL (KILL_SEED=${seed})`, () => {
  const caps: readonly (readonly [flag: string, amount: number, used: (metered: Metered) => number])[] = [
    ['--max-calls', 170, ({ server }) => server.count],
    // The whole takes some 40,000, more or less by what the provider draws.
    ['--max-tokens-total', 28_000, ({ bill }) => bill.tokens],
    ['--max-cost', 0.07, ({ bill }) => bill.cost],
  ]
  for (const [flag, amount, used] of caps) {
    it(`${flag} holds over any number of kills, and a higher one takes the run to its end`, { timeout: 120_000 }, async () => {
      const rng = pythonRandom(`${seed} ${flag}`)
      const meter = await metered(rng)
      // Of its own: what an earlier try of this test left behind must not be taken up.
      const journal = place.path(`${flag}-${Date.now()}`)
      try {
        const where = `--project two.json --data data.csv --lm ${meter.server.url}#toy-1 --concurrency 8 --journal ${journal}`
        const priced = `--max-tokens ${maxTokens} --price ${price.input},${price.output}`
        const command = [...`compile ${where} ${priced} --json`.split(' '), ...search]
        let kills = 0
        for (let attempt = 0; attempt < 4; attempt++) {
          const child = startCli([...command, flag, String(amount)], { cwd: place.folder })
          const point = rng.randint(1, 50)
          let seen = 0
          meter.onRequest = () => {
            if (++seen === point) child.process.kill('SIGKILL')
          }
          const { code } = await child.done
          if (code === null) kills += 1
          expect({ attempt, point, within: used(meter) <= amount, used: used(meter) }).toMatchObject({ within: true })
        }
        meter.onRequest = () => undefined
        expect(kills).toBeGreaterThanOrEqual(2)
        const capped = jsonOf(await cli([...command, flag, String(amount)], { cwd: place.folder }))
        expect(capped).toMatchObject({ status: 'capped', finish: expect.stringMatching(/^Stopped by a cap/) })
        expect({ used: used(meter), within: used(meter) <= amount }).toMatchObject({ within: true })
        // Most of the cap was there to be used: what died on its way counts in full, but no more than that.
        expect(used(meter)).toBeGreaterThan(amount * (flag === '--max-calls' ? 0.8 : 0.4))
        expect(Number(capped['calls'])).toBeGreaterThanOrEqual(meter.server.count)

        const replayed = await cli(['replay', '--journal', journal, '--json'], { cwd: place.folder })
        expect(replayed).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('not finished') })

        const raised = jsonOf(await cli([...command, flag, String(amount * 20)], { cwd: place.folder }))
        const whole = await undisturbed(command)
        expect(raised).toMatchObject({
          status: 'done',
          digest: whole['digest'],
          best: whole['best'],
          trials: whole['trials'],
          divergence: null,
        })
      } finally {
        await meter.server.close()
      }
    })
  }

  it('takes up an evaluation too, with the rows it was through with', { timeout: 60_000 }, async () => {
    const server = await startToyServer({ latencyMs: 15 })
    try {
      const evaluate = `evaluate --project two.json --data data.csv --lm ${server.url}#toy-1 --concurrency 2 --json`.split(' ')
      const journaled = [...evaluate, '--journal', place.path('evaluation'), '--out', 'rows.jsonl']
      const whole = jsonOf(await cli([...evaluate, '--out', 'whole.jsonl'], { cwd: place.folder }))
      for (const point of [15, 30]) {
        const from = server.count
        const child = startCli(journaled, { cwd: place.folder })
        while (server.count < from + point) await new Promise(resolve => setTimeout(resolve, 2))
        child.process.kill('SIGKILL')
        expect((await child.done).code).toBe(null)
      }
      const capped = await cli([...journaled, '--max-calls', String(Number(whole['calls']) - 2)], { cwd: place.folder })
      expect(capped.code).toBe(1)
      expect(jsonOf(capped)).toMatchObject({ status: 'capped', score: null })
      // The last time nothing is left to ask: only the record is read.
      for (const attempt of [1, 2]) {
        const report = jsonOf(await cli(journaled, { cwd: place.folder }))
        expect({ attempt, ...report }).toMatchObject({
          score: whole['score'],
          scores: whole['scores'],
          digest: whole['digest'],
          unscored: 0,
        })
        expect(readFileSync(place.path('rows.jsonl'), 'utf8')).toBe(readFileSync(place.path('whole.jsonl'), 'utf8'))
      }
      expect(server.count).toBeLessThanOrEqual(2 * Number(whole['calls']) + 2 * 2)
    } finally {
      await server.close()
    }
  })

  it('refuses a journal of another run, and one that is being run', { timeout: 60_000 }, async () => {
    const server = await startToyServer({ latencyMs: 20 })
    try {
      const command = [
        'compile',
        '--project',
        'two.json',
        '--data',
        'data.csv',
        '--lm',
        `${server.url}#toy-1`,
        '--journal',
        place.path('shared'),
      ]
      const first = startCli([...command, ...search, '--concurrency', '2', '--json'], { cwd: place.folder })
      while (server.count < 5) await new Promise(resolve => setTimeout(resolve, 10))
      const second = await cli([...command, ...search], { cwd: place.folder })
      expect(second).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^Process \d+ is running this journal\./) })
      first.process.kill('SIGINT')
      expect((await first.done).code).toBe(130)

      const others: readonly (readonly [string[], RegExp])[] = [
        [[...search, '--seed', '5'], /the seed/],
        [[...search, '--temperature', '0.3'], /the task model or its settings/],
        [['--optimizer', 'labeled-few-shot'], /the optimizer/],
        [[...search.slice(0, 3), '{"num_candidate_programs":9}'], /the parameters of the optimizer/],
        [[...search, '--limit', '10'], /the training rows/],
      ]
      const before = server.count
      for (const [changed, says] of others) {
        const result = await cli([...command, ...changed, '--json'], { cwd: place.folder })
        expect({ changed, ...result }).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) })
      }
      expect(server.count).toBe(before)

      // Caps, concurrency, allowed errors, prices and waits may change.
      const free = ['--concurrency', '16', '--max-calls', '5000', '--max-errors', '3', '--price', '1,1', '--timeout', '9', '--json']
      expect(jsonOf(await cli([...command, ...search, ...free], { cwd: place.folder }))).toMatchObject({ status: 'done', divergence: null })
      // A run that is through is told again without a request, also when its server is gone.
      const after = server.count
      await server.close()
      expect(jsonOf(await cli([...command, ...search, '--json'], { cwd: place.folder }))).toMatchObject({ status: 'done' })
      expect(server.count).toBe(after)
    } finally {
      await server.close()
    }
  })
})

async function undisturbed(command: readonly string[]) {
  const server = await startToyServer()
  try {
    const own = command.filter((_, index) => command[index] !== '--journal' && command[index - 1] !== '--journal')
    const at = own.indexOf('--lm')
    return jsonOf(await cli(own.with(at + 1, `${server.url}#toy-1`), { cwd: place.folder }))
  } finally {
    await server.close()
  }
}
