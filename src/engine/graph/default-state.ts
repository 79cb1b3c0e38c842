import { shortHash } from '@/lib/hash'
import type { CandidateId } from '../program/program'
import { predictorsOf } from './predictors'
import type { PredictorState, ProgramGraph, ProgramState } from '../program/program'

/** The state with an entry for every predictor of the graph. Entries it has are kept, also those of removed predictors. */
export function completeState(graph: ProgramGraph, state: ProgramState): ProgramState {
  const missing = predictorsOf(graph).filter(predictor => state[predictor.id] === undefined)
  if (missing.length === 0) return state
  const added = missing.map((predictor): [string, PredictorState] => [
    predictor.id,
    { instructions: predictor.defaultInstructions, demos: [] },
  ])
  return { ...state, ...Object.fromEntries(added) }
}

/** The same state has the same id in every run. */
export function stateHash(state: ProgramState): CandidateId {
  let hash = hashes.get(state)
  if (hash === undefined) hashes.set(state, (hash = shortHash(state)))
  return hash
}

/** States are never changed in place. */
const hashes = new WeakMap<ProgramState, CandidateId>()
