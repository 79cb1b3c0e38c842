import { openPredictors } from '../graph/locks'
import type { ProgramGraph } from '../program/program'
import { predictorsOf } from '../graph/predictors'
import type { MetricSpec } from '../metrics/metric'
import { givesFeedback } from '../metrics/registry'
import type { OptimizerKind } from '../optimizers/kit/optimizer'

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
