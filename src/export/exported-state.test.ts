import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../e2e/fake-openai'
import type { Demo, Program, ProgramState } from '@/engine/program/program'
import { callsOfRun } from '@/engine/graph/predictors'
import { stepKinds } from '@/engine/modules/registry'
import { voteProgram } from '@/engine/modules/vote-program'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { jsonLines } from '@/testing/json-lines'
import { cli, cliJson, csvOf, workplace, type CliResult, type Workplace } from '@/testing/cli-process'
import { stepPrograms } from '@/testing/step-programs'
import { toyProjectFile } from '@/testing/toy-project-file'
import { agentStep, lookupTool, oneStep, toyLabelOf, toyRows, toyWords, voteOf } from '@/testing/toy-programs'
import { startToyServer } from '@/testing/toy-server'

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const rows = toyRows(6)
const pool: readonly Demo[] = toyWords.map((word, index) => ({ text: `order ${index} for item ${word}`, label: toyLabelOf(word) }))

const picking = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: pool, nearest: { k: 3 } } })
const members: readonly ProgramState[] = [0, 3, 6].map(at => ({
  classify: { instructions: `Name the colour, ${at}.`, demos: pool.slice(at, at + 3) },
}))
const together = voteProgram(oneStep().graph, members, 'majority')
/** Each shows two of a pool, another two for each row. */
const choosy = voteProgram(
  oneStep().graph,
  ['Name it.', 'Name the colour.'].map(instructions => ({ classify: { instructions, demos: pool, nearest: { k: 2 } } })),
  'majority',
)

let place: Workplace
let server: FakeOpenAi
beforeAll(async () => {
  place = workplace()
  server = await startToyServer()
  place.write('data.csv', csvOf(rows))
})
afterAll(async () => {
  await server.close()
  place.remove()
})

describe('a program that is more than instructions and demos', () => {
  it('picks its demos for each call once it is exported, byte for byte as in the studio', { timeout: 60_000 }, async () => {
    const { studio, exported, outputs, predictions } = await compare('picking', picking)
    expect(studio).toHaveLength(rows.length)
    expect(exported).toEqual(studio)
    expect(outputs).toEqual(predictions)
    for (const body of exported) expect(demosIn(body)).toBe(3)
    // The pool is one list; what is shown is not.
    expect(new Set(exported.map(shownIn)).size).toBeGreaterThan(1)
    expect(readFileSync(place.path('picking folder/README.md'), 'utf8')).toContain('shows the 3 of 12 demos most like its inputs')
  })

  it('runs every program of a vote once it is exported, and joins their answers', { timeout: 60_000 }, async () => {
    const { studio, exported, outputs, predictions } = await compare('together', together)
    expect(studio).toHaveLength(3 * rows.length)
    expect(exported.toSorted()).toEqual(studio.toSorted())
    expect(outputs).toEqual(predictions)
    const lone = oneStep('predict', members[0])
    const alone = await compare('alone', lone)
    // Together they answer otherwise than the best alone, or this would prove nothing.
    expect(outputs).not.toEqual(alone.outputs)
  })

  it('picks demos again within the programs of a vote, too, and draws the same programs', { timeout: 120_000 }, async () => {
    const { studio, exported, outputs, predictions } = await compare('choosy', choosy)
    expect(studio).toHaveLength(2 * rows.length)
    expect(exported.toSorted()).toEqual(studio.toSorted())
    expect(outputs).toEqual(predictions)
    for (const body of exported) expect(demosIn(body)).toBe(2)
    const drawing = await compare('drawing', voteOf([oneStep(), oneStep('chain-of-thought'), together], { size: 1 }))
    expect(drawing.exported.toSorted()).toEqual(drawing.studio.toSorted())
    expect(drawing.outputs).toEqual(drawing.predictions)
  })

  it.each(stepKinds.map(({ id }) => id))(
    'runs the step %s once it is exported, byte for byte as in the studio',
    { timeout: 60_000 },
    async kind => {
      // Some words are not in the catalogue: what a tool throws is part of the next prompt.
      const picky = { ...lookupTool, source: `if (inputs.word < 'm') throw new TypeError('not in the catalogue')\n${lookupTool.source}` }
      const program = kind === 'react' ? agentStep({}, { tools: [picky] }) : stepPrograms[kind]
      if (!program) throw new Error(`The step ${kind} has no program in stepPrograms.`)
      const { studio, exported, outputs, predictions } = await compare(kind, program)
      expect(studio.length).toBeGreaterThanOrEqual(callsOfRun(program.graph).low * rows.length)
      // The studio keeps answers: rows that a branch leads to the same question ask it once.
      const asked = kind === 'branch' ? [...new Set(exported)] : exported
      expect(asked.toSorted()).toEqual(studio.toSorted())
      expect(outputs).toHaveLength(rows.length)
      expect(outputs).toEqual(predictions)
      expect(studio.join('\n').includes('Execution error in lookup: TypeError: not in the catalogue')).toBe(kind === 'react')
    },
  )

  it('goes to DSPy as one file, with a word about how to load it', { timeout: 60_000 }, async () => {
    place.write('for-dspy.json', JSON.stringify(toyProjectFile(together)))
    const run = await cli(['export', '--project', 'for-dspy.json', '--to', 'dspy-json', '--out', 'dspy'], { cwd: place.folder })
    expect(run.code).toBe(0)
    expect(run.stderr).toContain('returns for 3 programs')
    place.write('agent.json', JSON.stringify(toyProjectFile(agentStep())))
    const agent = await cli(['export', '--project', 'agent.json', '--to', 'dspy-json', '--out', 'agent'], { cwd: place.folder })
    expect(agent.stderr).toContain('tools=[lookup], max_iters=4')
    expect(read('dspy/state.json')).toMatchObject({ 'programs[2].classify': { signature: { instructions: 'Name the colour, 6.' } } })
  })
})

/** What the studio's engine and the exported folder send for the same rows, and what they return. */
async function compare(name: string, program: Program) {
  place.write(`${name}.json`, JSON.stringify(toyProjectFile(program)))
  const lm = ['--lm', `${server.url}#toy-1`, '--temperature', '0']
  const before = server.count
  const evaluate = ['evaluate', '--project', `${name}.json`, '--data', 'data.csv', '--split', 'all', '--out', `${name}.jsonl`]
  await cliJson([...evaluate, ...lm, '--concurrency', '1'], { cwd: place.folder })
  const studio = server.requests.slice(before).map(request => request.text)
  const predictions = jsonLines(readFileSync(place.path(`${name}.jsonl`), 'utf8')).map(row =>
    isJsonObject(row) ? row['prediction'] : null,
  )

  const folder = `${name} folder`
  const target = ['export', '--project', `${name}.json`, '--data', 'data.csv', '--to', 'typescript', '--out', folder]
  await cliJson([...target, ...lm], { cwd: place.folder })
  mkdirSync(place.path(`${folder}/node_modules/@jitl`), { recursive: true })
  for (const dependency of dependenciesOf(folder))
    symlinkSync(`${modules}${dependency}`, place.path(`${folder}/node_modules/${dependency}`))
  place.write('inputs.json', JSON.stringify(rows.map(row => row.inputs)))
  const run = await main(folder)
  expect(run).toMatchObject({ code: 0, stderr: '' })
  const exported = server.requests.slice(before + studio.length).map(request => request.text)
  return { studio, exported, outputs: jsonLines(run.stdout), predictions }
}

/** What `npm install` would bring. */
function dependenciesOf(folder: string): readonly string[] {
  const described = read(`${folder}/package.json`)
  const named = isJsonObject(described) ? described['dependencies'] : undefined
  return isJsonObject(named) ? Object.keys(named) : []
}

function main(folder: string): Promise<CliResult> {
  const script = [`${modules}tsx/dist/cli.mjs`, 'main.ts', place.path('inputs.json')]
  const child = spawn(process.execPath, script, { cwd: place.path(folder), env: { ...process.env, OPENAI_API_KEY: 'k' } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise(resolve => child.once('close', code => resolve({ code, stdout, stderr })))
}

/** Messages but the system's and the question itself, two a demo. */
function demosIn(body: string): number {
  return (messagesIn(body).length - 2) / 2
}

function shownIn(body: string): string {
  return JSON.stringify(messagesIn(body).slice(1, -1))
}

function messagesIn(body: string): readonly Json[] {
  const parsed = parseJson(body)
  const messages = parsed.ok && isJsonObject(parsed.value) ? parsed.value['messages'] : undefined
  return Array.isArray(messages) ? messages : []
}

function read(path: string): Json {
  const parsed = parseJson(readFileSync(place.path(path), 'utf8'))
  return parsed.ok ? parsed.value : null
}
