import { predictorsOf, type Predictor } from './predictors'
import type { Locks, ProgramGraph } from '../program/program'

/** A lock of the step holds for all its predictors; one of a predictor for it alone. */
export function isLocked({ node, key }: Pick<Predictor, 'node' | 'key'>, part: keyof Locks): boolean {
  return node.locks?.[part] === true || node.slotLocks?.[key]?.[part] === true
}

/** Predictors whose instructions or demos an optimizer may change, in execution order. */
export function openPredictors(graph: ProgramGraph, part: keyof Locks): readonly Predictor[] {
  return predictorsOf(graph).filter(predictor => !isLocked(predictor, part))
}

/** Whether a part is locked in all of these predictors, in some or in none. */
export function lockedShare(predictors: readonly Pick<Predictor, 'node' | 'key'>[], part: keyof Locks): 'all' | 'some' | 'none' {
  const count = predictors.filter(predictor => isLocked(predictor, part)).length
  if (count === 0) return 'none'
  return count === predictors.length ? 'all' : 'some'
}
