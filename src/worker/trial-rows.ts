import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import type { Rollout } from '@/engine/evaluate/rollout'
import { completeState } from '@/engine/graph/default-state'
import type { MetricSpec } from '@/engine/metrics/metric'
import type { Project } from '@/engine/project/project'
import type { Journal } from '@/engine/run/ports'
import type { StoredCall } from '@/engine/lm/call-store'
import { startRun } from '@/engine/run/run'
import { factsAbout } from '@/engine/run/plan/run-facts'
import type { RunSpec } from '@/engine/record/spec'
import { addCall, getCall } from '@/storage/lm-calls'
import { appVersion } from '@/storage/change-notices'
import { listModelFacts } from '@/storage/model-facts'
import type { MetricTry } from './api'
import { checkMetric, runModels } from './freeze-run'
import { keepFacts } from './keep-facts'
import { chosenExamples, projectRows } from './project-rows'
import type { Services } from './services'

/** Runs the program on some rows through the call cache and scores them, without leaving a run behind. */
export async function runRows(services: Services, project: Project, exampleIds: readonly string[]): Promise<readonly Rollout[]> {
  const rows = await projectRows(project)
  const wanted = new Map((rows?.examples ?? []).map(example => [example.id, example]))
  const examples = exampleIds.flatMap(id => wanted.get(id) ?? [])
  checkMetric(project.metric, rows)
  return scoreRows(services, project, project.metric, examples)
}

/** Tries a metric on the first rows of the val split, or of whatever rows there are. */
export async function tryMetric(services: Services, project: Project, metric: MetricSpec, count: number): Promise<readonly MetricTry[]> {
  const rows = await projectRows(project)
  if (!rows || rows.examples.length === 0)
    throw new EngineError('data-invalid', 'A metric is tried on rows of the dataset. Import one in Data.')
  checkMetric(metric, rows)
  // Never the test split: looking at its rows one by one would unseal it.
  const [split] = (['val', 'train'] as const).map(name => chosenExamples(rows, name, project.split)).filter(found => found.length > 0)
  const examples = (split ?? []).slice(0, count)
  if (examples.length === 0)
    throw new EngineError('data-invalid', 'All rows are in the test split, which stays sealed. Change the sizes of the splits in Data.')
  const rollouts = await scoreRows(services, project, metric, examples)
  return examples.flatMap(example => {
    const rollout = rollouts.find(one => one.exampleId === example.id)
    if (!rollout) return []
    const { id: exampleId, ...values } = example
    return [{ exampleId, example: values, prediction: rollout.prediction ?? {}, ...scoreOf(rollout) }]
  })
}

function scoreOf({ score, feedback, parts, error }: Rollout): Pick<MetricTry, 'score' | 'error'> {
  if (error || score === null) return { ...(error && { error }) }
  return { score: { value: score, ...(feedback !== undefined && { feedback }), ...(parts && { parts }) } }
}

async function scoreRows(
  services: Services,
  project: Project,
  metric: MetricSpec,
  examples: readonly Example[],
): Promise<readonly Rollout[]> {
  if (examples.length === 0) return []
  const models = runModels(project)
  const set = { hash: '', count: 0 }
  const spec: RunSpec = {
    schemaVersion: 1,
    engineVersion: appVersion,
    kind: 'evaluate',
    title: 'Try',
    graph: project.graph,
    state: completeState(project.graph, project.state),
    metric,
    models,
    data: { split: 'val', train: set, val: { ...set, count: examples.length } },
    seed: project.run.seed,
    concurrency: project.run.concurrency,
    // Each row's failure is shown at that row.
    maxErrors: examples.length + 1,
    budget: {},
    callKeys: { version: 2 },
    facts: factsAbout(models, await listModelFacts()),
  }
  const rollouts = new Map<number, Rollout>()
  const journal: Journal = { recorded: [], failedCalls: new Map(), append: async () => undefined }
  const ports = {
    clock: services.clock,
    calls: { get: getCall, add: (call: StoredCall) => addCall(call) },
    sandbox: services.sandbox,
    journal,
    connect: services.connect,
  }
  const outcome = await startRun(spec, { train: [], val: examples }, ports, batch => {
    for (const record of batch.rollouts) rollouts.set(record.index, record.rollout)
    keepFacts(batch.events)
  }).done
  if (outcome.error && outcome.error.code !== 'bug') throw new EngineError(outcome.error.code, outcome.error.message, outcome.error.facts)
  if (outcome.error) throw new Error(outcome.error.message)
  return examples.flatMap((_example, index) => rollouts.get(index) ?? [])
}
