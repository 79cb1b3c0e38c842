import { predictorsOf, type Predictor } from './predictors'
import type { Locks, ProgramGraph } from './program'

/** A lock of the step holds for all its predictors; one of a predictor for it alone. */
export function isLocked({ node, key }: Pick<Predictor, 'node' | 'key'>, part: keyof Locks): boolean {
  return node.locks?.[part] === true || node.slotLocks?.[key]?.[part] === true
}

/** Predictors whose instructions or demos an optimizer may change, in execution order. */
export function openPredictors(graph: ProgramGraph, part: keyof Locks): readonly Predictor[] {
  return predictorsOf(graph).filter(predictor => !isLocked(predictor, part))
}
