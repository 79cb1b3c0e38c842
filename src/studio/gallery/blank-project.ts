import { projectSchemaVersion, type ProjectFile } from '@/engine/project/project'

/** A project with nothing in it but the settings every project has. */
export function blankProject(newId: (prefix: string) => string, now: number): ProjectFile {
  const modelId = newId('model')
  return {
    format: 'dspy-studio-project',
    schemaVersion: projectSchemaVersion,
    project: {
      schemaVersion: projectSchemaVersion,
      id: newId('project'),
      name: 'Untitled project',
      createdAt: now,
      updatedAt: now,
      graph: { nodes: [], edges: [] },
      state: {},
      layout: {},
      mapping: { inputs: {}, labels: {} },
      split: { train: 50, val: 30, test: 20, seed: 0 },
      metric: { kind: 'exact-match', params: {} },
      models: [{ id: modelId, label: 'Sandbox', provider: 'sandbox', model: 'sandbox', settings: {} }],
      roles: { task: modelId, prompt: modelId },
      optimizer: { id: 'bootstrap-few-shot', params: {} },
      run: { concurrency: 8, seed: 0, maxErrors: 10, budget: {} },
      reveals: [],
    },
    versions: [],
  }
}
