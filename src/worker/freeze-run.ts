import type { Example } from '@/engine/base/example'
import { unmappedInputs } from '@/engine/data/mapping'
import { EngineError } from '@/engine/base/errors'
import { requireSound } from '@/engine/graph/require-sound'
import { predictorsOf } from '@/engine/graph/predictors'
import type { ModelId } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import { traitsOf } from '@/engine/providers/registry'
import { metricLabels, needMetricKind } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { needOptimizerKind } from '@/engine/optimizers/registry'
import type { Project } from '@/engine/project/project'
import { parseParams } from '@/engine/run/plan/params'
import { freezeSpec, type FrozenSpec } from '@/engine/run/plan/freeze-spec'
import { factsAbout } from '@/engine/run/plan/run-facts'
import type { RunModels, RunSpec, SplitName } from '@/engine/record/spec'
import { listModelFacts } from '@/storage/model-facts'
import type { RunRequest } from './api'
import {
  examplesById,
  examplesOf,
  examplesOfAll,
  labelNamesOf,
  projectData,
  rowCounts,
  type ProjectData,
  type RowCounts,
} from './project-rows'

export interface FrozenRun {
  readonly spec: FrozenSpec
  readonly train: readonly Example[]
  readonly val: readonly Example[]
}

/**
 * Everything that decides what a run does, taken from the project as it is now. Throws `graph-invalid`, `params-invalid` or
 * `data-invalid` with what to do about it.
 */
export async function freezeRun(request: RunRequest): Promise<FrozenRun> {
  const { data, spec } = await freezeRequest(request)
  const counts = data && request.kind !== 'row' ? requireRows(request, await rowCounts(data)) : undefined
  if (request.kind === 'row') return { spec, train: [], val: [await rowExample(request, data)] }
  if (!data || !counts) throw noDataset()
  if (request.kind === 'compile') {
    const { train, val } = await examplesOfAll(data, ['train', 'val'])
    return { spec, train, val: counts.val > 0 ? val : [] }
  }
  const all = await examplesOf(data, evaluatedSplit(request))
  const wanted = request.exampleIds && new Set(request.exampleIds)
  const val = wanted ? all.filter(example => wanted.has(example.id)) : all
  if (val.length > 0) return { spec, train: [], val }
  throw new EngineError('data-invalid', 'None of the chosen rows is in this split any more. Choose rows again.', {
    split: evaluatedSplit(request),
  })
}

/** The same with numbers in place of rows: what an estimate needs, at a cost that does not grow with the dataset. */
export async function freezeCounts(
  request: RunRequest,
): Promise<{ readonly spec: FrozenSpec; readonly train: number; readonly val: number }> {
  if (request.kind === 'row' || request.exampleIds) {
    const { spec, train, val } = await freezeRun(request)
    return { spec, train: train.length, val: val.length }
  }
  const { data, spec } = await freezeRequest(request)
  if (!data) throw noDataset()
  return { spec, ...requireRows(request, await rowCounts(data)) }
}

async function freezeRequest(request: RunRequest): Promise<{ readonly spec: FrozenSpec; readonly data: ProjectData | undefined }> {
  const { project, kind } = request
  requireSound(project.graph)
  const data = await projectData(project)
  const split = kind === 'row' ? 'row' : checkedSplit(request, data)
  const metric = metricFor(request, data)
  const models = runModels(project)
  const facts = factsAbout(models, await listModelFacts())
  const spec = freezeSpec(project, {
    kind,
    title: request.title ?? titleOf(request),
    models,
    split,
    facts,
    ...(metric && { metric }),
    ...(request.fresh !== undefined && { fresh: request.fresh }),
    ...(kind === 'compile' && { optimizer: optimizerFor(project) }),
  })
  return { spec, data }
}

/** Metrics read labels by name: one that no column has would score every row 0. */
export function checkMetric(metric: MetricSpec, data: ProjectData | undefined): void {
  const kind = needMetricKind(metric.kind)
  parseParams(kind.title, kind.params, metric.params)
  const known = data && labelNamesOf(data)
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

function noDataset(): EngineError {
  return new EngineError('data-invalid', 'The project has no dataset. Import one in Data.')
}

/** Which split the run is about, once it is sure that the program gets its inputs. */
function checkedSplit(request: RunRequest, data: ProjectData | undefined): SplitName {
  if (!data) throw noDataset()
  const [unmapped] = unmappedInputs(request.project.graph, data.dataset.columns, request.project.mapping)
  if (!unmapped) return evaluatedSplit(request)
  throw new EngineError('data-invalid', `No column feeds the program's input "${unmapped.name}". Choose one in Data.`, {
    field: unmapped.id,
  })
}

/** A compile scores on val; its test split stays sealed: nothing of it may reach an optimizer. */
function evaluatedSplit({ kind, split = 'val' }: RunRequest): SplitName {
  return kind === 'compile' ? 'val' : split
}

/** The numbers of rows that a run works on. Throws `data-invalid` for a split without any that it needs. */
function requireRows(request: RunRequest, counts: RowCounts): { readonly train: number; readonly val: number } {
  const someOf = (split: SplitName): number => {
    if (counts[split] > 0) return counts[split]
    const what = split === 'all' ? 'The dataset has no rows.' : `There are no rows in the ${split} split.`
    throw new EngineError('data-invalid', `${what} Add rows, or change the sizes of the splits in Data.`, { split, rows: counts.all })
  }
  if (request.kind !== 'compile') return { train: 0, val: someOf(evaluatedSplit(request)) }
  // Without a val split on purpose, candidates are scored on the train rows, as in DSPy.
  return { train: someOf('train'), val: request.project.split.val > 0 ? someOf('val') : 0 }
}

async function rowExample({ row, project }: RunRequest, data: ProjectData | undefined): Promise<Example> {
  if (row?.inputs) return { id: row.exampleId ?? 'typed', inputs: row.inputs, labels: {} }
  const [found] = data && row?.exampleId !== undefined ? await examplesById(data, [row.exampleId]) : []
  if (found) return found
  throw new EngineError(
    'data-invalid',
    `This row is no longer in the dataset of "${project.name}". Choose another one, or type the inputs.`,
  )
}

/** A row run is scored only where it can be: with a label to compare with, and a metric that fits. */
function metricFor({ project, kind, row }: RunRequest, data: ProjectData | undefined): MetricSpec | undefined {
  if (kind !== 'row') {
    checkMetric(project.metric, data)
    return project.metric
  }
  if (row?.inputs || !data) return undefined
  try {
    checkMetric(project.metric, data)
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
  const overrides = predictorsOf(graph).flatMap(({ id, stepName }): [ModelId, ModelSpec][] => {
    const { lm, nearest } = state[id] ?? {}
    return [
      ...(lm === undefined ? [] : [named(lm, `the LM of the step "${stepName}"`)]),
      ...(nearest?.embedder === undefined
        ? []
        : [named(nearest.embedder, `the model by whose embeddings the step "${stepName}" picks its demos`)]),
    ]
  })
  return {
    task: modelOf(project, roles.task, 'the task LM'),
    prompt: modelOf(project, roles.prompt, 'the prompt LM'),
    ...(roles.teacher !== undefined && { teacher: modelOf(project, roles.teacher, 'the teacher') }),
    ...(roles.reflection !== undefined && { reflection: modelOf(project, roles.reflection, 'the reflection LM') }),
    ...(roles.judge !== undefined && { judge: modelOf(project, roles.judge, 'the judge LM') }),
    ...(roles.extraction !== undefined && { extraction: modelOf(project, roles.extraction, 'the extraction LM') }),
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
