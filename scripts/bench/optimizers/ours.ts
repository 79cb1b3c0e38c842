import { nodePorts } from '@/cli/headless/node-ports'
import type { Example } from '@/engine/base/example'
import type { ProgramState } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import { needOptimizerKind, optimizerKinds } from '@/engine/optimizers/registry'
import type { RunEvent } from '@/engine/record/events'
import type { RunOutcome, RunPorts } from '@/engine/run/base/ports'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/record/spec'
import type { JsonObject } from '@/lib/json'
import { contests } from './settings'
import { exportTask, taskIds, taskOf, type Task } from './tasks'

export { contests, exportTask, taskIds, taskOf }

export const registered: readonly string[] = optimizerKinds.map(({ id }) => id)

export interface Figures {
  readonly baseline: number
  readonly val: number
  readonly test: number
  /** Requests of baseline, search and final evaluation; the test split is not counted. */
  readonly calls: number
  readonly trials: number
  readonly cpuMsPerTrial: number
}

export interface OursOptions {
  /** The simulated LM's base URL; without it the embedded Sandbox answers. */
  readonly url?: string
  /** Most paid calls of the compile. The lean sizes are taken with it, where the optimizer has some. */
  readonly maxCalls?: number
}

export async function runOurs(optimizer: string, taskId: string, seed: number, { url, maxCalls }: OursOptions): Promise<Figures> {
  const task = taskOf(taskId, seed)
  const model = modelOf(url, seed)
  const ports = nodePorts()
  try {
    const spec = specOf(task, optimizer, model, { seed, maxCalls })
    const data = { train: [...task.examples.train], val: [...task.examples.val] }
    const compiled = await finished(spec, data, ports, () => {})
    const { baseline, best } = compiled.result ?? {}
    if (!baseline || !best) throw new Error(`${optimizer} on ${taskId}: no result.`)
    const test = await testScore(task, best.state, spec, ports)
    return {
      baseline: baseline.summary.mean,
      val: best.summary.mean,
      test,
      calls: compiled.totals.calls,
      ...(maxCalls === undefined ? await ownTime(spec, data, ports) : { trials: 0, cpuMsPerTrial: 0 }),
    }
  } finally {
    ports.runner.dispose()
  }
}

/**
 * CPU time of the engine alone: the same run again with every answer at hand, so that no model and no network takes part. The least
 * of five, since the first still compile. A trial is one candidate scored, on a minibatch or on all rows.
 */
async function ownTime(spec: RunSpec, data: Rows, ports: RunPorts): Promise<{ trials: number; cpuMsPerTrial: number }> {
  const runs = []
  for (let run = 0; run < 5; run += 1) {
    let trials = 0
    const before = process.cpuUsage()
    await finished(spec, data, { ...ports, offline: true }, event => {
      if (event.type === 'minibatch-score' || event.type === 'fullset-score') trials += 1
    })
    const { user, system } = process.cpuUsage(before)
    runs.push({ trials, cpuMsPerTrial: (user + system) / 1000 / Math.max(1, trials) })
  }
  return runs.reduce((least, one) => (one.cpuMsPerTrial < least.cpuMsPerTrial ? one : least))
}

/** The sealed split, opened once: the compiled program runs on it and nothing is chosen by it. */
async function testScore(task: Task, state: ProgramState, spec: RunSpec, ports: RunPorts): Promise<number> {
  const { optimizer: _none, ...rest } = spec
  const rows = [...task.examples.test]
  const evaluation: RunSpec = { ...rest, kind: 'evaluate', budget: {}, state, data: { split: 'test', train: setOf([]), val: setOf(rows) } }
  const { result } = await finished(evaluation, { train: [], val: rows }, ports, () => {})
  return (result?.best ?? result?.baseline)?.summary.mean ?? 0
}

interface Rows {
  readonly train: Example[]
  readonly val: Example[]
}

async function finished(spec: RunSpec, data: Rows, ports: RunPorts, onEvent: (event: RunEvent) => void): Promise<RunOutcome> {
  const outcome = await startRun(spec, data, ports, ({ events }) => {
    for (const event of events) onEvent(event)
  }).done
  if (outcome.status !== 'done' && outcome.status !== 'capped') throw new Error(`${spec.title}: ${outcome.sentence}`)
  return outcome
}

function specOf(
  { id, project, examples }: Task,
  optimizer: string,
  model: ModelSpec,
  { seed, maxCalls }: { readonly seed: number; readonly maxCalls: number | undefined },
): RunSpec {
  const kind = needOptimizerKind(optimizer)
  const contest = contests[optimizer]
  const params: JsonObject = {
    ...contest?.params,
    ...(maxCalls !== undefined && contest?.lean),
    ...('seed' in kind.params.shape && { seed }),
  }
  const reflection: ModelSpec = { ...model, id: 'reflection', settings: { temperature: 1 } }
  return {
    schemaVersion: 1,
    engineVersion: 'bench',
    kind: 'compile',
    title: `${optimizer} on ${id}, seed ${seed}`,
    graph: project.graph,
    state: project.state,
    metric: project.metric,
    optimizer: { id: optimizer, params },
    models: { task: model, prompt: model, reflection, overrides: {} },
    data: { split: 'val', train: setOf(examples.train), val: setOf(examples.val) },
    seed,
    concurrency: 8,
    maxErrors: 10,
    budget: maxCalls === undefined ? {} : { maxCalls },
  }
}

function modelOf(url: string | undefined, seed: number): ModelSpec {
  if (url === undefined) return { id: 'task', label: 'Sandbox', provider: 'sandbox', model: 'sandbox', settings: {} }
  return { id: 'task', label: 'Simulated LM', provider: 'openai-compatible', model: `simulated-${seed}`, baseUrl: url, settings: {} }
}

function setOf(rows: readonly Example[]): { hash: string; count: number } {
  return { hash: `bench-${rows.length}`, count: rows.length }
}
