import { isJsonObject } from '@/lib/json'
import { openPredictors } from '../graph/locks'
import type { ProgramGraph } from '../program/program'
import { predictorsOf } from '../graph/predictors'
import type { MetricSpec } from '../metrics/metric'
import type { OptimizerKind } from '../optimizers/optimizer'

/** What decides which optimizer fits. */
export interface Situation {
  readonly graph: ProgramGraph
  /** Rows in each split. */
  readonly train: number
  readonly val: number
  /** Some column holds the right answer of an output. */
  readonly isLabelled: boolean
  readonly metric: MetricSpec
  /** The run's cap on LM calls; absent for none. */
  readonly maxCalls?: number
  /** The optimizers that exist. */
  readonly optimizers: readonly OptimizerKind[]
}

export interface SituationFacts extends Situation {
  /** Train and val together: what there is to learn and choose from. */
  readonly rows: number
  readonly givesFeedback: boolean
  readonly predictors: number
  readonly canWriteInstructions: boolean
  readonly canChooseDemos: boolean
}

export function situationFacts(situation: Situation): SituationFacts {
  const { graph, train, val, metric } = situation
  return {
    ...situation,
    rows: train + val,
    givesFeedback: givesFeedback(metric),
    predictors: predictorsOf(graph).length,
    canWriteInstructions: openPredictors(graph, 'instructions').length > 0,
    canChooseDemos: openPredictors(graph, 'demos').length > 0,
  }
}

/**
 * Whether a metric explains its scores in words of its own: a judge, or code that returns `feedback`, alone or as part of a sum. The
 * other built-in ones only repeat the label, which demos show as well.
 */
export function givesFeedback({ kind, params }: MetricSpec): boolean {
  if (kind === 'rubric-judge') return true
  if (kind === 'code') return typeof params['source'] === 'string' && /\bfeedback\b/.test(params['source'])
  const { parts } = params
  if (kind !== 'weighted-sum' || !Array.isArray(parts)) return false
  return parts.some(part => {
    if (!isJsonObject(part) || typeof part['kind'] !== 'string') return false
    return givesFeedback({ kind: part['kind'], params: isJsonObject(part['params']) ? part['params'] : {} })
  })
}
