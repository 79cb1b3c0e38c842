import { adapterFor } from '../../adapters/registry'
import { chatAdapter } from '../../adapters/chat'
import { predictorsOf } from '../../graph/predictors'
import { mostRequests } from '../../modules/predict'
import { mostBeside } from '../../optimizers/kit/bootstrap-calls'
import { jsonFallbackOf } from '../../program/json-fallback'
import type { ProgramGraph } from '../../program/program'
import type { CallEstimate } from '../../record/events'

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
  const ofProposal = mostRequests(chatAdapter, jsonFallback, { signature: { instructions: '', fields: [] }, lm: anyModel }) - 1
  return Math.ceil(calls.reduce((sum, call) => sum + mostBeside(call) * share(call, ofProgram, ofProposal), 0))
}

function share({ purpose, role }: CallEstimate, ofProgram: number, ofProposal: number): number {
  // Vectors are always read, and so is the free text of a reflection.
  if (purpose === 'embed' || role === 'reflection') return 0
  return purpose === 'propose' || purpose === 'judge' ? ofProposal : ofProgram
}

/** Which formats a model takes is known once it is asked. */
const anyModel = { capabilities: { responseFormats: ['json_schema', 'json_object'] } } as const
