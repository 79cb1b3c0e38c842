import { predictorsOf, type Predictor } from './predictors'
import type { Locks, ProgramGraph } from './program'

export function isLocked({ node }: Predictor, part: keyof Locks): boolean {
  return node.locks?.[part] === true
}

/** Predictors whose instructions or demos an optimizer may change, in execution order. */
export function openPredictors(graph: ProgramGraph, part: keyof Locks): readonly Predictor[] {
  return predictorsOf(graph).filter(predictor => !isLocked(predictor, part))
}
