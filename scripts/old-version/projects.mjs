/** Where the model of the fixtures lives: an address that no network has. */
export const http = 'http://models.example/v1'

/** Small settings of every optimizer. The last one is exported as a finished run. */
export const optimizers = {
  'labeled-few-shot': { k: 4 },
  'bootstrap-few-shot': { max_bootstrapped_demos: 2, max_labeled_demos: 4 },
  'bootstrap-few-shot-random-search': { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 },
  'bootstrap-few-shot-tpe': { max_demos: 2, max_labeled_demos: 4, num_candidate_programs: 4 },
  'knn-few-shot': { k: 2, vectorizer: 'embedding', max_bootstrapped_demos: 2, max_labeled_demos: 4 },
  copro: { breadth: 3, depth: 2 },
  'mipro-v2': { auto: 'manual', num_candidates: 3, num_trials: 4, max_bootstrapped_demos: 2, max_labeled_demos: 2, minibatch: false },
  simba: { bsize: 4, num_candidates: 2, max_steps: 2, max_demos: 2 },
  'infer-rules': { num_candidates: 2, num_rules: 3, max_bootstrapped_demos: 2, max_labeled_demos: 2 },
  ensemble: { size: 3, max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 },
  gepa: { auto: 'manual', max_metric_calls: 90 },
}

/** Twenty-four things to name, at the model over HTTP. */
export function thingsProject(optimizer, params, { name = `Things with ${optimizer}`, seed = 7, model = 'plain', budget = {} } = {}) {
  const remote = {
    label: 'Remote',
    provider: 'openai-compatible',
    baseUrl: http,
    settings: { temperature: 0 },
    price: { input: 1, output: 2 },
  }
  const words = [
    ['apple', 'fruit'],
    ['hammer', 'tool'],
    ['plum', 'fruit'],
    ['saw', 'tool'],
  ]
  const rows = Array.from({ length: 24 }, (_, index) => {
    const [word, label] = words[index % words.length]
    return { id: `row_${index}`, cells: { col_text: `a ${word} number ${index}`, col_label: label } }
  })
  const field = (id, title, role, type = { kind: 'str' }) => ({ id, name: title, role, type, desc: '' })
  return {
    format: 'dspy-studio-project',
    schemaVersion: 1,
    project: {
      schemaVersion: 1,
      id: 'things',
      name,
      createdAt: 1,
      updatedAt: 1,
      graph: {
        nodes: [
          { id: 'in', kind: 'input', name: 'Input', fields: [field('in_text', 'text', 'output')] },
          {
            id: 'classify',
            kind: 'signature',
            name: 'Classify',
            module: 'predict',
            moduleParams: {},
            fields: [field('c_text', 'text', 'input'), field('c_label', 'label', 'output', { kind: 'enum', values: ['fruit', 'tool'] })],
          },
          { id: 'out', kind: 'output', name: 'Output', fields: [field('out_label', 'label', 'input')] },
        ],
        edges: [
          { id: 'e1', from: { node: 'in', field: 'in_text' }, to: { node: 'classify', field: 'c_text' } },
          { id: 'e2', from: { node: 'classify', field: 'c_label' }, to: { node: 'out', field: 'out_label' } },
        ],
      },
      // Its own in each project, so that none finds its answers in the cache.
      state: { classify: { instructions: `Name the kind of thing. ${name}.`, demos: [] } },
      layout: { in: { x: 0, y: 0 }, classify: { x: 240, y: 0 }, out: { x: 560, y: 0 } },
      datasetId: 'data',
      mapping: { inputs: { in_text: 'col_text' }, labels: { out_label: 'col_label' } },
      split: { train: 40, val: 40, test: 20, seed: 0 },
      metric: { kind: 'exact-match', params: { field: 'label' } },
      models: [
        { ...remote, id: 'remote', model, limits: { concurrency: 4 } },
        { ...remote, id: 'embedder', label: 'Embedder', model: 'embedder' },
      ],
      roles: { task: 'remote', prompt: 'remote', embedding: 'embedder' },
      optimizer: { id: optimizer, params: { [optimizer]: params } },
      run: { concurrency: 4, seed, maxErrors: 10, budget },
      reveals: [],
    },
    dataset: {
      name: 'Things',
      columns: [
        { id: 'col_text', name: 'text', type: 'str' },
        { id: 'col_label', name: 'label', type: 'str' },
      ],
      rows,
    },
    versions: [],
  }
}

/** The first rows of a template, and another optimizer for it. */
export function trimmed(file, id, params) {
  const { project, dataset } = file
  return {
    ...file,
    project: { ...project, optimizer: { id, params: { [id]: params } } },
    dataset: { ...dataset, rows: dataset.rows.slice(0, 30) },
  }
}

/** The template of two steps with a third one before them, which is JavaScript. */
export function codeProject(file, { optimizer = 'bootstrap-few-shot-random-search', candidates, name }) {
  const small = trimmed(file, optimizer, { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: candidates })
  const { graph, layout } = small.project
  const tidy = {
    id: 'tidy',
    kind: 'code',
    name: 'Tidy',
    source: "return { report: inputs.note.trim().replaceAll(/\\s+/g, ' ') }",
    fields: [
      { id: 'tidy-note', name: 'note', role: 'input', type: { kind: 'str' }, desc: '' },
      { id: 'tidy-report', name: 'report', role: 'output', type: { kind: 'str' }, desc: '' },
    ],
  }
  const edges = graph.edges.map(edge => (edge.to.node === 'summarise' ? { ...edge, from: { node: 'tidy', field: 'tidy-report' } } : edge))
  const wire = { id: 'e-tidy', from: { node: 'report-in', field: 'report' }, to: { node: 'tidy', field: 'tidy-note' } }
  const project = {
    ...small.project,
    ...(name !== undefined && { name }),
    graph: { ...graph, nodes: [...graph.nodes, tidy], edges: [...edges, wire] },
    layout: { ...layout, tidy: { x: 200, y: 200 } },
  }
  return { ...small, project }
}

/** Brings a project in through the gallery and returns its id. */
export async function imported(page, file) {
  await page.goto('/')
  const buffer = Buffer.from(JSON.stringify(file))
  await page.getByLabel('Project file').setInputFiles({ name: 'project.json', mimeType: 'application/json', buffer })
  await page.waitForURL(/#\/p\/[\w-]+$/)
  return page.url().split('/').at(-1)
}
