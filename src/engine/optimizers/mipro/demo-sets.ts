import type { Rng } from '@/lib/rng'
import type { ProgramState } from '../../program/program'
import type { RunContext } from '../kit/run-context'
import type { RunEvent } from '../../record/events'
import { bootstrapDemos } from '../kit/bootstrap'
import { maxima, type DemoSetParams, type DemoSetPlan } from './demo-set-calls'
import { withLabelledDemos, withoutDemos } from '../kit/labelled-demos'

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
