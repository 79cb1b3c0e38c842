import { openPredictors } from '../../graph/locks'
import { callsOfRun, predictorsOf } from '../../graph/predictors'
import { ensembleOf } from '../../graph/ensemble'
import type { ProgramGraph, ProgramState } from '../../program/program'
import { needOptimizerKind } from '../../optimizers/registry'
import { exactly, timesCalls, type CallRange } from '../../modules/call-range'
import { addCalls } from '../../optimizers/kit/bootstrap-calls'
import type { OptimizerKind, OptimizerSizes } from '../../optimizers/optimizer'
import { mostAskedAgain } from './asked-again'
import { embedCallsOf, embedRange } from './embed-calls'
import { parseParams } from './params'
import { baselineStage, finalStage } from '../story/compile-story'
import type { CallEstimate, StagePlan } from '../../record/events'
import { evaluateStage, rowStage } from '../story/short-stories'
import type { RunSpec } from '../../record/spec'

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
  /** Requests that may come on top, at most, for answers that cannot be read and are asked for again in JSON. */
  readonly again: number
  /** LM requests of one program run. */
  readonly callsPerRun: CallRange
}

/**
 * LM requests of a run before it starts, by purpose and by stage (dspy-spec §6.19). Answers from the cache make it fewer; retries
 * make it more, and so may answers that are asked for again (`again`). Throws `params-invalid` for an unknown optimizer or bad parameters.
 */
export function estimateRun(input: EstimateInput): CallPlan {
  const callsPerRun = callsOf(input)
  if (input.kind === 'row') return plan('row', rowStage, { graph: input.graph, runs: 1, callsPerRun, state: input.state })
  if (input.kind === 'evaluate')
    return plan('evaluate', evaluateStage, { graph: input.graph, runs: input.val, callsPerRun, state: input.state })
  return estimateCompile(optimizerOf(input.optimizer), input)
}

/** The estimate of a frozen run on so many rows. */
export function planOfRun(
  spec: Pick<RunSpec, 'kind' | 'graph' | 'state' | 'optimizer'>,
  data: { readonly train: { readonly length: number }; readonly val: { readonly length: number } },
): CallPlan {
  const { kind, graph, state, optimizer } = spec
  const [train, val] = [data.train.length, data.val.length]
  // Without rows to evaluate, those of the train split stand in.
  const rows = kind === 'compile' || val > 0 ? val : train
  return estimateRun({ kind, graph, state, train, val: rows, ...(optimizer && { optimizer }) })
}

/** The same for a compile with an optimizer that need not be in the registry. */
export function estimateCompile(chosen: ChosenOptimizer, input: Pick<EstimateInput, 'graph' | 'state' | 'train' | 'val'>): CallPlan {
  const { optimizer, params } = chosen
  const sizes = sizesOf(chosen, input)
  const { val } = sizes
  const callsPerRun = callsOfRun(input.graph)
  const once = timesCalls(callsPerRun, val)
  const baseline = timesCalls(callsOf(input), val)
  // An optimizer counts with one number of calls a run; a range is asked for at its ends.
  const at = (calls: number): OptimizerSizes => ({ ...sizes, callsPerRun: calls })
  const own = atEnds(callsPerRun, calls => optimizer.estimate(params, at(calls)))
  // A search has scored its result before it returns it.
  const final = own.some(({ purpose }) => purpose === 'evaluate') ? exactly(0) : { ...once, low: 0 }
  const later = addCalls([...own.filter(({ purpose }) => purpose !== 'propose' && purpose !== 'judge' && purpose !== 'embed'), final])
  const embedded = embedRange(embedCallsOf(input.state), { own: val, most: val + Math.ceil(later.high / Math.max(1, callsPerRun.high)) })
  const embeddings: readonly CallEstimate[] = embedded.high > 0 ? [{ purpose: 'embed', ...embedded }] : []
  const calls = byPurpose([{ purpose: 'evaluate', ...baseline }, ...own, { purpose: 'evaluate', ...final }, ...embeddings])
  const stages = [
    { ...baselineStage, calls: addCalls([baseline, embedded]) },
    ...stagesAtEnds(callsPerRun, calls => optimizer.stages(params, at(calls))),
    { ...finalStage, calls: final },
  ]
  return { calls, stages, total: addCalls(calls), again: mostAskedAgain(input.graph, calls), callsPerRun }
}

/** LM requests of one run of the student. An ensemble runs the program once with each member. */
function callsOf({ graph, state }: Pick<EstimateInput, 'graph' | 'state'>): CallRange {
  return timesCalls(callsOfRun(graph), (state && ensembleOf(state)?.members.length) ?? 1)
}

export interface ChosenOptimizer {
  readonly optimizer: OptimizerKind
  readonly params: Record<string, unknown>
}

export function optimizerOf(spec: RunSpec['optimizer']): ChosenOptimizer {
  const optimizer = needOptimizerKind(spec?.id ?? '')
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

/** The rows that a run works on: what estimate, preflight and the run itself all go by. */
export function rowsOfRun<T>(
  { kind, optimizer }: Pick<RunSpec, 'kind' | 'optimizer'>,
  rows: { readonly train: readonly T[]; readonly val: readonly T[] },
): { readonly train: readonly T[]; readonly val: readonly T[] } {
  return rowsOf(kind === 'compile' ? optimizerOf(optimizer) : undefined, rows)
}

/** Sizes after the optimizer's own split. */
export function sizesOf(chosen: ChosenOptimizer, { graph, train, val }: Pick<EstimateInput, 'graph' | 'train' | 'val'>): OptimizerSizes {
  const predictors = predictorsOf(graph).length
  const numbered = { train: Array.from({ length: train }, (_, n) => n), val: Array.from({ length: val }, (_, n) => n) }
  const rows = rowsOf(chosen, numbered)
  return {
    train: rows.train.length,
    val: rows.val.length,
    predictors,
    openInstructions: openPredictors(graph, 'instructions').length,
    openDemos: openPredictors(graph, 'demos').length,
    callsPerRun: callsOfRun(graph).expected,
  }
}

function plan(
  purpose: 'row' | 'evaluate',
  stage: { readonly id: string; readonly title: string },
  {
    graph,
    runs,
    callsPerRun,
    state,
  }: { readonly graph: ProgramGraph; readonly runs: number; readonly callsPerRun: CallRange; readonly state: ProgramState | undefined },
): CallPlan {
  const chat = timesCalls(callsPerRun, runs)
  const embedded = embedRange(embedCallsOf(state), { own: runs, most: runs })
  const total = addCalls([chat, embedded])
  const calls: readonly CallEstimate[] = [{ purpose, ...chat }, ...(embedded.high > 0 ? [{ purpose: 'embed' as const, ...embedded }] : [])]
  return { calls, stages: [{ ...stage, calls: total }], total, again: mostAskedAgain(graph, calls), callsPerRun }
}

/** The estimate at the ends of a range of calls a run: the least of the least, the most of the most. */
function atEnds(range: CallRange, estimate: (callsPerRun: number) => readonly CallEstimate[]): readonly CallEstimate[] {
  const expected = estimate(range.expected)
  if (range.low === range.high) return expected
  const low = estimate(range.low)
  const high = estimate(range.high)
  return expected.map((each, index) => widened(each, low[index], high[index]))
}

function stagesAtEnds(range: CallRange, stages: (callsPerRun: number) => readonly StagePlan[]): readonly StagePlan[] {
  const expected = stages(range.expected)
  if (range.low === range.high) return expected
  const low = stages(range.low)
  const high = stages(range.high)
  return expected.map((each, index) => ({ ...each, calls: widened(each.calls, low[index]?.calls, high[index]?.calls) }))
}

function widened<T extends CallRange>(expected: T, low: CallRange | undefined, high: CallRange | undefined): T {
  const { highBeside } = high ?? expected
  return { ...expected, low: low?.low ?? expected.low, high: high?.high ?? expected.high, ...(highBeside !== undefined && { highBeside }) }
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
