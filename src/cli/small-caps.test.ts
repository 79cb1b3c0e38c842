import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { cli, csvOf, jsonOf, startCli, workplace, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { oneStep, toyRows } from '@/testing/toy-programs'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

const seed = Number(process.env['KILL_SEED'] ?? 1)
let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('one.json', JSON.stringify(toyProjectFile(oneStep())))
  place.write('train.csv', csvOf(toyRows(4)))
  place.write('val.csv', csvOf(toyRows(12, 100)))
})
afterAll(() => place.remove())

const cases = [
  ...[1, 2, 3, 4, 5, 6].map(cap => ({ cap, concurrency: 4 })),
  ...[1, 4].map(cap => ({ cap, concurrency: 1 })),
  ...[4, 6].map(cap => ({ cap, concurrency: 16 })),
]

describe(`SIGKILL under a small cap of calls (KILL_SEED=${seed})`, () => {
  it.each(cases)(
    'cap $cap, concurrency $concurrency: names the way on, which leads to the end',
    { timeout: 60_000 },
    async ({ concurrency, cap }) => {
      const rng = pythonRandom(`${seed} ${concurrency} ${cap}`)
      let onRequest = (): void => undefined
      const server = await startToyServer({
        answer: async request => {
          onRequest()
          await new Promise(resolve => setTimeout(resolve, 60))
          return toyAnswer(request)
        },
      })
      try {
        const journal = place.path(`journal-${concurrency}-${cap}-${Date.now()}`)
        const where = `compile --project one.json --data train.csv --val val.csv --limit ${cap} --lm ${server.url}#toy-1 --concurrency ${concurrency} --json`
        const command = [...where.split(' '), '--journal', journal, '--optimizer', 'labeled-few-shot', '--params', '{"k":3}']
        const point = rng.randint(1, cap)
        let seen = 0
        const child = startCli([...command, '--max-calls', String(cap)], { cwd: place.folder })
        onRequest = () => {
          if (++seen === point) child.process.kill('SIGKILL')
        }
        expect((await child.done).code).toBe(null)
        onRequest = () => undefined
        expect(server.count).toBeLessThanOrEqual(cap)

        const said: string[] = []
        let allowed = cap
        let end = await cli([...command, '--max-calls', String(allowed)], { cwd: place.folder })
        for (let attempt = 0; jsonOf(end)['status'] === 'capped' && attempt < 8; attempt++) {
          said.push(String(jsonOf(end)['finish']))
          expect(server.count).toBeLessThanOrEqual(allowed)
          const next = Number(/^To go on, run the same command with --max-calls (\d+)\.$/m.exec(end.stderr)?.[1])
          expect(next).toBeGreaterThan(allowed)
          allowed = next
          end = await cli([...command, '--max-calls', String(allowed)], { cwd: place.folder })
        }
        expect(said[0]).toMatch(/calls? (?:was|were) under way when this run was interrupted; .* raise the cap to \d+ calls and resume\./)
        const whole = jsonOf(await cli([...where.split(' '), ...command.slice(-4)], { cwd: place.folder }))
        expect(jsonOf(end)).toMatchObject({ status: 'done', digest: whole['digest'], divergence: null, best: whole['best'] })
      } finally {
        await server.close()
      }
    },
  )
})
