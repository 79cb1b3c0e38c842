import { openPredictors } from '../../graph/locks'
import { callsOfRun, predictorsOf } from '../../graph/predictors'
import type { Program, ProgramGraph, ProgramState } from '../../program/program'
import { judgeCallsOf } from '../../metrics/registry'
import { needOptimizerKind } from '../../optimizers/registry'
import { exactly, timesCalls, type CallRange } from '../../lm/call-range'
import { addCalls } from '../../optimizers/kit/bootstrap-calls'
import type { OptimizerKind, OptimizerSizes, TrainAndVal } from '../../optimizers/kit/optimizer'
import { mostAskedAgain, type AgainEstimate } from './asked-again'
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
  /** The student's state: choosing demos by embeddings takes requests of its own. */
  readonly state?: ProgramState
  /** Numbers of rows. For an evaluation `val` is the number of rows to evaluate. */
  readonly train: number
  readonly val: number
  /** A metric that asks a judge takes calls of its own. Absent where nothing is scored. */
  readonly metric?: RunSpec['metric']
  readonly optimizer?: RunSpec['optimizer']
}

export interface CallPlan {
  readonly calls: readonly CallEstimate[]
  readonly stages: readonly StagePlan[]
  readonly total: CallRange
  /** Requests that may come on top for answers that cannot be read and are asked for again in JSON. */
  readonly again: readonly AgainEstimate[]
  /** LM requests of one program run. */
  readonly callsPerRun: CallRange
}

/**
 * LM requests of a run before it starts, by purpose and by stage (dspy-spec §6.19). Answers from the cache make it fewer; retries
 * make it more, and so may answers that are asked for again (`again`). Throws `params-invalid` for an unknown optimizer or bad parameters.
 */
export function estimateRun(input: EstimateInput): CallPlan {
  if (input.kind === 'row') return plan('row', rowStage, { runs: 1, input })
  if (input.kind === 'evaluate') return plan('evaluate', evaluateStage, { runs: input.val, input })
  return estimateCompile(optimizerOf(input.optimizer), input)
}

/** The rows of a run, or nothing but how many there are. */
export type RowNumbers = TrainAndVal<{ readonly length: number }>

/** The estimate of a frozen run on so many rows. */
export function planOfRun(spec: Pick<RunSpec, 'kind' | 'graph' | 'state' | 'metric' | 'optimizer'>, data: RowNumbers): CallPlan {
  const { kind, graph, state, metric, optimizer } = spec
  const [train, val] = [data.train.length, data.val.length]
  // Without rows to evaluate, those of the train split stand in.
  const rows = kind === 'compile' || val > 0 ? val : train
  return estimateRun({ kind, graph, state, train, val: rows, ...(metric && { metric }), ...(optimizer && { optimizer }) })
}

/** The same for a compile with an optimizer that need not be in the registry. */
export function estimateCompile(
  chosen: ChosenOptimizer,
  input: Pick<EstimateInput, 'graph' | 'state' | 'train' | 'val' | 'metric'>,
): CallPlan {
  const { optimizer, params } = chosen
  const sizes = sizesOf(chosen, input)
  const { val } = sizes
  const callsPerRun = callsOfRun(input.graph)
  const once = timesCalls(callsPerRun, val)
  // An optimizer counts with one number of calls a run; a range is asked for at its ends.
  const at = ({ own, judge }: ScoredRun): OptimizerSizes => ({
    ...sizes,
    callsPerRun: own + judge,
    ...(judge > 0 && { judgeCalls: judge }),
  })
  const judgePerRun = judgeCallsOf(input.metric)
  const own = atEnds(callsPerRun, exactly(0), run => optimizer.estimate(params, at(run)))
  // A search has scored its result before it returns it.
  const final = own.some(({ purpose }) => purpose === 'evaluate') ? exactly(0) : { ...once, low: 0 }
  const later = addCalls([...own.filter(({ purpose }) => purpose !== 'propose' && purpose !== 'judge' && purpose !== 'embed'), final])
  const embedded = embedRange(embedCallsOf(studentOf(input)), {
    own: val,
    most: val + Math.ceil(later.high / Math.max(1, callsPerRun.high)),
  })
  const embeddings: readonly CallEstimate[] = embedded.high > 0 ? [{ purpose: 'embed', ...embedded }] : []
  const judgeFirst = timesCalls(judgePerRun, val)
  // Every run is scored: what the optimizer takes more with these calls than without is the judge's.
  const scored = judgePerRun.high > 0 ? atEnds(callsPerRun, judgePerRun, run => optimizer.estimate(params, at(run))) : own
  const judgeFinal = { ...(final.high > 0 ? judgeFirst : exactly(0)), low: 0 }
  const judged = judgeCalls(addCalls([judgeFirst, lessCalls(addCalls(scored), addCalls(own)), judgeFinal]))
  const calls = byPurpose([{ purpose: 'evaluate', ...once }, ...own, { purpose: 'evaluate', ...final }, ...judged, ...embeddings])
  const stages = [
    { ...baselineStage, calls: addCalls([once, judgeFirst, embedded]) },
    ...stagesAtEnds(callsPerRun, judgePerRun, run => optimizer.stages(params, at(run))),
    { ...finalStage, calls: addCalls([final, judgeFinal]) },
  ]
  return { calls, stages, total: addCalls(calls), again: mostAskedAgain(input.graph, calls), callsPerRun }
}

function studentOf({ graph, state = {} }: Pick<EstimateInput, 'graph' | 'state'>): Program {
  return { graph, state }
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
export function rowsOf<T>(chosen: ChosenOptimizer | undefined, rows: TrainAndVal<readonly T[]>): TrainAndVal<readonly T[]> {
  if (chosen?.optimizer.split) return chosen.optimizer.split.rows(chosen.params, rows)
  return rows.val.length > 0 ? rows : { train: rows.train, val: rows.train }
}

/** The rows that a run works on: what estimate, preflight and the run itself all go by. */
export function rowsOfRun<T>(
  { kind, optimizer }: Pick<RunSpec, 'kind' | 'optimizer'>,
  rows: TrainAndVal<readonly T[]>,
): TrainAndVal<readonly T[]> {
  return rowsOf(kind === 'compile' ? optimizerOf(optimizer) : undefined, rows)
}

/** Sizes after the optimizer's own split. */
export function sizesOf(chosen: ChosenOptimizer, { graph, train, val }: Pick<EstimateInput, 'graph' | 'train' | 'val'>): OptimizerSizes {
  const predictors = predictorsOf(graph).length
  const counts = chosen.optimizer.split?.counts(chosen.params, { train, val }) ?? { train, val: val > 0 ? val : train }
  return {
    ...counts,
    predictors,
    openInstructions: openPredictors(graph, 'instructions').length,
    openDemos: openPredictors(graph, 'demos').length,
    callsPerRun: callsOfRun(graph).expected,
  }
}

function plan(
  purpose: 'row' | 'evaluate',
  stage: { readonly id: string; readonly title: string },
  { runs, input }: { readonly runs: number; readonly input: EstimateInput },
): CallPlan {
  const callsPerRun = callsOfRun(input.graph)
  const chat = timesCalls(callsPerRun, runs)
  const judged = timesCalls(judgeCallsOf(input.metric), runs)
  const embedded = embedRange(embedCallsOf(studentOf(input)), { own: runs, most: runs })
  const total = addCalls([chat, judged, embedded])
  const embeddings = embedded.high > 0 ? [{ purpose: 'embed' as const, ...embedded }] : []
  const calls: readonly CallEstimate[] = [{ purpose, ...chat }, ...judgeCalls(judged), ...embeddings]
  return { calls, stages: [{ ...stage, calls: total }], total, again: mostAskedAgain(input.graph, calls), callsPerRun }
}

/** Calls of one scored run: the program's own, and those of the judge. */
interface ScoredRun {
  readonly own: number
  readonly judge: number
}

/** The estimate at the ends of the ranges of calls a run: the least of the least, the most of the most. */
function atEnds(own: CallRange, judge: CallRange, estimate: (run: ScoredRun) => readonly CallEstimate[]): readonly CallEstimate[] {
  const [expected, low, high] = endsOf(own, judge, estimate)
  return expected.map((each, index) => (low && high ? widened(each, low[index], high[index]) : each))
}

function stagesAtEnds(own: CallRange, judge: CallRange, stages: (run: ScoredRun) => readonly StagePlan[]): readonly StagePlan[] {
  const [expected, low, high] = endsOf(own, judge, stages)
  return expected.map((each, index) =>
    low && high ? { ...each, calls: widened(each.calls, low[index]?.calls, high[index]?.calls) } : each,
  )
}

function endsOf<T>(own: CallRange, judge: CallRange, at: (run: ScoredRun) => T): readonly [expected: T, low?: T, high?: T] {
  const expected = at({ own: own.expected, judge: judge.expected })
  if (own.low === own.high && judge.low === judge.high) return [expected]
  return [expected, at({ own: own.low, judge: judge.low }), at({ own: own.high, judge: judge.high })]
}

function judgeCalls(range: CallRange): readonly CallEstimate[] {
  return range.high > 0 ? [{ purpose: 'judge', role: 'judge', ...range }] : []
}

function lessCalls(all: CallRange, part: CallRange): CallRange {
  return { low: all.low - part.low, expected: all.expected - part.expected, high: all.high - part.high }
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
