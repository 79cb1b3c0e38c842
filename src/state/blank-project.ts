import type { ModelSpec } from '@/engine/lm/lm'
import { projectSchemaVersion, type Project } from '@/engine/project/project'

/** The embedded model that every project starts with: it needs no key and no network. */
export const sandboxModel: ModelSpec = { id: 'sandbox', label: 'Sandbox', provider: 'sandbox', model: 'sandbox', settings: {} }

/** A project with nothing on its canvas. */
export function blankProject(id: string, name: string, now: number): Project {
  return {
    schemaVersion: projectSchemaVersion,
    id,
    name,
    createdAt: now,
    updatedAt: now,
    graph: { nodes: [], edges: [] },
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
