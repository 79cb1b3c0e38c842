import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi } from '../../e2e/fake-openai'
import { isJsonObject, parseJson } from '@/lib/json'
import { cliJson, csvOf, workplace, type CliResult, type Workplace } from '@/testing/cli-process'
import { jsonLines } from '@/testing/json-lines'
import { lookupTool, oneStep, toyLabels, toyRows } from '@/testing/toy-programs'
import { toyProjectFile } from '@/testing/toy-project-file'
import { startToyServer } from '@/testing/toy-server'

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))
let place: Workplace
let server: FakeOpenAi
beforeAll(async () => {
  place = workplace()
  server = await startToyServer()
  place.write('project.json', JSON.stringify(toyProjectFile(oneStep('code-act', {}, { tools: [lookupTool] }))))
  place.write('data.csv', csvOf(toyRows(6)))
  const lm = ['--lm', `${server.url}#toy-1`]
  const flags = ['--to', 'typescript', '--out', 'exported folder', '--data', 'data.csv', '--split', 'all', ...lm]
  await cliJson(['export', '--project', 'project.json', ...flags], { cwd: place.folder })
  // What `npm i` would fetch, without a network.
  for (const folder of ['@types', '@jitl']) mkdirSync(place.path(`exported folder/node_modules/${folder}`), { recursive: true })
  const names = ['openai', '@types/node', 'undici-types', ...sandboxPackages, '@jitl/quickjs-ffi-types']
  for (const name of names) symlinkSync(`${modules}${name}`, place.path(`exported folder/node_modules/${name}`))
})
afterAll(async () => {
  await server.close()
  place.remove()
})

const sandboxPackages = ['@jitl/quickjs-wasmfile-release-sync', 'quickjs-emscripten-core']

describe('the exported folder of a program that runs what a model writes', () => {
  it('runs it in a sandbox of its own, and sends what the studio sends', { timeout: 90_000 }, async () => {
    const evaluate = ['evaluate', '--project', 'project.json', '--data', 'data.csv', '--lm', `${server.url}#toy-1`, '--out', 'rows.jsonl']
    await cliJson([...evaluate, '--concurrency', '1'], { cwd: place.folder })
    const studio = server.requests.map(({ text }) => text)
    expect(studio.some(text => text.includes('generated_code_0'))).toBe(true)
    place.write('inputs.json', JSON.stringify(toyRows(6).map(({ inputs }) => inputs)))
    const run = await node('tsx/dist/cli.mjs', ['main.ts', place.path('inputs.json')])
    expect(run).toMatchObject({ code: 0 })
    expect(server.requests.slice(studio.length).map(({ text }) => text)).toEqual(studio)
    const labels = jsonLines(run.stdout).map(row => (isJsonObject(row) ? row['label'] : undefined))
    expect(labels).toHaveLength(6)
    for (const label of labels) expect(toyLabels).toContain(label)
  })

  it('names what it needs, and is typed', { timeout: 90_000 }, async () => {
    const parsed = parseJson(readFileSync(place.path('exported folder/package.json'), 'utf8'))
    expect(parsed.ok && Object.keys((parsed.value as { dependencies: object }).dependencies)).toEqual(['openai', ...sandboxPackages])
    const sandbox = readFileSync(place.path('exported folder/sandbox.js'), 'utf8')
    expect([...sandbox.matchAll(/^(?:import [^"]*|\} )from "([^"]+)";$/gm)].map(match => match[1])).toEqual(sandboxPackages)
    expect(await node('typescript/bin/tsc', ['-p', '.'])).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(place.path('exported folder/README.md'), 'utf8')).toContain('sandbox.js')
  })
})

function node(script: string, args: readonly string[]): Promise<CliResult> {
  const env = { ...process.env, OPENAI_API_KEY: 'none' }
  const child = spawn(process.execPath, [`${modules}${script}`, ...args], { cwd: place.path('exported folder'), env })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise(resolve => child.once('close', code => resolve({ code, stdout, stderr })))
}
