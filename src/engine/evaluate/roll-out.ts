import type { Example } from '../base/example'
import { errorToJson, isEngineError, isFatalError, isInfrastructureError } from '../base/errors'
import { executeProgram } from '../graph/execute'
import type { ExecuteContext } from '../graph/execute-context'
import type { Program } from '../program/program'
import type { Metric, Score } from '../metrics/metric'
import type { Rollout } from './rollout'

/**
 * Runs the program on one row and scores it. Failures are kept in the rollout: of the way to the model as score null, of program
 * or metric as score 0. Only what ends the whole run is thrown: abort, budget, and errors that every further call would share.
 */
export async function rollOut(
  program: Program,
  example: Example,
  context: ExecuteContext,
  { metric, traceToMetric = false }: { readonly metric?: Metric; readonly traceToMetric?: boolean },
): Promise<Rollout> {
  const start = context.clock.now()
  const { values, trace, error } = await executeProgram(program, example.inputs, context)
  const about = { exampleId: example.id, trace, ...(values && { prediction: values }) }
  const fail = (cause: unknown): Rollout => {
    throwIfEnding(cause, context.call.signal)
    const json = errorToJson(cause)
    return { ...about, score: isInfrastructureError(json.code) ? null : 0, error: json, ms: context.clock.now() - start }
  }
  if (values === undefined) return fail(error)
  if (metric === undefined) return { ...about, score: null, ms: context.clock.now() - start }
  let score: Score
  try {
    score = await metric({ example, prediction: values, ...(traceToMetric && { trace }) })
  } catch (cause) {
    return fail(cause)
  }
  const { value, feedback, parts } = score
  return { ...about, score: value, ...(feedback !== undefined && { feedback }), ...(parts && { parts }), ms: context.clock.now() - start }
}

function throwIfEnding(error: unknown, signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason
  if (isEngineError(error) && (isFatalError(error.code) || endingCodes.has(error.code))) throw error
}

const endingCodes: ReadonlySet<string> = new Set(['budget-exhausted', 'run-stopped', 'run-cancelled', 'storage-full', 'storage-failed'])
