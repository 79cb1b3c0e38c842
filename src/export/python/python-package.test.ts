import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completeState } from '@/engine/graph/default-state'
import { bindMetric } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import { adapterIds } from '@/engine/program/adapter-id'
import type { Program } from '@/engine/program/program'
import { codeProgram } from '@/testing/code-program'
import { packagePython } from '@/testing/dspy-python'
import { packageRuns, studioRuns, type PackageCase, type PackageRun } from '@/testing/exported-python'
import { simulatedLm } from '@/testing/simulated-lm'
import { stepPrograms } from '@/testing/step-programs'
import { settingPrograms, typedLm, typedPrograms, typedRows } from '@/testing/typed-programs'
import { realClock } from '@/testing/memory-ports'
import { toyModel } from '@/testing/toy-run'
import { hostileNames } from '@/testing/hostile-names'
import { agentStep, oneStep, toyLabels, toyRows, twoSteps } from '@/testing/toy-programs'
import { programPython } from './program-python'
import { pythonRemarks } from './python-remarks'
import { exportPython } from './to-python'
import { checkPython } from './check-python'

const python = packagePython()

/** Kinds of steps that a package does not have yet. */
const leftOut: ReadonlySet<string> = new Set(['rlm', 'branch', 'parallel'])

const cases: Readonly<Record<string, Program>> = {
  ...Object.fromEntries(Object.entries(stepPrograms).filter(([kind]) => !leftOut.has(kind))),
  ...settingPrograms,
  ...typedPrograms,
  'code between steps': codeProgram(),
  ...Object.fromEntries(
    adapterIds.map((adapter): [string, Program] => {
      const program = codeProgram()
      return [`the adapter ${adapter}`, { ...program, graph: { ...program.graph, adapter } }]
    }),
  ),
}

const metrics: readonly MetricSpec[] = [
  { kind: 'exact-match', params: { field: 'label' } },
  { kind: 'token-f1', params: { field: 'label' } },
  {
    kind: 'code',
    params: { source: '(example, prediction) => ({ score: prediction.label === example.labels.label ? 1 : 0.25, feedback: "so" })' },
  },
]

describe.skipIf(python === undefined)('an exported Python package, run by DSPy', () => {
  const runs = new Map<string, { readonly studio: PackageCase['runs']; readonly python: readonly PackageRun[] }>()

  const scores: (readonly PackageRun[])[] = []

  it('scores rows as the studio does, by its metrics and by JavaScript', async () => {
    const runner = await createQuickJsRunner()
    for (const [index, metric] of metrics.entries()) {
      const bound = await bindMetric(metric, { runner, typeOf: () => ({ kind: 'enum', values: toyLabels }) })
      for (const { outputs, score, requests } of scores[index] ?? []) {
        const row = toyRows(3)[scores[index]?.findIndex(run => run.requests === requests) ?? 0]
        const { value, feedback = '' } = await bound({ example: row ?? { id: '', inputs: {}, labels: {} }, prediction: outputs ?? {} })
        expect(score).toEqual({ value, feedback, number: value, passes: value >= 1 })
      }
    }
    runner.dispose()
    expect(scores.flat().filter(({ score }) => score !== undefined)).toHaveLength(metrics.length * 3)
  })

  beforeAll(async () => {
    const runner = await createQuickJsRunner()
    const packages: PackageCase[] = []
    for (const program of Object.values(cases)) {
      const isTyped = Object.values(typedPrograms).includes(program)
      const [rows, lm] = isTyped ? [typedRows, typedLm(program)] : [toyRows(12), simulatedLm()]
      const ran = (await studioRuns(program, rows, lm, runner)).filter(run => !run.requests.some(tellsOfError))
      packages.push({ program, runs: ran.slice(0, 3) })
    }
    runner.dispose()
    const scored = packages[0]
    if (scored) for (const metric of metrics) packages.push({ ...scored, metric })
    const answers = packageRuns(python ?? '', packages, await rulesText())
    scores.push(...answers.slice(Object.keys(cases).length))
    Object.keys(cases).forEach((name, index) => {
      const [own, made] = [packages[index], answers[index]]
      if (own && made) runs.set(name, { studio: own.runs, python: made })
    })
  }, 120_000)

  it.each(Object.keys(cases))('sends the requests of the studio, and returns the same: %s', name => {
    const { studio = [], python: made = [] } = runs.get(name) ?? {}
    expect(studio).toHaveLength(3)
    expect(made.map(({ error }) => error)).toEqual([undefined, undefined, undefined])
    expect(made.map(({ requests }) => requests.toSorted())).toEqual(studio.map(({ requests }) => requests.toSorted()))
    expect(made.map(({ outputs }) => outputs)).toEqual(studio.map(({ outputs }) => outputs))
  })
})

describe('the Python remarks', () => {
  const told = (program: Program): string =>
    pythonRemarks({ program, models: { task: toyModel, overrides: {} }, wording: 'studio' }).join('\n')

  it('say for each step what is different, and nothing of one that asks and answers alike', () => {
    expect(told(oneStep())).not.toMatch(/QuickJS|side by side|Classify/)
    expect(told(codeProgram())).toContain('older version')
    expect(told(agentStep())).toContain('The step "Classify" tells the model in Python’s words')
    expect(told(stepPrograms['program-of-thought'] ?? oneStep())).toContain('stops a program of the model’s after 10 seconds')
    expect(told(twoSteps())).toContain('side by side')
    expect(told(settingPrograms['steps with names of Python'] ?? oneStep())).toContain(
      'The step "deepcopy" is called deepcopy_step in Python',
    )
  })
})

describe('a program with a step that Python does not have', () => {
  it.each([...leftOut])('is refused with what to do instead: %s', kind => {
    expect(() => folderOf(stepPrograms[kind] ?? oneStep())).toThrow(/Python package does not have\. Export TypeScript/)
  })
})

describe('names in a Python package', () => {
  it('are refused where Python or DSPy has a meaning for them', () => {
    const called = (name: string): Program => {
      const { graph, state } = oneStep()
      const named = <F extends { readonly name: string }>(field: F): F => (field.name === 'text' ? { ...field, name } : field)
      return { graph: { ...graph, nodes: graph.nodes.map(node => ({ ...node, fields: node.fields.map(named) })) }, state }
    }
    for (const name of ['signature', 'demos', 'config', 'lm', 'self']) expect(() => folderOf(called(name))).toThrow('DSPy keeps for itself')
    expect(() => folderOf(called('text"]; import os'))).toThrow(/name/)
  })

  it('stand as texts that nothing gets out of', () => {
    const run = fc.property(
      fc.array(hostileNames, { minLength: 4, maxLength: 4 }),
      ([name = '', desc = '', instructions = '', option = '']) => {
        const { graph } = oneStep()
        const nodes = graph.nodes.map(node => ({
          ...node,
          fields: node.fields.map(field => ({
            ...field,
            desc,
            ...(field.name === 'label' && { type: { kind: 'enum' as const, values: [option] } }),
          })),
        }))
        const text = programPython(name, { graph: { ...graph, nodes }, state: { classify: { instructions, demos: [] } } })
        programs.push(text)
      },
    )
    const programs: string[] = []
    fc.assert(run, { numRuns: 60 })
    if (python === undefined) return
    const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-names-'))
    writeFileSync(join(folder, 'programs.json'), JSON.stringify(programs.map(text => Buffer.from(text, 'utf8').toString('base64'))))
    // Whatever the texts are, the statements at the start of the file are those of any program.
    const script = `import ast, base64, json, sys
found = {tuple(type(node).__name__ + ":" + getattr(node, "name", "") for node in ast.parse(base64.b64decode(text)).body) for text in json.load(open("programs.json"))}
print(json.dumps(sorted(found)))`
    const child = spawnSync(python, ['-c', script], { cwd: folder, encoding: 'utf8' })
    rmSync(folder, { recursive: true, force: true })
    expect(child.stderr).toBe('')
    expect(JSON.parse(child.stdout)).toHaveLength(1)
  })
})

function folderOf(program: Program) {
  return exportPython({ name: 'Toy', program, models: { task: toyModel, overrides: {} }, wording: 'studio', examples: [], rules: '' })
}

describe('what the page checks before it hands a Python package out', () => {
  let runner: CodeRunner
  beforeAll(async () => {
    runner = await createQuickJsRunner()
  })
  afterAll(() => runner.dispose())

  it.each(Object.keys(cases))('is that the texts of messages.json make the requests of the studio: %s', async name => {
    const program = cases[name]
    if (program === undefined) throw new Error(name)
    const isTyped = Object.hasOwn(typedPrograms, name)
    const lm = isTyped ? typedLm(program) : simulatedLm()
    const rows = await checkPython({
      program: { graph: program.graph, state: completeState(program.graph, program.state) },
      models: { task: toyModel, overrides: {} },
      examples: isTyped ? typedRows : toyRows(3),
      answer: () => ({ generate: lm.generate, capabilities: { responseFormats: ['json_schema', 'json_object'] } }),
      runner,
      clock: realClock,
    })
    expect(rows.map(({ requests }) => requests > 0)).toEqual([true, true, true])
    expect(rows.map(({ exported }) => exported)).toEqual(rows.map(({ studio }) => studio))
    expect(rows.map(({ isEqual }) => isEqual)).toEqual([true, true, true])
  })
})

/** The QuickJS of Python words what goes wrong in a model's own JavaScript otherwise: a remark says so. */
function tellsOfError(request: string): boolean {
  return request.includes('[[ ## previous_code ## ]]') || request.includes('The code failed: ')
}

/** Built of the sources as they stand. */
async function rulesText(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dspy-studio-rules-'))
  const bundle: { buildRules(outFolder: string): Promise<void> } = await import(
    new URL('../../../scripts/bundle.mjs', import.meta.url).href
  )
  await bundle.buildRules(folder)
  return readFileSync(join(folder, 'rules.js'), 'utf8')
}
