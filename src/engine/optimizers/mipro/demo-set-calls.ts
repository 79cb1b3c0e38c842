import type { CallRange } from '../../lm/call-range'
import { addCalls, bootstrapCalls } from '../kit/bootstrap-calls'
import type { OptimizerSizes } from '../kit/optimizer'

export interface DemoSetParams {
  readonly max_bootstrapped_demos: number
  readonly max_labeled_demos: number
  readonly metric_threshold?: number | undefined
  readonly max_errors?: number | undefined
  readonly shrinking_pool: boolean
}

export interface DemoSetPlan {
  readonly demoSets: number
  readonly isZeroShot: boolean
}

/** With no demos wanted, some are made all the same for the proposer to look at. */
export function maxima({ max_bootstrapped_demos, max_labeled_demos }: DemoSetParams, { isZeroShot }: DemoSetPlan) {
  return isZeroShot ? { bootstrapped: 3, labelled: 0 } : { bootstrapped: max_bootstrapped_demos, labelled: max_labeled_demos }
}

/** The sizes of shuffled sets are drawn in the run, so one bootstrap takes from 1 to all of them. */
export function demoSetCalls(params: DemoSetParams, plan: DemoSetPlan, sizes: OptimizerSizes): CallRange {
  const { bootstrapped, labelled } = maxima(params, plan)
  if (bootstrapped === 0) return addCalls([])
  const unshuffled = bootstrapCalls(bootstrapped, 1, sizes)
  const smallest = bootstrapCalls(1, 1, sizes)
  const middle = bootstrapCalls(Math.ceil((1 + bootstrapped) / 2), 1, sizes)
  const shuffled = { low: smallest.low, expected: middle.expected, high: unshuffled.high }
  const count = plan.demoSets - (labelled > 0 ? 2 : 1)
  if (count <= 0) return addCalls([])
  const hasUnshuffled = plan.demoSets > 2
  const others = Math.max(0, count - (hasUnshuffled ? 1 : 0))
  return addCalls([...(hasUnshuffled ? [unshuffled] : []), ...Array.from({ length: others }, () => shuffled)])
}
