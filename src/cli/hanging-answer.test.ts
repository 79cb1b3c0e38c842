import { existsSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleForNode } from '../../scripts/bundle.mjs'
import type { FakeOpenAi } from '../../e2e/fake-openai'
import { cli, csvOf, jsonOf, startCli, workplace, type Workplace } from '@/testing/cli-process'
import { hangingAnswer } from '@/testing/hanging-adapter'
import { jsonLines } from '@/testing/json-lines'
import { toyProjectFile } from '@/testing/toy-project-file'
import { oneStep, toyRows } from '@/testing/toy-programs'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

let place: Workplace
let server: FakeOpenAi
/** The command line with a fault that hangs it in one answer. */
let faulty: string
const rows = toyRows(24)
/** The answers about this row are read by nobody. */
const hanging = String(rows[7]?.inputs['text'])

beforeAll(async () => {
  place = workplace()
  faulty = pathToFileURL(await bundleForNode('src/testing/hanging-cli.ts', 'hanging-cli')).href
  const program = oneStep()
  place.write('p.json', JSON.stringify(toyProjectFile({ ...program, graph: { ...program.graph, jsonFallback: 'never' } })))
  place.write('rows.csv', csvOf(rows))
  server = await startToyServer({
    answer: request => (request.messages.at(-1)?.content.includes(hanging) ? hangingAnswer : toyAnswer(request)),
  })
})
afterAll(async () => {
  await server.close()
  place.remove()
})

const evaluate = (folder: string): readonly string[] => [
  ...`evaluate --project p.json --data rows.csv --split all --lm ${server.url}#toy-1 --concurrency 4`.split(' '),
  ...`--journal ${folder} --out ${folder}.jsonl --json`.split(' '),
]

/** The keys in the note of a run's folder. */
const noteOf = (folder: string): readonly string[] => {
  const path = place.path(`${folder}/reading.txt`)
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
}

/** Kills the run once it hangs in the answer: then its note says that for `deaths` attempts. */
async function killInAnswer(folder: string, deaths: number): Promise<void> {
  const started = startCli(evaluate(folder), { cwd: place.folder, bundle: faulty })
  while (noteOf(folder).length < deaths) await setTimeout(20)
  // What is not stuck behind it is written by now: the thread does nothing else any more.
  await setTimeout(500)
  started.process.kill('SIGKILL')
  expect((await started.done).code).toBeNull()
  expect(noteOf(folder)).toHaveLength(deaths)
}

it('a run that was killed twice while it read an answer goes on without that answer', { timeout: 120_000 }, async () => {
  const command = evaluate('run')
  const requests = server.requests.length
  await killInAnswer('run', 1)
  await killInAnswer('run', 2)
  expect(new Set(noteOf('run')).size).toBe(1)

  const paid = server.requests.length
  const third = await startCli(command, { cwd: place.folder, bundle: faulty }).done
  expect(third.code).toBe(0)
  const told = linesOf('run.jsonl')
  expect(told).toHaveLength(24)
  const failed = told.filter(row => row.includes('This answer was not read'))
  expect(failed).toHaveLength(1)
  expect(failed[0]).toContain('"row":7')
  expect(existsSync(place.path('run/reading.txt'))).toBe(false)
  // Nothing was paid for twice, and the answer is kept as it came.
  expect(server.requests.length).toBeLessThanOrEqual(requests + 24 + 8)
  expect(server.requests.length).toBeGreaterThan(paid - 1)
  expect(linesOf('run/calls.jsonl').filter(call => call.includes('never read'))).toHaveLength(1)

  // The mark is part of the record: the same command, and one without the fault, come to the same.
  const score = jsonOf(third)['score']
  expect(jsonOf(await startCli(command, { cwd: place.folder, bundle: faulty }).done)['score']).toBe(score)
  expect(jsonOf(await cli(command, { cwd: place.folder }))['score']).toBe(score)
})

it('answers that were being read when the run was killed are scored where they can be read', { timeout: 120_000 }, async () => {
  const whole = jsonOf(await cli(evaluate('whole'), { cwd: place.folder }))
  await killInAnswer('killed', 1)
  // As kills leave it that came while each of these answers was being read.
  const keys = linesOf('whole/calls.jsonl').map(call => /"key":"([^"]+)"/.exec(call)?.[1] ?? '')
  expect(new Set(keys).size).toBe(24)
  expect(keys).toContain(noteOf('killed')[0])
  place.write('killed/reading.txt', keys.join('\n'))
  const resumed = jsonOf(await cli(evaluate('killed'), { cwd: place.folder }))
  expect(resumed['score']).toBe(whole['score'])
  const told = linesOf('killed.jsonl')
  expect(told).toHaveLength(24)
  expect(told.filter(row => row.includes('not read'))).toEqual([])
  expect(told.filter(row => row.includes('never read'))).toHaveLength(1)
})

const linesOf = (name: string) => jsonLines(readFileSync(place.path(name), 'utf8')).map(line => JSON.stringify(line))
