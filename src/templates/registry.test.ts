import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toExample } from '@/engine/data/mapping'
import { splitOf } from '@/engine/data/split'
import { checkGraph } from '@/engine/graph/check'
import { sandboxLm } from '@/engine/providers/sandbox/sandbox-lm'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { startRun } from '@/engine/run/run'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import type { RunSpec } from '@/engine/record/spec'
import { memoryPorts } from '@/testing/memory-ports'
import { templates } from './registry'

let runner: CodeRunner
beforeAll(async () => {
  runner = await createQuickJsRunner()
})
afterAll(() => runner.dispose())

describe.each(templates.map(template => [template.id, template] as const))('template %s', (_id, template) => {
  const file = template.build(prefix => `${prefix}-1`)
  const { project, dataset } = file

  it('is a valid project file with a sound graph', () => {
    expect(parseProjectFile(file)).toEqual(file)
    expect(checkGraph(project.graph)).toEqual([])
    expect(Object.keys(project.layout).sort()).toEqual(project.graph.nodes.map(node => node.id).sort())
  })

  it('has 80 to 200 rows, each text once, with labels that its outputs allow', () => {
    const rows = dataset?.rows ?? []
    expect(rows.length).toBeGreaterThanOrEqual(80)
    expect(rows.length).toBeLessThanOrEqual(200)
    expect(new Set(rows.map(row => Object.values(row.cells)[0])).size).toBe(rows.length)
    const outputs = project.graph.nodes.flatMap(node => (node.kind === 'output' ? node.fields : []))
    for (const field of outputs) {
      const { type } = field
      if (type.kind !== 'enum') continue
      const labels = new Set(rows.map(row => row.cells[project.mapping.labels[field.id] ?? '']))
      expect(labels).toEqual(new Set(type.values))
    }
  })

  it('gains from one press on Compile, with the whole interval above zero', async () => {
    const examples = (dataset?.rows ?? []).map(row => toExample(row, dataset?.columns ?? [], project.graph, project.mapping))
    const part = (name: string) => examples.filter(example => splitOf(example.id, project.split) === name)
    const [model] = project.models
    if (model === undefined) throw new Error('A template has a model.')
    const { id, params } = project.optimizer
    const [train, val] = [part('train'), part('val')]
    const spec: RunSpec = {
      schemaVersion: 1,
      engineVersion: 'test',
      kind: 'compile',
      title: project.name,
      graph: project.graph,
      state: project.state,
      metric: project.metric,
      optimizer: { id, params: params[id] ?? {} },
      models: { task: model, prompt: model, overrides: {} },
      data: { split: 'val', train: { hash: 'train', count: train.length }, val: { hash: 'val', count: val.length } },
      seed: project.run.seed,
      concurrency: project.run.concurrency,
      maxErrors: project.run.maxErrors,
      budget: project.run.budget,
    }
    const outcome = await startRun(spec, { train, val }, memoryPorts({ lm: sandboxLm(), runner }), () => undefined).done
    expect(outcome.status).toBe('done')
    expect(outcome.result?.gain?.low).toBeGreaterThan(0)
    expect(outcome.result?.baseline?.summary.errors).toBe(0)
  }, 60_000)
})
