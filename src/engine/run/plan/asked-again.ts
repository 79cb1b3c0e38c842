import type { Adapter } from '../../adapters/adapter'
import { adapterFor } from '../../adapters/registry'
import { chatAdapter } from '../../adapters/chat'
import { predictorsOf } from '../../graph/predictors'
import { mostRequests } from '../../modules/predict'
import { mostBeside } from '../../optimizers/kit/bootstrap-calls'
import { jsonFallbackOf } from '../../program/json-fallback'
import type { ProgramGraph } from '../../program/program'
import type { CallEstimate } from '../../record/events'
import type { Signature } from '../../signature/signature'

/**
 * How many requests may come on top of the calls of an estimate at most, because an answer cannot be read and is asked for again in JSON.
 * None of them is certain, and with most models there are few.
 */
export function mostAskedAgain(graph: ProgramGraph, calls: readonly CallEstimate[]): number {
  const jsonFallback = jsonFallbackOf(graph)
  const predictors = predictorsOf(graph)
  const perRun = predictors.reduce((sum, predictor) => sum + predictor.calls.high, 0)
  const again = predictors.reduce((sum, { node, calls: { high }, signature }) => {
    const asked = { signature: signature({}), lm: anyModel }
    return sum + high * (mostRequests(adapterFor(graph, node), jsonFallback, asked) - 1)
  }, 0)
  const ofProgram = perRun === 0 ? 0 : again / perRun
  const aside = (adapter: Adapter): number => mostRequests(adapter, jsonFallback, { signature: plain, lm: anyModel }) - 1
  const share = ({ purpose, role }: CallEstimate): number => {
    // Vectors are always read, and so is the free text of a reflection.
    if (purpose === 'embed' || role === 'reflection') return 0
    if (purpose === 'judge') return aside(adapterFor(graph))
    return purpose === 'propose' ? aside(chatAdapter) : ofProgram
  }
  return Math.ceil(calls.reduce((sum, call) => sum + mostBeside(call) * share(call), 0))
}

/** What is asked beside the program is answered in fields that a schema can say. */
const plain: Signature = { instructions: '', fields: [] }
/** Which formats a model takes is known once it is asked. */
const anyModel = { capabilities: { responseFormats: ['json_schema', 'json_object'] } } as const
