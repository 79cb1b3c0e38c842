import { openPredictors } from '../graph/locks'
import { predictorsOf } from '../graph/predictors'
import { ensembleOf } from '../graph/ensemble'
import type { ProgramGraph, ProgramState } from '../graph/program'
import { optimizerKind } from '../optimizers/registry'
import { addCalls, exactly, type CallRange } from '../optimizers/kit/bootstrap-calls'
import type { OptimizerKind, OptimizerSizes } from '../optimizers/optimizer'
import { embedCallsOf, embedRange } from './embed-calls'
import { parseParams } from './params'
import { baselineStage, finalStage } from './compile-story'
import type { CallEstimate, StagePlan } from './events'
import { evaluateStage, rowStage } from './short-stories'
import type { RunSpec } from './spec'

/** What decides how many LM requests a run makes. */
export interface EstimateInput {
  readonly kind: RunSpec['kind']
  readonly graph: ProgramGraph
  /** The student's state: an ensemble takes more calls a run. */
  readonly state?: ProgramState
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
  const callsPerRun = callsOf(input)
  if (input.kind === 'row') return plan('row', rowStage, { runs: 1, callsPerRun, state: input.state })
  if (input.kind === 'evaluate') return plan('evaluate', evaluateStage, { runs: input.val, callsPerRun, state: input.state })
  return estimateCompile(optimizerOf(input.optimizer), input)
}

/** The same for a compile with an optimizer that need not be in the registry. */
export function estimateCompile(chosen: ChosenOptimizer, input: Pick<EstimateInput, 'graph' | 'state' | 'train' | 'val'>): CallPlan {
  const { optimizer, params } = chosen
  const sizes = sizesOf(chosen, input)
  const { val, callsPerRun } = sizes
  const once = exactly(val * callsPerRun)
  const baseline = exactly(val * callsOf(input))
  const own = optimizer.estimate(params, sizes)
  // A search has scored its result before it returns it.
  const final = own.some(({ purpose }) => purpose === 'evaluate') ? exactly(0) : { ...once, low: 0 }
  const later = addCalls([...own.filter(({ purpose }) => purpose !== 'propose' && purpose !== 'judge' && purpose !== 'embed'), final])
  const embedded = embedRange(embedCallsOf(input.state), { own: val, most: val + Math.ceil(later.high / Math.max(1, callsPerRun)) })
  const embeddings: readonly CallEstimate[] = embedded.high > 0 ? [{ purpose: 'embed', ...embedded }] : []
  const calls = byPurpose([{ purpose: 'evaluate', ...baseline }, ...own, { purpose: 'evaluate', ...final }, ...embeddings])
  const stages = [
    { ...baselineStage, calls: addCalls([baseline, embedded]) },
    ...optimizer.stages(params, sizes),
    { ...finalStage, calls: final },
  ]
  return { calls, stages, total: addCalls(calls), callsPerRun }
}

/** LM requests of one run of the student. An ensemble runs the program once with each member. */
function callsOf({ graph, state }: Pick<EstimateInput, 'graph' | 'state'>): number {
  return predictorsOf(graph).length * ((state && ensembleOf(state)?.members.length) ?? 1)
}

export interface ChosenOptimizer {
  readonly optimizer: OptimizerKind
  readonly params: Record<string, unknown>
}

export function optimizerOf(spec: RunSpec['optimizer']): ChosenOptimizer {
  const optimizer = optimizerKind(spec?.id ?? '')
  return { optimizer, params: parseParams(optimizer.title, optimizer.params, spec?.params ?? {}) }
}

/** The rows of a run as its optimizer sees them. Without a val split, candidates are scored on the train split. */
export function rowsOf<T>(
  chosen: ChosenOptimizer | undefined,
  rows: { readonly train: readonly T[]; readonly val: readonly T[] },
): { readonly train: readonly T[]; readonly val: readonly T[] } {
  if (chosen?.optimizer.split) return chosen.optimizer.split(chosen.params, rows)
  return rows.val.length > 0 ? rows : { train: rows.train, val: rows.train }
}

/** Sizes after the optimizer's own split. */
export function sizesOf(chosen: ChosenOptimizer, { graph, train, val }: Pick<EstimateInput, 'graph' | 'train' | 'val'>): OptimizerSizes {
  const callsPerRun = predictorsOf(graph).length
  const numbered = { train: Array.from({ length: train }, (_, n) => n), val: Array.from({ length: val }, (_, n) => n) }
  const rows = rowsOf(chosen, numbered)
  return {
    train: rows.train.length,
    val: rows.val.length,
    predictors: callsPerRun,
    openInstructions: openPredictors(graph, 'instructions').length,
    openDemos: openPredictors(graph, 'demos').length,
    callsPerRun,
  }
}

function plan(
  purpose: 'row' | 'evaluate',
  stage: { readonly id: string; readonly title: string },
  { runs, callsPerRun, state }: { readonly runs: number; readonly callsPerRun: number; readonly state: ProgramState | undefined },
): CallPlan {
  const chat = exactly(runs * callsPerRun)
  const embedded = embedRange(embedCallsOf(state), { own: runs, most: runs })
  const total = addCalls([chat, embedded])
  const calls: readonly CallEstimate[] = [{ purpose, ...chat }, ...(embedded.high > 0 ? [{ purpose: 'embed' as const, ...embedded }] : [])]
  return { calls, stages: [{ ...stage, calls: total }], total, callsPerRun }
}

function byPurpose(estimates: readonly CallEstimate[]): readonly CallEstimate[] {
  const purposes = [...new Set(estimates.map(({ purpose }) => purpose))]
  return purposes.map(purpose => {
    const own = estimates.filter(estimate => estimate.purpose === purpose)
    const { low, expected, high: beside } = addCalls(own)
    const high = own.reduce((sum, estimate) => sum + estimate.high, 0)
    const role = own[0]?.role
    return { purpose, ...(role && { role }), low, expected, high, ...(beside < high && { highBeside: beside }) }
  })
}
