import { predictorsOf } from '../graph/predictors'
import type { ProgramGraph } from '../graph/program'
import { optimizerKind } from '../optimizers/registry'
import { addCalls, exactly, type CallRange } from '../optimizers/kit/bootstrap-calls'
import type { OptimizerKind, OptimizerSizes } from '../optimizers/optimizer'
import { parseParams } from './params'
import { baselineStage, finalStage } from './compile-story'
import type { CallEstimate, StagePlan } from './events'
import { evaluateStage, rowStage } from './short-stories'
import type { RunSpec } from './spec'

/** What decides how many LM requests a run makes. */
export interface EstimateInput {
  readonly kind: RunSpec['kind']
  readonly graph: ProgramGraph
  /** Numbers of rows. For an evaluation `val` is the number of rows to evaluate. */
  readonly train: number
  readonly val: number
  readonly optimizer?: RunSpec['optimizer']
}

export interface CallPlan {
  readonly calls: readonly CallEstimate[]
  readonly stages: readonly StagePlan[]
  readonly total: CallRange
  /** LM requests of one program run. */
  readonly callsPerRun: number
}

/**
 * LM requests of a run before it starts, by purpose and by stage (dspy-spec §6.19). Answers from the cache make it fewer; retries
 * and questions asked again in another format make it more. Throws `params-invalid` for an unknown optimizer or bad parameters.
 */
export function estimateRun(input: EstimateInput): CallPlan {
  const callsPerRun = predictorsOf(input.graph).length
  if (input.kind === 'row') return plan('row', rowStage, callsPerRun, callsPerRun)
  const evaluation = callsPerRun * input.val
  if (input.kind === 'evaluate') return plan('evaluate', evaluateStage, evaluation, callsPerRun)
  const { optimizer, params } = optimizerOf(input.optimizer)
  // As in a run: without a val split, candidates are scored on the train split.
  const val = input.val > 0 ? input.val : input.train
  const sizes: OptimizerSizes = { train: input.train, val, predictors: callsPerRun, callsPerRun }
  const once = exactly(val * callsPerRun)
  const own = optimizer.estimate(params, sizes)
  // A search has scored its result before it returns it.
  const final = own.some(({ purpose }) => purpose === 'evaluate') ? exactly(0) : { ...once, low: 0 }
  const calls = byPurpose([{ purpose: 'evaluate', ...once }, ...own, { purpose: 'evaluate', ...final }])
  const stages = [{ ...baselineStage, calls: once }, ...optimizer.stages(params, sizes), { ...finalStage, calls: final }]
  return { calls, stages, total: addCalls(calls), callsPerRun }
}

export function optimizerOf(spec: RunSpec['optimizer']): { readonly optimizer: OptimizerKind; readonly params: Record<string, unknown> } {
  const optimizer = optimizerKind(spec?.id ?? '')
  return { optimizer, params: parseParams(optimizer.title, optimizer.params, spec?.params ?? {}) }
}

function plan(
  purpose: 'row' | 'evaluate',
  stage: { readonly id: string; readonly title: string },
  count: number,
  callsPerRun: number,
): CallPlan {
  const calls = exactly(count)
  return { calls: [{ purpose, ...calls }], stages: [{ ...stage, calls }], total: calls, callsPerRun }
}

function byPurpose(estimates: readonly CallEstimate[]): readonly CallEstimate[] {
  const purposes = [...new Set(estimates.map(({ purpose }) => purpose))]
  return purposes.map(purpose => ({ purpose, ...addCalls(estimates.filter(estimate => estimate.purpose === purpose)) }))
}
