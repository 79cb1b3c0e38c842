import type { Rng } from '@/lib/rng'
import type { ProgramState } from '../../program/program'
import type { RunContext } from '../run-context'
import type { RunEvent } from '../../record/events'
import type { OptimizerSizes } from '../optimizer'
import { bootstrapDemos } from '../kit/bootstrap'
import type { CallRange } from '../../modules/call-range'
import { addCalls, bootstrapCalls } from '../kit/bootstrap-calls'
import { withLabelledDemos, withoutDemos } from '../kit/labelled-demos'

interface DemoSetParams {
  readonly max_bootstrapped_demos: number
  readonly max_labeled_demos: number
  readonly metric_threshold?: number | undefined
  readonly max_errors?: number | undefined
  readonly shrinking_pool: boolean
}

interface DemoSetPlan {
  readonly demoSets: number
  readonly isZeroShot: boolean
}

/** With no demos wanted, some are made all the same for the proposer to look at. */
function maxima({ max_bootstrapped_demos, max_labeled_demos }: DemoSetParams, { isZeroShot }: DemoSetPlan) {
  return isZeroShot ? { bootstrapped: 3, labelled: 0 } : { bootstrapped: max_bootstrapped_demos, labelled: max_labeled_demos }
}

/**
 * States with the demo sets to choose from (dspy-spec §6.7, step 1): none; labelled ones; bootstrapped from the trainset as it is;
 * then bootstrapped from shuffles, each with a size that is drawn.
 */
export async function* demoSets(
  run: RunContext<DemoSetParams>,
  plan: DemoSetPlan,
  rng: Rng,
  stage: string,
): AsyncGenerator<RunEvent, readonly ProgramState[]> {
  const { params, student, trainset } = run
  const { bootstrapped, labelled } = maxima(params, plan)
  const blank = { graph: student.graph, state: withoutDemos(student) }
  const sets: ProgramState[] = []
  for (let seed = -3; seed < plan.demoSets - 3; seed++) {
    yield { type: 'stage-step', stage, step: seed + 3, steps: plan.demoSets, title: `Demo set ${seed + 4} of ${plan.demoSets}` }
    if (seed === -3) sets.push(blank.state)
    else if (seed === -2 && labelled > 0) sets.push(withLabelledDemos(blank, trainset, { k: labelled, rng: run.random(0) }))
    else {
      const rows = seed === -1 ? trainset : rng.shuffle(trainset)
      const size = seed === -1 || bootstrapped === 0 ? bootstrapped : rng.randint(1, bootstrapped)
      const set = yield* bootstrapDemos(run, {
        trainset: rows,
        maxBootstrapped: size,
        maxLabelled: labelled,
        maxRounds: 1,
        metricThreshold: params.metric_threshold,
        maxErrors: params.max_errors ?? run.maxErrors,
        shrinkPool: params.shrinking_pool,
      })
      sets.push(set)
    }
  }
  return sets
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
