import { adapterFor } from '../adapters/registry'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import { predictorsOf } from './predictors'
import type { PredictorId, Program } from '../program/program'
import type { Message } from '../lm/lm'
import { shownDemos } from '../modules/nearest-demos'

/** The exact messages a predictor sends first for these inputs (by field name). Throws `not-found` for an unknown predictor. */
export function promptFor(program: Program, predictorId: PredictorId, inputs: Values): readonly Message[] {
  const predictor = predictorsOf(program.graph).find(one => one.id === predictorId)
  if (predictor === undefined) throw new EngineError('not-found', `The program has no predictor "${predictorId}".`)
  const signature = predictor.signature(program.state)
  return adapterFor(program.graph, predictor.node).format(signature, shownDemos(program.state[predictorId], signature, inputs), inputs)
}
