import { predictorsOf, type Predictor } from './predictors'
import type { Locks, ProgramGraph } from '../program/program'

/** A lock of a step holds for all its predictors, also in its bodies; one of a predictor for it alone. */
export function isLocked({ node, key, around }: Pick<Predictor, 'node' | 'key' | 'around'>, part: keyof Locks): boolean {
  return node.locks?.[part] === true || node.slotLocks?.[key]?.[part] === true || around.some(outer => outer.node.locks?.[part] === true)
}

/** Predictors whose instructions or demos an optimizer may change, in execution order. */
export function openPredictors(graph: ProgramGraph, part: keyof Locks): readonly Predictor[] {
  return predictorsOf(graph).filter(predictor => !isLocked(predictor, part))
}

/** Whether a part is locked in all of these predictors, in some or in none. */
export function lockedShare(predictors: readonly Parameters<typeof isLocked>[0][], part: keyof Locks): 'all' | 'some' | 'none' {
  const count = predictors.filter(predictor => isLocked(predictor, part)).length
  if (count === 0) return 'none'
  return count === predictors.length ? 'all' : 'some'
}
