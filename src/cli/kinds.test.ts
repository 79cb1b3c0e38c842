import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adapterIds } from '@/engine/program/adapter-id'
import { metricKinds } from '@/engine/metrics/registry'
import { stepKinds } from '@/engine/modules/registry'
import { optimizerKinds } from '@/engine/optimizers/registry'
import { parseProjectFile } from '@/engine/project/read-project'
import { providers } from '@/engine/providers/registry'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { buildRuntime } from '../../scripts/bundle.mjs'
import { parseArguments } from './arguments'
import { kindGroups, listKinds, type ListedKind } from './kinds'
import { commands } from './main'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dspy-studio-kinds-'))
  if (!existsSync(fileURLToPath(new URL('../../public/runtime/engine.js', import.meta.url)))) await buildRuntime()
  const rows = [
    ['a dozen eggs', '12'],
    ['one apple and two pears', '3'],
    ['no bread', '0'],
    ['a pair of shoes', '2'],
  ]
  writeFileSync(at('data.csv'), `text,count\n${rows.map(row => row.join(',')).join('\n')}\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)

/** Runs a command in this process; it must succeed. Returns what it printed. */
async function cli(...argv: readonly string[]): Promise<string> {
  const { command, flags } = parseArguments(argv)
  let printed = ''
  let complaints = ''
  const code = await commands[command]?.(flags, {
    print: text => void (printed += `${text}\n`),
    complain: text => void (complaints += `${text}\n`),
    progress: () => undefined,
  })
  expect({ argv, code, complaints }).toMatchObject({ code: 0 })
  return printed
}

async function cliJson(...argv: readonly string[]): Promise<JsonObject> {
  const parsed = parseJson(await cli(...argv, '--json'))
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error(`${argv.join(' ')} printed no JSON object`)
  return parsed.value
}

/** From nothing to a checked, scored and exported program. */
async function roundTrip(name: string, flags: readonly string[], signature = 'text -> count: int'): Promise<void> {
  const project = at(`${name}.json`)
  await cli('new', '--signature', signature, '--out', project, ...flags)
  expect(await cliJson('check', '--project', project)).toEqual({ ok: true, problems: [] })
  const report = await cliJson('evaluate', '--project', project, '--data', at('data.csv'), '--lm', 'sandbox')
  expect(report).toMatchObject({ status: 'done', rows: 4, errors: 0, unscored: 0, score: expect.any(Number) })
  for (const target of ['typescript', 'dspy-json']) {
    await cli('export', '--project', project, '--data', at('data.csv'), '--to', target, '--out', at(`${name}-${target}`))
    expect(readdirSync(at(`${name}-${target}`))).toContain(target === 'typescript' ? 'program.ts' : 'state.json')
  }
}

describe('new, check, evaluate and export', { timeout: 60_000 }, () => {
  const kinds = listKinds()
  it.each(kinds.steps.map(({ id }) => id))('work for the step %s', async id => {
    await roundTrip(`step-${id}`, ['--module', id, '--metric', 'exact-match:count'])
    const { graph } = parseProjectFile(JSON.parse(readFileSync(at(`step-${id}.json`), 'utf8'))).project
    expect(graph.nodes.map(node => (node.kind === 'signature' ? node.module : node.kind))).toContain(id)
  })

  it.each(kinds.adapters.map(({ id }) => id))('work for the adapter %s', async id => {
    await roundTrip(`adapter-${id}`, ['--adapter', id])
    expect(parseProjectFile(JSON.parse(readFileSync(at(`adapter-${id}.json`), 'utf8'))).project.graph.adapter).toBe(id)
  })

  it.each(kinds.metrics.map(({ id }) => id))('work for the metric %s', async id => {
    await roundTrip(`metric-${id}`, ['--metric', id])
    expect(parseProjectFile(JSON.parse(readFileSync(at(`metric-${id}.json`), 'utf8'))).project.metric.kind).toBe(id)
  })

  it.each(kinds.fieldTypes.map(({ id, example }) => [id, String(example)]))('work for the type %s', async (id, example) => {
    await roundTrip(`type-${id}`, ['--metric', 'exact-match:count'], `text -> value: ${example}, count: int`)
  })
})

describe('kinds', () => {
  it('lists every entry of every registry, with what it is and its settings', async () => {
    const printed = await cliJson('kinds')
    const ids = Object.fromEntries(
      kindGroups.map(group => [group, Array.isArray(printed[group]) ? printed[group].map(kind => isJsonObject(kind) && kind['id']) : []]),
    )
    expect(ids).toEqual({
      steps: stepKinds.map(({ id }) => id),
      adapters: [...adapterIds],
      metrics: metricKinds.map(({ id }) => id),
      optimizers: optimizerKinds.map(({ id }) => id),
      providers: providers.map(({ id }) => id),
      fieldTypes: ['str', 'int', 'float', 'bool', 'enum', 'list', 'object', 'dict', 'any', 'optional'],
    })
    const all = Object.values(listKinds()).flat()
    const isWhole = ({ title, help, params }: ListedKind): boolean =>
      title !== '' && help !== '' && params['type'] === 'object' && isJsonObject(params['properties'])
    expect(all.filter(kind => !isWhole(kind)).map(({ id }) => id)).toEqual([])
    // What the forms of the studio read besides is no part of a schema.
    expect(all.filter(({ params }) => /"(?:widget|help)":"/.test(JSON.stringify(params))).map(({ id }) => id)).toEqual([])
  })

  it('gives settings as JSON schema: type, default, title and description', () => {
    const { optimizers, steps, fieldTypes, providers: listed } = listKinds()
    const { params } = optimizers.find(({ id }) => id === 'labeled-few-shot') ?? { params: {} }
    expect(params).toMatchObject({
      properties: {
        k: { type: 'integer', default: 16, minimum: 1, title: 'Demos', description: expect.stringContaining('train examples') },
      },
    })
    expect(steps.find(({ id }) => id === 'react')?.params).toMatchObject({
      properties: { max_iters: { default: 20 }, tools: { type: 'array' } },
    })
    expect(fieldTypes.find(({ id }) => id === 'list')).toMatchObject({
      example: 'list[str]',
      params: { properties: { of: expect.any(Object) } },
    })
    expect(Object.keys((listed[0]?.params['properties'] ?? {}) as JsonObject)).toEqual(['settings'])
    expect(Object.keys((listed[1]?.params['properties'] ?? {}) as JsonObject)).toContain('baseUrl')
  })

  it('prints a table that names every id', async () => {
    const text = await cli('kinds')
    for (const { id } of Object.values(listKinds()).flat()) expect(text).toMatch(new RegExp(`^  ${id} `, 'm'))
    expect(text).toContain('    k = 16: ')
  })
})

describe('new', () => {
  it.each([
    [['--module', 'think-hard'], '--module must be one of predict, '],
    [['--adapter', 'yaml'], '--adapter must be one of chat, json, xml, not "yaml".'],
    [['--metric', 'vibes'], '--metric must be one of exact-match, '],
    [['--metric', 'exact-match:colour'], '--metric must name an output of the signature, such as exact-match:count.'],
  ])('refuses %s with the choices', async (flags, sentence) => {
    await expect(cli('new', '--signature', 'text -> count: int', '--out', at('never.json'), ...flags)).rejects.toThrow(sentence)
    expect(existsSync(at('never.json'))).toBe(false)
  })
})

describe('check', () => {
  it('says what keeps a project from running, with its place', async () => {
    const { flags } = parseArguments(['check', '--project', at('broken.json'), '--json'])
    await cli('new', '--signature', 'text -> count: int', '--module', 'best-of-n', '--metric', 'code', '--out', at('broken.json'))
    const file = JSON.parse(readFileSync(at('broken.json'), 'utf8')) as {
      project: { graph: { nodes: JsonObject[]; edges: unknown[] }; metric: JsonObject; optimizer: JsonObject }
    }
    file.project.graph.edges = file.project.graph.edges.slice(1)
    file.project.graph.nodes = file.project.graph.nodes.map(node =>
      node['kind'] === 'signature' ? { ...node, moduleParams: { reward: '(inputs => {' } } : node,
    )
    file.project.metric = { kind: 'code', params: { source: 'return 1 +' } }
    file.project.optimizer = { id: 'gepa', params: { gepa: { auto: 'extreme' } } }
    writeFileSync(at('broken.json'), JSON.stringify(file))
    let printed = ''
    const code = await commands['check']?.(flags, {
      print: text => void (printed += text),
      complain: () => undefined,
      progress: () => undefined,
    })
    expect(code).toBe(1)
    const report = JSON.parse(printed) as { ok: boolean; problems: { severity: string; message: string; node?: string }[] }
    expect(report.ok).toBe(false)
    const messages = report.problems.map(({ message }) => message)
    expect(report.problems.find(({ message }) => message.startsWith('Nothing feeds "text"'))).toMatchObject({
      severity: 'error',
      node: 'n2',
    })
    for (const part of [/^predict, reward: .*compile/s, /compile/, /GEPA: "auto" does not fit/])
      expect(messages.some(text => part.test(text))).toBe(true)
  })
})
