import { sandboxModel } from '@/engine/providers/sandbox/sandbox-model'
import { newJsonFallback } from '@/engine/program/json-fallback'
import { projectSchemaVersion, type Project } from '@/engine/project/project'

/** A project with nothing on its canvas. */
export function blankProject(id: string, name: string, now: number): Project {
  return {
    schemaVersion: projectSchemaVersion,
    id,
    name,
    createdAt: now,
    updatedAt: now,
    graph: { nodes: [], edges: [], jsonFallback: newJsonFallback },
    state: {},
    layout: {},
    mapping: { inputs: {}, labels: {} },
    split: { train: 40, val: 40, test: 20, seed: 0 },
    metric: { kind: 'exact-match', params: { field: 'answer' } },
    models: [sandboxModel],
    roles: { task: sandboxModel.id, prompt: sandboxModel.id },
    optimizer: { id: 'bootstrap-few-shot-random-search', params: {} },
    run: { concurrency: 8, seed: 0, maxErrors: 10, budget: {} },
    reveals: [],
  }
}
