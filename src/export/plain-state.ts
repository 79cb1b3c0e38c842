import { predictorsOf } from '@/engine/graph/predictors'
import type { Program, ProgramState } from '@/engine/program/program'
import { standForPool } from './stand-for-pool'

/**
 * The state with nothing in it but instructions, demos, settings of decisions and models, which is all that DSPy's file has a place for: of a pool of demos as
 * many as a call would show. See `dspyRemarks` for what a user is told about it.
 */
export function plainState({ graph, state }: Program): ProgramState {
  const predictors = new Map(predictorsOf(graph).map(predictor => [predictor.id, predictor]))
  return Object.fromEntries(
    Object.entries(state).map(([id, { instructions, demos, lm, nearest, fields }]) => {
      const signature = predictors.get(id)?.signature(state)
      const shown = nearest && signature ? standForPool(demos, nearest.k, signature) : demos
      return [id, { instructions, demos: shown, ...(fields && { fields }), ...(lm !== undefined && { lm }) }]
    }),
  )
}
