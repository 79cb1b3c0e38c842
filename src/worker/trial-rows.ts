import type { Example } from '@/engine/base/example'
import { EngineError, isEngineError } from '@/engine/base/errors'
import type { Rollout } from '@/engine/evaluate/rollout'
import type { MetricSpec } from '@/engine/metrics/metric'
import type { Project } from '@/engine/project/project'
import type { Journal } from '@/engine/run/base/ports'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { newId } from '@/lib/ids'
import { noTotals } from '@/engine/record/totals'
import { startRun } from '@/engine/run/run'
import { exampleSetRef } from '@/engine/record/example-set'
import { freezeSpec, withRows } from '@/engine/run/plan/freeze-spec'
import { factsAbout } from '@/engine/run/plan/run-facts'
import { addCall, getCall } from '@/storage/lm-calls'
import { listModelFacts } from '@/storage/model-facts'
import type { MetricTries, MetricTry } from './api'
import { checkMetric, runModels } from './freeze-run'
import { keepFacts } from './keep-facts'
import { firstOpenExamples, projectData } from './project-rows'
import type { TryId } from '@/storage/records'
import type { Services } from './services'
import { toolHostFor } from './tool-host'
import type { Tries, TryScope } from './tries'

/** Tries a metric on the first rows of the val split, or of whatever rows there are. */
export async function tryMetric(
  services: Services,
  tries: Tries,
  {
    project,
    metric,
    count,
    tryId,
  }: { readonly project: Project; readonly metric: MetricSpec; readonly count: number; readonly tryId: TryId },
): Promise<MetricTries> {
  const data = await projectData(project)
  if (!data || data.dataset.rowCount === 0)
    throw new EngineError('data-invalid', 'A metric is tried on rows of the dataset. Import one in Data.')
  checkMetric(metric, data)
  // Never the test split: looking at its rows one by one would unseal it.
  const examples = await firstOpenExamples(data, count)
  if (examples.length === 0)
    throw new EngineError('data-invalid', 'All rows are in the test split, which stays sealed. Change the sizes of the splits in Data.')
  const rows: Rollout[] = []
  const about = {
    id: tryId,
    project,
    kind: 'try',
    title: `Metric on ${examples.length === 1 ? '1 row' : `${examples.length} rows`}`,
  } as const
  let ended: string | undefined
  try {
    await tries.make(about, scope => scoreRows(services, { project, metric, examples, scope }, rollout => rows.push(rollout)))
  } catch (error) {
    // What was scored until then is worth a look.
    if (rows.length === 0 || !isEngineError(error) || !endings.has(error.code)) throw error
    ended = error.message
  }
  return {
    rows: examples.flatMap(example => {
      const rollout = rows.find(one => one.exampleId === example.id)
      if (!rollout) return []
      const { id: exampleId, ...values } = example
      return [{ exampleId, example: values, prediction: rollout.prediction ?? {}, ...scoreOf(rollout) }]
    }),
    ...(ended !== undefined && { ended }),
  }
}
const endings: ReadonlySet<string> = new Set(['budget-exhausted', 'run-stopped'])

function scoreOf({ score, feedback, parts, error }: Rollout): Pick<MetricTry, 'score' | 'error'> {
  if (error || score === null) return { ...(error && { error }) }
  return { score: { value: score, ...(feedback !== undefined && { feedback }), ...(parts && { parts }) } }
}

interface ScoredRows {
  readonly project: Project
  readonly metric: MetricSpec
  readonly examples: readonly Example[]
  readonly scope: TryScope
}

/** An evaluation like any other, but in no journal. */
async function scoreRows(
  services: Services,
  { project, metric, examples, scope }: ScoredRows,
  onRow: (rollout: Rollout) => void,
): Promise<void> {
  const models = runModels(project)
  const frozen = freezeSpec(project, {
    kind: 'evaluate',
    title: 'Try',
    metric,
    models,
    split: 'val',
    facts: factsAbout(models, await listModelFacts()),
    // Each row's failure is shown at that row.
    maxErrors: examples.length + 1,
    budget: scope.budget,
  })
  // Each try calls the tools anew.
  const toolCalls = { run: newId('try') }
  const spec = { ...withRows(frozen, { train: exampleSetRef([]), val: exampleSetRef(examples) }), toolCalls }
  const journal: Journal = { recorded: [], failedCalls: new Map(), append: async () => undefined }
  const ports = {
    clock: services.clock,
    calls: { get: getCall, add: (call: StoredCall) => addCall(call) },
    runner: services.runner,
    journal,
    connect: services.connect,
    keys: services.liveKeys,
    tools: toolHostFor(services, project.id),
    noteSpend: scope.noteSpend,
    isImpatient: true,
  }
  let totals = noTotals
  scope.countBy(() => totals)
  const handle = startRun(spec, { train: [], val: examples }, ports, batch => {
    totals = batch.totals
    for (const record of batch.rollouts) onRow(record.rollout)
    keepFacts(batch.events)
  })
  scope.signal.addEventListener('abort', () => handle.command('stop'))
  const outcome = await handle.done
  const { status, sentence, error } = outcome
  totals = outcome.totals
  if (error && error.code !== 'bug') throw new EngineError(error.code, error.message, error.facts)
  if (error) throw new Error(error.message)
  const { maxCalls = Infinity } = scope.budget
  if (status === 'capped') throw new EngineError('budget-exhausted', sentence, { cap: totals.calls >= maxCalls ? 'calls' : 'other' })
}
