import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../e2e/fake-openai'
import { ensembleState } from '@/engine/graph/ensemble'
import type { Demo, Program, ProgramState } from '@/engine/program/program'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { jsonLines } from '@/testing/json-lines'
import { cli, cliJson, csvOf, workplace, type CliResult, type Workplace } from '@/testing/cli-process'
import { toyProjectFile } from '@/testing/toy-project-file'
import { agentStep, lookupTool, oneStep, toyLabelOf, toyRows, toyWords } from '@/testing/toy-programs'
import { startToyServer } from '@/testing/toy-server'

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const rows = toyRows(6)
const pool: readonly Demo[] = toyWords.map((word, index) => ({ text: `order ${index} for item ${word}`, label: toyLabelOf(word) }))

const picking = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: pool, nearest: { k: 3 } } })
const members: readonly ProgramState[] = [0, 3, 6].map(at => ({
  classify: { instructions: `Name the colour, ${at}.`, demos: pool.slice(at, at + 3) },
}))
const together = oneStep('predict', ensembleState(members[0] ?? {}, members, 'majority'))

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
  it('picks its demos anew for each call once it is exported, byte for byte as in the studio', { timeout: 60_000 }, async () => {
    const { studio, exported, outputs, predictions } = await compare('picking', picking)
    expect(studio).toHaveLength(rows.length)
    expect(exported).toEqual(studio)
    expect(outputs).toEqual(predictions)
    for (const body of exported) expect(demosIn(body)).toBe(3)
    // The pool is one list; what is shown is not.
    expect(new Set(exported.map(shownIn)).size).toBeGreaterThan(1)
    expect(readFileSync(place.path('picking folder/README.md'), 'utf8')).toContain('shows the 3 of 12 demos most like its inputs')
  })

  it('runs every member of an ensemble once it is exported, and joins their answers', { timeout: 60_000 }, async () => {
    const { studio, exported, outputs, predictions } = await compare('together', together)
    expect(studio).toHaveLength(3 * rows.length)
    expect(exported.toSorted()).toEqual(studio.toSorted())
    expect(outputs).toEqual(predictions)
    const lone = oneStep('predict', members[0])
    const alone = await compare('alone', lone)
    // Together they answer otherwise than the best alone, or this would prove nothing.
    expect(outputs).not.toEqual(alone.outputs)
  })

  it('runs tools, rewards and several attempts once it is exported, byte for byte as in the studio', { timeout: 120_000 }, async () => {
    // Some words are not in the catalogue: what a tool throws is part of the next prompt.
    const picky = { ...lookupTool, source: `if (inputs.word < 'm') throw new TypeError('not in the catalogue')\n${lookupTool.source}` }
    const reward = '(inputs, outputs) => ({ score: outputs.label === "red" ? 1 : 0.2, feedback: "not red" })'
    const stepping = {
      react: agentStep({}, { tools: [picky] }),
      'best-of-n': oneStep('best-of-n', {}, { N: 2, reward }),
      refine: oneStep('refine', {}, { N: 2, threshold: 1, reward }),
      'multi-chain-comparison': oneStep('multi-chain-comparison', {}, { M: 2 }),
    }
    for (const [name, program] of Object.entries(stepping)) {
      const { studio, exported, outputs, predictions } = await compare(name, program)
      expect(studio.length).toBeGreaterThan(rows.length)
      expect({ name, exported: exported.toSorted() }).toEqual({ name, exported: studio.toSorted() })
      expect({ name, outputs }).toEqual({ name, outputs: predictions })
      const told = studio.join('\n').includes('Execution error in lookup: TypeError: not in the catalogue')
      expect({ name, told }).toEqual({ name, told: name === 'react' })
    }
  })

  it('goes to DSPy with a word about what is lost, and each member as a file', { timeout: 60_000 }, async () => {
    place.write('for-dspy.json', JSON.stringify(toyProjectFile(together)))
    const run = await cli(['export', '--project', 'for-dspy.json', '--to', 'dspy-json', '--out', 'dspy'], { cwd: place.folder })
    expect(run.code).toBe(0)
    expect(run.stderr).toContain('ensemble of 3 members')
    expect(read('dspy/state.json')).toMatchObject({ classify: { signature: { instructions: 'Name the colour, 0.' } } })
    expect(read('dspy/members/member-3.json')).toMatchObject({ classify: { signature: { instructions: 'Name the colour, 6.' } } })
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
  mkdirSync(place.path(`${folder}/node_modules`), { recursive: true })
  symlinkSync(`${modules}openai`, place.path(`${folder}/node_modules/openai`))
  place.write('inputs.json', JSON.stringify(rows.map(row => row.inputs)))
  const run = await main(folder)
  expect(run).toMatchObject({ code: 0, stderr: '' })
  const exported = server.requests.slice(before + studio.length).map(request => request.text)
  return { studio, exported, outputs: jsonLines(run.stdout), predictions }
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
