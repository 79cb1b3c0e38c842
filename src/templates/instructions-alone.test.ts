import { describe, expect, it } from 'vitest'
import { memoryPorts } from '@/testing/memory-ports'
import { toExample } from '@/engine/data/mapping'
import { splitOf } from '@/engine/data/split'
import type { Example } from '@/engine/base/example'
import { sandboxLm } from '@/engine/providers/sandbox/sandbox-lm'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/record/spec'
import { supportTriage } from './support-triage'

const noDemos = { max_bootstrapped_demos: 0, max_labeled_demos: 0 }

describe('instructions alone, written by the Sandbox', () => {
  it.each([
    ['mipro-v2', noDemos],
    ['copro', { breadth: 6, depth: 2 }],
    ['infer-rules', { ...noDemos, num_candidates: 4 }],
    ['gepa', { auto: 'light' }],
    ['simba', { max_demos: 0, num_candidates: 3, max_steps: 4 }],
  ])('gain on the ticket template with %s', async (id, params) => {
    const { project, dataset } = supportTriage.build(prefix => prefix)
    const rows: Record<'train' | 'val' | 'test', Example[]> = { train: [], val: [], test: [] }
    for (const row of dataset?.rows ?? [])
      rows[splitOf(row.id, project.split)].push(toExample(row, dataset?.columns ?? [], project.graph, project.mapping))
    const [model] = project.models
    if (model === undefined || project.metric === undefined) throw new Error('the template has no model or metric')
    const spec: RunSpec = {
      schemaVersion: 1,
      engineVersion: 'test',
      kind: 'compile',
      title: id,
      graph: project.graph,
      state: project.state,
      metric: project.metric,
      optimizer: { id, params },
      models: { task: model, prompt: model, overrides: {} },
      data: { split: 'val', train: { hash: 't', count: rows.train.length }, val: { hash: 'v', count: rows.val.length } },
      seed: 0,
      concurrency: 8,
      maxErrors: 10,
      budget: {},
    }
    const { result } = await startRun(spec, rows, memoryPorts({ lm: sandboxLm() }), () => undefined).done
    expect(result?.best?.state['triage']?.demos).toEqual([])
    // What it read of labels and failures, and not a lucky wording.
    expect(result?.best?.state['triage']?.instructions).toMatch(/- Use `\w+` for: /)
    // More than luck on these rows: the paired interval lies above zero.
    expect(result?.gain?.low).toBeGreaterThan(0)
  })
})
