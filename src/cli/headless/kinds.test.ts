import { typeKinds } from '@/engine/signature/types/registry'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { adapterIds } from '@/engine/program/adapter-id'
import { jsonFallbackOf, jsonFallbacks } from '@/engine/program/json-fallback'
import { metricKinds } from '@/engine/metrics/registry'
import { stepKinds } from '@/engine/modules/registry'
import { optimizerKinds } from '@/engine/optimizers/registry'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { providers } from '@/engine/providers/registry'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { templates } from '@/templates/registry'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { buildRuntime } from '../../../scripts/bundle.mjs'
import { parseArguments } from './arguments'
import { helpText } from '../commands/help'
import { kindGroups, listKinds, type ListedKind } from './kinds'
import { commands } from '../main'

// The thread's file lies beside a bundle, and this test runs the sources.
vi.mock('./thread-runner', async () => {
  const { createQuickJsRunner } = await import('@/engine/user-code/quickjs')
  const runner = createQuickJsRunner()
  return {
    createThreadRunner: () => ({
      load: async (...asked: Parameters<CodeRunner['load']>) => (await runner).load(...asked),
      checkModule: async (text: string) => (await runner).checkModule(text),
      dispose() {},
    }),
  }
})

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dspy-studio-kinds-'))
  if (!existsSync(fileURLToPath(new URL('../../../public/runtime/rules.js', import.meta.url)))) await buildRuntime()
  const rows = [
    ['a dozen eggs', '12'],
    ['one apple and two pears', '3'],
    ['no bread', '0'],
    ['a pair of shoes', '2'],
  ]
  writeFileSync(at('data.csv'), `text,count\n${rows.map(row => row.join(',')).join('\n')}\n`)
  for (const [kind, cell] of Object.entries(cells)) {
    const quoted = `"${cell.replaceAll('"', '""')}"`
    writeFileSync(at(`${kind}.csv`), `text,count,given\n${rows.map(row => `${row.join(',')},${quoted}`).join('\n')}\n`)
  }
  writeFileSync(at('class.py'), python('class Person(BaseModel):', '    name: str', 'Person'))
  writeFileSync(at('enum-class.py'), python('class Colour(Enum):', '    RED = "red"', 'Colour'))
  writeFileSync(at('itself.py'), python('class Tree(BaseModel):', '    below: list["Tree"]', 'Tree'))
  for (const { id, example } of listKinds().fieldTypes)
    if (decisions.has(id)) writeFileSync(at(`${id}.py`), python('', '', String(example), 'How many are named?'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const decisions: ReadonlySet<string> = new Set(['noul', 'choice', 'score'])
/** A cell for each type that a model is given and cannot write. */
const cells: Readonly<Record<string, string>> = {
  image: dataUrl('image/png', 'a picture'),
  audio: dataUrl('audio/wav', 'RIFF....WAVEfmt '),
  file: dataUrl('application/pdf', '%PDF-1.4'),
  history: JSON.stringify([{ text: 'one egg', count: 1 }]),
  tool: JSON.stringify({ name: 'search', desc: 'Looks things up.', args: { query: { type: 'string' } } }),
  document: 'Eggs are sold by the dozen.',
}
function dataUrl(type: string, bytes: string): string {
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`
}
/** A signature with an output of a type that needs more than a line says: a class of its own, or a question as its description. */
function python(head: string, body: string, type: string, desc = 'What it is about.'): string {
  const value = `    value: ${type} = dspy.OutputField(desc=${JSON.stringify(desc)})`
  const signature = ['class Count(dspy.Signature):', '    text: str = dspy.InputField()', value]
  return [head, body, '', ...signature, '    count: int = dspy.OutputField()', ''].join('\n')
}
const at = (name: string): string => join(folder, name)

/** Runs a command in this process; it must succeed. Returns what it printed. */
async function cli(...argv: readonly string[]): Promise<string> {
  const { command, flags } = parseArguments(argv)
  let printed = ''
  let complaints = ''
  const code = await commands[command]?.(flags, {
    print: text => void (printed += `${text}\n`),
    complain: text => void (complaints += `${text}\n`),
    write: () => undefined,
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
async function roundTrip(
  name: string,
  flags: readonly string[],
  signature: readonly string[] = ['--signature', 'text -> count: int'],
  data = 'data.csv',
): Promise<void> {
  const project = at(`${name}.json`)
  await cli('new', ...signature, '--out', project, ...flags)
  expect(await cliJson('check', '--project', project)).toEqual({ ok: true, problems: [] })
  const report = await cliJson('evaluate', '--project', project, '--data', at(data), '--lm', 'sandbox')
  expect(report).toMatchObject({ status: 'done', rows: 4, errors: 0, unscored: 0, score: expect.any(Number) })
  // What a Python package does not have is refused: see `python-package.test.ts`.
  const hasPython = !['step-rlm', 'step-branch', 'step-parallel'].includes(name)
  for (const target of ['typescript', ...(hasPython ? ['python'] : []), 'dspy-json']) {
    await cli('export', '--project', project, '--data', at(data), '--to', target, '--out', at(`${name}-${target}`))
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

  it.each(jsonFallbacks)('work for asking again %s', async id => {
    await roundTrip(`again-${id}`, ['--json-fallback', id])
    expect(jsonFallbackOf(parseProjectFile(JSON.parse(readFileSync(at(`again-${id}.json`), 'utf8'))).project.graph)).toBe(id)
    // What the exported engine reads.
    const exported: unknown = JSON.parse(readFileSync(at(`again-${id}-typescript/program.json`), 'utf8'))
    expect(exported).toHaveProperty('program.graph')
    expect(exported).toMatchObject({ program: { graph: id === 'twice' ? {} : { jsonFallback: id } } })
  })

  it('work for tools that are called through an API', async () => {
    const flags = ['--module', 'react-v2', '--native-tools']
    await roundTrip('native-tools', flags)
    const exported: unknown = JSON.parse(readFileSync(at('native-tools-typescript/program.json'), 'utf8'))
    expect(exported).toMatchObject({ program: { graph: { nativeTools: true } } })
  })

  it.each(kinds.metrics.map(({ id }) => id))('work for the metric %s', async id => {
    await roundTrip(`metric-${id}`, ['--metric', id])
    expect(parseProjectFile(JSON.parse(readFileSync(at(`metric-${id}.json`), 'utf8'))).project.metric.kind).toBe(id)
  })

  it.each(kinds.fieldTypes.map(({ id, example }) => [id, String(example)]))('work for the type %s', async (id, example) => {
    const flags = ['--metric', 'exact-match:count']
    const name = `type-${id}`
    if (id in cells) await roundTrip(name, flags, ['--signature', `text, given: ${example} -> count: int`], `${id}.csv`)
    else if (existsSync(at(`${id}.py`))) await roundTrip(name, flags, ['--signature-file', at(`${id}.py`)])
    else await roundTrip(name, flags, ['--signature', `text -> value: ${example}, count: int`])
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
      jsonFallbacks: [...jsonFallbacks],
      metrics: metricKinds.map(({ id }) => id),
      optimizers: optimizerKinds.map(({ id }) => id),
      providers: providers.map(({ id }) => id),
      fieldTypes: Object.keys(typeKinds),
    })
    const all = Object.values(listKinds()).flat()
    const isWhole = ({ title, help, params }: ListedKind): boolean =>
      title !== '' && help !== '' && params['type'] === 'object' && isJsonObject(params['properties'])
    expect(all.filter(kind => !isWhole(kind)).map(({ id }) => id)).toEqual([])
    // What the forms of the studio also read is not part of a schema.
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
    [['--adapter', 'yaml'], '--adapter must be one of chat, json, xml, baml, two-step, not "yaml".'],
    [['--json-fallback', 'thrice'], '--json-fallback must be one of once, twice, never, not "thrice".'],
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
      write: () => undefined,
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

describe('check with rows', () => {
  const check = async (rows: string) => {
    await cli('new', '--signature', "text -> label: Literal['red', 'blue']", '--metric', 'exact-match', '--out', at('rows.json'))
    writeFileSync(at('rows.csv'), `text,label\n${rows}`)
    let printed = ''
    const { flags } = parseArguments(['check', '--project', at('rows.json'), '--data', at('rows.csv'), '--json'])
    const code = await commands['check']?.(flags, {
      print: text => void (printed += text),
      complain: () => undefined,
      write: () => undefined,
      progress: () => undefined,
    })
    return { code, ...(JSON.parse(printed) as { ok: boolean; problems: { severity: string; message: string }[] }) }
  }
  const rowsOf = (...labels: string[]) =>
    Array.from({ length: 40 }, (_, index) => `text ${index},${labels[index % labels.length]}\n`).join('')

  it('says what is doubtful about them, and what is certain to come to nothing', async () => {
    expect(await check(rowsOf('red', 'blue'))).toEqual({ code: 0, ok: true, problems: [] })
    const doubtful = await check(rowsOf('red', 'blue', 'green'))
    expect(doubtful).toMatchObject({ code: 0, ok: true, problems: [{ severity: 'warning' }] })
    expect(doubtful.problems[0]?.message).toContain('"green"')
    expect(await check(rowsOf('green', 'pink'))).toMatchObject({ code: 1, ok: false, problems: [{ severity: 'error' }] })
  })
})

describe('a project from a template', () => {
  const graphOf = (name: string) => parseProjectFile(JSON.parse(readFileSync(at(name), 'utf8'))).project.graph

  it('takes the adapter and the way of asking again of the command', async () => {
    for (const { id } of templates) {
      await cli('new', '--template', id, '--out', at('plain.json'))
      const plain = graphOf('plain.json')
      for (const adapter of adapterIds)
        for (const fallback of jsonFallbacks) {
          await cli('new', '--template', id, '--adapter', adapter, '--json-fallback', fallback, '--out', at('made.json'))
          const { jsonFallback: _, ...rest } = plain
          const made = graphOf('made.json')
          expect(jsonFallbackOf(made)).toBe(fallback)
          expect(made).toEqual({ ...rest, adapter, ...(made.jsonFallback && { jsonFallback: fallback }) })
        }
    }
  })

  it('refuses an adapter that there is not, and what the template brings itself', async () => {
    const made = (...flags: string[]) => cli('new', '--template', 'shop-assistant', '--out', at('none.json'), ...flags)
    await expect(made('--adapter', 'verse')).rejects.toThrow('--adapter must be one of')
    await expect(made('--json-fallback', 'thrice')).rejects.toThrow('--json-fallback must be one of')
    for (const flag of ['signature', 'module', 'metric', 'instructions'])
      await expect(made(`--${flag}`, 'a -> b')).rejects.toThrow(`--${flag} has no place beside --template`)
    expect(existsSync(at('none.json'))).toBe(false)
  })

  it('has in the help every flag that "new" reads', () => {
    const usage = helpText.slice(helpText.indexOf('cli new'), helpText.indexOf('cli kinds'))
    const [signature = '', template = ''] = usage.split('--template')
    for (const flag of ['module', 'adapter', 'json-fallback', 'metric', 'instructions', 'name']) expect(signature).toContain(`[--${flag} `)
    for (const flag of ['adapter', 'json-fallback', 'name']) expect(template).toContain(`[--${flag} `)
    expect(helpText.slice(helpText.indexOf('cli kinds'), helpText.indexOf('cli check'))).toContain('asking again')
  })
})
