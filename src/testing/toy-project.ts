import { projectSchemaVersion, type DataRow, type Project, type ProjectFile } from '@/engine/project/project'

/** A complete project of one predictor, with every optional part set, so that a schema that forgets one is noticed. */
export function toyProject(): Required<Omit<Project, 'dspyFile'>> {
  return {
    schemaVersion: projectSchemaVersion,
    id: 'project_toy',
    name: 'Toy',
    templateId: 'none',
    createdAt: 1,
    updatedAt: 2,
    graph: {
      nodes: [
        {
          id: 'in',
          kind: 'input',
          name: 'Input',
          fields: [{ id: 'in_text', name: 'text', role: 'output', type: { kind: 'str' }, desc: '' }],
        },
        {
          id: 'classify',
          kind: 'signature',
          name: 'Classify',
          module: 'predict',
          moduleParams: {},
          fields: [
            { id: 'c_text', name: 'text', role: 'input', type: { kind: 'str' }, desc: 'what somebody wrote' },
            { id: 'c_label', name: 'label', role: 'output', type: { kind: 'enum', values: ['fruit', 'tool'] }, desc: '' },
          ],
        },
        {
          id: 'out',
          kind: 'output',
          name: 'Output',
          fields: [{ id: 'out_label', name: 'label', role: 'input', type: { kind: 'str' }, desc: '' }],
        },
      ],
      edges: [
        { id: 'e1', from: { node: 'in', field: 'in_text' }, to: { node: 'classify', field: 'c_text' } },
        { id: 'e2', from: { node: 'classify', field: 'c_label' }, to: { node: 'out', field: 'out_label' } },
      ],
    },
    state: {
      classify: { instructions: 'Name the kind of thing.', demos: [{ text: 'a pear', label: 'fruit', augmented: true }], lm: 'sandbox' },
    },
    layout: { in: { x: 0, y: 0 }, classify: { x: 240, y: 0 }, out: { x: 480, y: 0 } },
    datasetId: 'data_toy',
    mapping: { inputs: { in_text: 'col_text' }, labels: { out_label: 'col_label' } },
    split: { train: 40, val: 40, test: 20, seed: 0 },
    metric: { kind: 'exact-match', params: { field: 'label' } },
    types: [{ kind: 'enum-class', name: 'Mood', members: [{ name: 'GLAD', value: 'glad' }] }],
    otherMetrics: { numeric: { field: 'label', absolute: 0.5 } },
    models: [
      {
        id: 'sandbox',
        label: 'Sandbox',
        provider: 'sandbox',
        model: 'sandbox',
        settings: { temperature: 0, maxTokens: 500, topP: 1, stop: ['x'], seed: 1, reasoningEffort: 'low' },
        price: { input: 1, output: 2 },
        limits: { concurrency: 4, requestsPerMinute: 100, tokensPerMinute: 1000 },
        baseUrl: 'https://api.example.com/v1',
      },
    ],
    roles: { task: 'sandbox', prompt: 'sandbox', teacher: 'sandbox' },
    optimizer: { id: 'labeled-few-shot', params: { 'labeled-few-shot': { k: 4 } } },
    run: { concurrency: 4, seed: 7, maxErrors: 10, budget: { maxCalls: 10_000, maxTokens: 1e9, maxCost: 100, maxMs: 600_000 } },
    reveals: [{ at: 3, runId: 'run_old' }],
  }
}

export function toyRows(count: number): DataRow[] {
  const words = [
    ['apple', 'fruit'],
    ['hammer', 'tool'],
    ['plum', 'fruit'],
    ['saw', 'tool'],
  ] as const
  return Array.from({ length: count }, (_, index) => {
    const [word, label] = words[index % words.length] ?? words[0]
    return { id: `row_${index}`, cells: { col_text: `a ${word} number ${index}`, col_label: label } }
  })
}

export function toyFile(rowCount = 60): ProjectFile {
  return {
    format: 'dspy-studio-project',
    schemaVersion: projectSchemaVersion,
    project: toyProject(),
    dataset: {
      name: 'Things',
      columns: [
        { id: 'col_text', name: 'text', type: 'str' },
        { id: 'col_label', name: 'label', type: 'str' },
      ],
      rows: toyRows(rowCount),
    },
    versions: [
      {
        id: 'version_1',
        projectId: 'project_toy',
        number: 1,
        at: 5,
        note: 'First',
        state: toyProject().state,
        runId: 'run_old',
        score: 0.5,
      },
    ],
  }
}
