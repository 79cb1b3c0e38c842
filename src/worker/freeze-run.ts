import { chosenExamples, labelNamesOf, projectRows, type ProjectRows } from './project-rows'
import type { Example } from '@/engine/base/example'
import { unmappedInputs } from '@/engine/data/mapping'
import { EngineError } from '@/engine/base/errors'
import { checkGraph } from '@/engine/graph/check'
import { completeState } from '@/engine/graph/default-state'
import { predictorsOf } from '@/engine/graph/predictors'
import type { ModelId } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import { traitsOf } from '@/engine/providers/registry'
import { metricLabels, needMetricKind } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { needOptimizerKind } from '@/engine/optimizers/registry'
import type { Project } from '@/engine/project/project'
import { parseParams } from '@/engine/run/plan/params'
import { factsAbout } from '@/engine/run/plan/run-facts'
import type { RunModels, RunSpec } from '@/engine/record/spec'
import { appVersion } from '@/storage/change-notices'
import { listModelFacts } from '@/storage/model-facts'
import type { RunRequest } from './api'

export interface FrozenRun {
  /** All of the spec but the references to the stored rows. */
  readonly spec: Omit<RunSpec, 'data'> & { readonly data: Pick<RunSpec['data'], 'split'> }
  readonly train: readonly Example[]
  readonly val: readonly Example[]
}

/**
 * Everything that decides what a run does, taken from the project as it is now. Throws `graph-invalid`, `params-invalid` or
 * `data-invalid` with what to do about it.
 */
export async function freezeRun(request: RunRequest): Promise<FrozenRun> {
  const { project, kind } = request
  checkProgram(project)
  const rows = await projectRows(project)
  const { train, val, split } = examplesFor(request, rows)
  const metric = metricFor(request, rows)
  const models = runModels(project)
  const facts = factsAbout(models, await listModelFacts())
  return {
    train,
    val,
    spec: {
      schemaVersion: 1,
      engineVersion: appVersion,
      kind,
      title: request.title ?? titleOf(request),
      graph: project.graph,
      state: completeState(project.graph, project.state),
      ...(metric && { metric }),
      ...(kind === 'compile' && { optimizer: optimizerFor(project) }),
      models,
      data: { split },
      seed: project.run.seed,
      concurrency: project.run.concurrency,
      maxErrors: project.run.maxErrors,
      budget: project.run.budget,
      callKeys: { version: 2 },
      ...(facts.length > 0 && { facts }),
    },
  }
}

/** Metrics read labels by name: one that no column has would score every row 0. */
export function checkMetric(metric: MetricSpec, rows: ProjectRows | undefined): void {
  const kind = needMetricKind(metric.kind)
  parseParams(kind.title, kind.params, metric.params)
  const known = rows && labelNamesOf(rows)
  const missing = metricLabels(metric).find(label => known && !known.has(label))
  if (missing === undefined) return
  throw new EngineError(
    'params-invalid',
    `The metric reads the label "${missing}", but no column of the dataset gives it. Map a column to it in Data, or choose another field.`,
    {
      path: 'metric',
      label: missing,
    },
  )
}

function checkProgram({ graph }: Project): void {
  const problem = checkGraph(graph).find(({ severity }) => severity === 'error')
  if (!problem) return
  const { node, field, edge, message } = problem
  throw new EngineError('graph-invalid', message, { ...(node && { node }), ...(field && { field }), ...(edge && { edge }) })
}

function examplesFor(
  request: RunRequest,
  rows: ProjectRows | undefined,
): { train: readonly Example[]; val: readonly Example[]; split: RunSpec['data']['split'] } {
  if (request.kind === 'row') return { train: [], val: [rowExample(request, rows)], split: 'row' }
  if (!rows) throw new EngineError('data-invalid', 'The project has no dataset. Import one in Data.')
  const [unmapped] = unmappedInputs(request.project.graph, rows.dataset.columns, request.project.mapping)
  if (unmapped) {
    throw new EngineError('data-invalid', `No column feeds the program's input "${unmapped.name}". Choose one in Data.`, {
      field: unmapped.id,
    })
  }
  if (request.kind === 'compile') {
    // The test split stays sealed: nothing of it may reach an optimizer.
    const train = someRows(rows, 'train', request.project)
    // Without a val split on purpose, candidates are scored on the train rows, as in DSPy.
    const val = request.project.split.val > 0 ? someRows(rows, 'val', request.project) : []
    return { train, val, split: 'val' }
  }
  const split = request.split ?? 'val'
  const wanted = request.exampleIds && new Set(request.exampleIds)
  const all = someRows(rows, split, request.project)
  const val = wanted ? all.filter(example => wanted.has(example.id)) : all
  if (val.length === 0)
    throw new EngineError('data-invalid', 'None of the chosen rows is in this split any more. Choose rows again.', { split })
  return { train: [], val, split }
}

function someRows(rows: ProjectRows, split: 'train' | 'val' | 'test' | 'all', project: Project): readonly Example[] {
  const examples = chosenExamples(rows, split, project.split)
  if (examples.length > 0) return examples
  const what = split === 'all' ? 'The dataset has no rows.' : `There are no rows in the ${split} split.`
  throw new EngineError('data-invalid', `${what} Add rows, or change the sizes of the splits in Data.`, {
    split,
    rows: rows.examples.length,
  })
}

function rowExample({ row, project }: RunRequest, rows: ProjectRows | undefined): Example {
  if (row?.inputs) return { id: row.exampleId ?? 'typed', inputs: row.inputs, labels: {} }
  const found = rows?.examples.find(example => example.id === row?.exampleId)
  if (found) return found
  throw new EngineError(
    'data-invalid',
    `This row is no longer in the dataset of "${project.name}". Choose another one, or type the inputs.`,
  )
}

/** A row run is scored only where it can be: with a label to compare with, and a metric that fits. */
function metricFor({ project, kind, row }: RunRequest, rows: ProjectRows | undefined): MetricSpec | undefined {
  if (kind !== 'row') {
    checkMetric(project.metric, rows)
    return project.metric
  }
  if (row?.inputs || !rows) return undefined
  try {
    checkMetric(project.metric, rows)
    return project.metric
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}

function optimizerFor({ optimizer }: Project): NonNullable<RunSpec['optimizer']> {
  const kind = needOptimizerKind(optimizer.id)
  const params = Object.hasOwn(optimizer.params, optimizer.id) ? (optimizer.params[optimizer.id] ?? {}) : {}
  parseParams(kind.title, kind.params, params)
  return { id: optimizer.id, params }
}

/** The models of a run by role. Throws `params-invalid` when a role names a model the project does not have. */
export function runModels(project: Project): RunModels {
  const { roles, graph, state } = project
  const named = (id: ModelId, role: string): [ModelId, ModelSpec] => [id, modelOf(project, id, role)]
  const overrides = predictorsOf(graph).flatMap(({ id, node }): [ModelId, ModelSpec][] => {
    const { lm, nearest } = state[id] ?? {}
    return [
      ...(lm === undefined ? [] : [named(lm, `the LM of the step "${node.name}"`)]),
      ...(nearest?.embedder === undefined
        ? []
        : [named(nearest.embedder, `the model by whose embeddings the step "${node.name}" picks its demos`)]),
    ]
  })
  return {
    task: modelOf(project, roles.task, 'the task LM'),
    prompt: modelOf(project, roles.prompt, 'the prompt LM'),
    ...(roles.teacher !== undefined && { teacher: modelOf(project, roles.teacher, 'the teacher') }),
    ...(roles.reflection !== undefined && { reflection: modelOf(project, roles.reflection, 'the reflection LM') }),
    ...(roles.embedding !== undefined && { embedding: modelOf(project, roles.embedding, 'the embedding model') }),
    overrides: Object.fromEntries(overrides),
  }
}

function modelOf({ models }: Project, id: ModelId, role: string): ModelSpec {
  const model = models.find(known => known.id === id)
  if (!model)
    throw new EngineError('params-invalid', `The model chosen as ${role} is no longer in this project. Choose another one.`, {
      path: 'models',
      model: id,
    })
  if (traitsOf(model).addressed && model.model.trim() === '') {
    throw new EngineError('params-invalid', `The model chosen as ${role} ("${model.label}") has no model name. Give it one in Models.`, {
      path: 'models',
      model: id,
    })
  }
  return model
}

function titleOf({ project, kind, split, exampleIds, row }: RunRequest): string {
  if (kind === 'compile') return `Compile with ${needOptimizerKind(project.optimizer.id).title}`
  if (kind === 'row') return row?.inputs ? 'Typed row' : 'One row'
  const rows = exampleIds ? `${exampleIds.length} ${exampleIds.length === 1 ? 'row' : 'rows'} of ` : ''
  return split === 'all' ? `Evaluate ${rows}all rows` : `Evaluate ${rows}${split ?? 'val'}`
}
