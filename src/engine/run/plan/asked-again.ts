import type { Adapter } from '../../adapters/adapter'
import { adapterFor, asideAdapter, judgeAdapter, requestsOf } from '../../adapters/registry'
import { predictorsOf } from '../../graph/predictors'
import { mostAgain } from '../../modules/predict'
import { mostBeside } from '../../optimizers/kit/bootstrap-calls'
import { jsonFallbackOf } from '../../program/json-fallback'
import type { ProgramGraph } from '../../program/program'
import type { CallEstimate } from '../../record/events'
import type { Signature } from '../../signature/signature'

/** The most requests that may come on top of the calls for one purpose. */
export type AgainEstimate = Pick<CallEstimate, 'purpose' | 'role' | 'high'>

/**
 * The requests that may come on top of an estimate because an answer cannot be read and is asked for again in JSON; purposes that have
 * none are left out. None of them is certain, and with most models there are few.
 */
export function mostAskedAgain(graph: ProgramGraph, calls: readonly CallEstimate[]): readonly AgainEstimate[] {
  const most = mostPerCall(graph)
  return calls.flatMap(call => {
    const { purpose, role } = call
    const high = Math.ceil(mostBeside(call) * most(call))
    return high === 0 ? [] : [{ purpose, ...(role && { role }), high }]
  })
}

/** Of all purposes together. */
export function sumAgain(again: readonly AgainEstimate[]): number {
  return again.reduce((sum, { high }) => sum + high, 0)
}

function mostPerCall(graph: ProgramGraph): (call: CallEstimate) => number {
  const jsonFallback = jsonFallbackOf(graph)
  const predictors = predictorsOf(graph)
  const perRun = predictors.reduce((sum, predictor) => sum + predictor.calls.high, 0)
  const againPerRun = predictors.reduce((sum, { graph: around, node, calls: { high }, signature }) => {
    const asked = { signature: signature({}), lm: anyModel }
    const adapter = adapterFor(around, node)
    return sum + (high / requestsOf(adapter)) * mostAgain({ adapter, jsonFallback, ...asked })
  }, 0)
  // A share of the calls of a whole run: its steps may have adapters of their own.
  const ofProgram = perRun === 0 ? 0 : againPerRun / perRun
  const aside = (adapter: Adapter): number => mostAgain({ adapter, jsonFallback, signature: plain, lm: anyModel })
  return ({ purpose, role }) => {
    // Vectors are always read, and so is the free text of a reflection.
    if (purpose === 'embed' || role === 'reflection') return 0
    if (purpose === 'judge') return aside(judgeAdapter(graph))
    return purpose === 'propose' ? aside(asideAdapter(graph)) : ofProgram
  }
}

/** What is asked beside the program is answered in fields that a schema can say. */
const plain: Signature = { instructions: '', fields: [] }
/** Which formats a model takes is known once it is asked. */
const anyModel = { capabilities: { responseFormats: ['json_schema', 'json_object'] } } as const
