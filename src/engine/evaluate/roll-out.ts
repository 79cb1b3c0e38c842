import type { Example } from '../base/example'
import { errorToJson, isEngineError, isFatalError, leavesUnscored } from '../base/errors'
import { executeProgram } from '../graph/execute'
import { absentOutputs } from '../graph/plan'
import type { ExecuteContext } from '../graph/execute-context'
import type { Program } from '../program/program'
import type { AskJudge, Metric, Score } from '../metrics/metric'
import type { Trace } from '../trace/span'
import type { Rollout } from './rollout'

export interface Scoring {
  readonly metric?: Metric
  readonly traceToMetric?: boolean
  /** For metrics that ask a model: how, and what came of it. */
  readonly judge?: { readonly ask: AskJudge; spans(): Trace }
}

/**
 * Runs the program on one row and scores it. Failures are kept in the rollout: of the way to the model and of the judge as score null, of
 * program or metric as score 0. Only what ends the whole run is thrown: abort, budget, and errors that every further call would share.
 */
export async function rollOut(program: Program, example: Example, context: ExecuteContext, scoring: Scoring): Promise<Rollout> {
  const { metric, traceToMetric = false, judge } = scoring
  const start = context.clock.now()
  const { values, trace: steps, error } = await executeProgram(program, example.inputs, context)
  const about = () => ({
    exampleId: example.id,
    trace: judge ? [...steps, ...judge.spans()] : steps,
    ...(values && { prediction: values }),
    ms: context.clock.now() - start,
  })
  const fail = (cause: unknown): Rollout => {
    throwIfEnding(cause, context.call.signal)
    const json = errorToJson(cause)
    return { ...about(), score: leavesUnscored(json.code) ? null : 0, error: json }
  }
  if (values === undefined) return fail(error)
  if (metric === undefined) return { ...about(), score: null }
  let score: Score
  try {
    const asked = judge && { ask: judge.ask }
    const absent = absentOutputs(program.graph, values)
    score = await metric({
      example,
      prediction: values,
      absent,
      steps,
      ...(traceToMetric && { trace: steps }),
      ...asked,
    })
  } catch (cause) {
    return fail(cause)
  }
  const { value, feedback, parts } = score
  return { ...about(), score: value, ...(feedback !== undefined && { feedback }), ...(parts && { parts }) }
}

function throwIfEnding(error: unknown, signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason
  if (isEngineError(error) && (isFatalError(error.code) || endingCodes.has(error.code))) throw error
}

const endingCodes: ReadonlySet<string> = new Set(['budget-exhausted', 'run-stopped', 'run-cancelled', 'storage-full', 'storage-failed'])
