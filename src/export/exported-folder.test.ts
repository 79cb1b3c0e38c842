import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FakeOpenAi, FakeRequest } from '../../e2e/fake-openai'
import { parseJson, type Json } from '@/lib/json'
import { jsonLines } from '@/testing/json-lines'
import { cliJson, csvOf, workplace, type CliResult, type Workplace } from '@/testing/cli-process'
import { codeProgram } from '@/testing/code-program'
import { toyProjectFile } from '@/testing/toy-project-file'
import { toyRows } from '@/testing/toy-programs'
import { startToyServer, toyAnswer } from '@/testing/toy-server'

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))
let place: Workplace
let server: FakeOpenAi
beforeAll(async () => {
  place = workplace()
  server = await startToyServer({ requireKey: 'key-of-a-user', answer })
  const { graph, state } = codeProgram()
  // One step asks in tags, the other as the program says.
  const nodes = graph.nodes.map(node => (node.id === 'extract' && node.kind === 'signature' ? { ...node, adapter: 'xml' as const } : node))
  const file = toyProjectFile({ graph: { ...graph, nodes }, state })
  const project = { ...file.project, name: 'Colours */ of\nthings' }
  place.write('project.json', JSON.stringify({ ...file, project }))
  place.write('data.csv', csvOf(rows))
  const flags = '--data data.csv --split all --temperature 0.25 --max-tokens 321'.split(' ')
  const lm = ['--lm', `${server.url}#toy-1`]
  await cliJson(['export', '--project', 'project.json', '--to', 'typescript', '--out', 'exported folder', ...lm, ...flags], {
    cwd: place.folder,
  })
  // What `npm i` would fetch, without a network.
  mkdirSync(place.path('exported folder/node_modules/@types'), { recursive: true })
  for (const name of ['openai', '@types/node', 'undici-types'])
    symlinkSync(`${modules}${name}`, place.path(`exported folder/node_modules/${name}`))
})
afterAll(async () => {
  await server.close()
  place.remove()
})

/** The toy model writes chat; the step that asks in tags gets tags. */
async function answer(request: FakeRequest): Promise<string> {
  if (!request.text.includes('`<keyword>`')) return toyAnswer(request)
  const [, text = ''] = /<text>(.*)<\/text>/.exec(request.text.slice(request.text.lastIndexOf('<text>'))) ?? []
  // Another word for each row: equal requests would be answered from the cache.
  return `<keyword>\n${text.replace(/\W/g, '')}\n</keyword>`
}

const rows = toyRows(12).map(row => ({ ...row, inputs: { text: `please ${String(row.inputs['text'])} – „é日" please` } }))

describe('the exported TypeScript folder', () => {
  it('sends the very bytes that the engine sends, and returns the same outputs', { timeout: 60_000 }, async () => {
    const evaluate = ['evaluate', '--project', 'project.json', '--data', 'data.csv', '--lm', `${server.url}#toy-1`, '--out', 'rows.jsonl']
    const flags = ['--temperature', '0.25', '--max-tokens', '321', '--key-env', 'TOY_KEY', '--concurrency', '1']
    await cliJson([...evaluate, ...flags], { cwd: place.folder, env: { TOY_KEY: 'key-of-a-user' } })
    const studio = server.requests.map(request => request.text)
    expect(studio).toHaveLength(24)
    expect(studio.filter(text => text.includes('`<keyword>`'))).toHaveLength(12)

    place.write('inputs.json', JSON.stringify(rows.map(row => row.inputs)))
    const run = await tsx(['main.ts', place.path('inputs.json')], { OPENAI_API_KEY: 'key-of-a-user' })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const exported = server.requests.slice(24)
    expect(exported.map(request => request.text)).toEqual(studio)
    expect(new Set(exported.map(request => request.headers['authorization']))).toEqual(new Set(['Bearer key-of-a-user']))
    expect(jsonLines(run.stdout)).toEqual(
      jsonLines(readFileSync(place.path('rows.jsonl'), 'utf8')).map(row => (row as { prediction: Json }).prediction),
    )
    expect(jsonLines(run.stdout)[0]).toMatchObject({
      label: expect.any(String),
      loud: expect.stringMatching(/^[A-Z]+$/),
      size: expect.any(Number),
    })
  })

  it('runs its own examples, or one row given on the line', { timeout: 60_000 }, async () => {
    const before = server.count
    const own = await tsx(['main.ts'], { OPENAI_API_KEY: 'key-of-a-user' })
    expect(own.code).toBe(0)
    expect(jsonLines(own.stdout)).toHaveLength(3)
    const examples = parseJson(readFileSync(place.path('exported folder/examples.json'), 'utf8'))
    const [first] = examples.ok && Array.isArray(examples.value) ? examples.value : []
    const one = await tsx(['main.ts', JSON.stringify(first)], { OPENAI_API_KEY: 'key-of-a-user' })
    expect(jsonLines(one.stdout)).toEqual(jsonLines(own.stdout).slice(0, 1))
    expect(server.count).toBe(before + 8)
  })

  it('goes to the address and model of its environment, and fails with a sentence', { timeout: 60_000 }, async () => {
    const other = await startToyServer({ answer })
    try {
      const run = await tsx(['main.ts'], { OPENAI_BASE_URL: other.url, OPENAI_MODEL: 'toy-9' })
      expect(run.code).toBe(0)
      expect(new Set(other.requests.map(request => request.model))).toEqual(new Set(['toy-9']))
    } finally {
      await other.close()
    }
    const refused = await tsx(['main.ts'], { OPENAI_API_KEY: 'wrong' })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('refused the key')
  })

  it('is typed from end to end', { timeout: 60_000 }, async () => {
    expect(await node(`${modules}typescript/bin/tsc`, ['-p', '.'], {})).toMatchObject({ code: 0, stdout: '' })
    const text = readFileSync(place.path('exported folder/program.ts'), 'utf8')
    expect(text).toContain('  label: "red" | "green" | "blue"\n')
    expect(text).toContain('  size: number\n')
    place.write(
      'exported folder/wrong.ts',
      "import { load } from './program.js'\nconst { outputs } = await load()({ text: 3 })\nexport const size: string = outputs.size\n",
    )
    const wrong = await node(`${modules}typescript/bin/tsc`, ['-p', '.'], {})
    expect(wrong.code).not.toBe(0)
    expect(wrong.stdout).toMatch(/wrong\.ts.*TS2322[\s\S]*wrong\.ts.*TS2322/)
  })

  it('needs nothing but openai at run time, and carries no key', () => {
    const text = readFileSync(place.path('exported folder/package.json'), 'utf8')
    const parsed = parseJson(text)
    expect(parsed).toMatchObject({ ok: true, value: { dependencies: { openai: expect.any(String) } } })
    expect(parsed.ok && Object.keys((parsed.value as { dependencies: object }).dependencies)).toEqual(['openai'])
    const engine = readFileSync(place.path('exported folder/engine.js'), 'utf8')
    expect([...engine.matchAll(/^\s*(?:import|export)\b[^\n]*?\bfrom\s*"([^"]+)"/gm)].map(match => match[1])).toEqual(['./client.js'])
    for (const name of ['program.json', 'examples.json', 'main.ts', 'program.ts', 'README.md'])
      expect(readFileSync(place.path(`exported folder/${name}`), 'utf8')).not.toContain('key-of-a-user')
  })
})

function tsx(args: readonly string[], env: Record<string, string>): Promise<CliResult> {
  return node(`${modules}tsx/dist/cli.mjs`, args, env)
}

function node(script: string, args: readonly string[], env: Record<string, string>): Promise<CliResult> {
  const child = spawn(process.execPath, [script, ...args], { cwd: place.path('exported folder'), env: { ...process.env, ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise(resolve => child.once('close', code => resolve({ code, stdout, stderr })))
}
