import { bootstrapDemos } from '../kit/bootstrap'
import type { RunEvent } from '../../record/events'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { stage, type Params } from './bootstrap-few-shot'

/** BootstrapFewShot (dspy-spec §6.2): a teacher answers train rows; steps of rows it gets right become demos. */
export async function* compile(run: RunContext<Params>): AsyncGenerator<RunEvent, CompileResult> {
  const { params, trainset } = run
  yield { type: 'stage-start', stage: stage.id, title: stage.title }
  const state = yield* bootstrapDemos(run, {
    trainset,
    maxBootstrapped: params.max_bootstrapped_demos,
    maxLabelled: params.max_labeled_demos,
    maxRounds: params.max_rounds,
    metricThreshold: params.metric_threshold,
    maxErrors: params.max_errors ?? run.maxErrors,
    shrinkPool: params.shrinking_pool,
    onStep: (tried, found) => ({
      type: 'stage-step',
      stage: stage.id,
      step: tried,
      steps: trainset.length,
      title: `${found} of ${params.max_bootstrapped_demos} demos found in ${tried} of ${trainset.length} rows`,
    }),
  })
  yield {
    type: 'candidate-propose',
    candidate: run.candidateId(state),
    label: 'bootstrapped demos',
    how: 'bootstrap',
    parents: [run.candidateId(run.student.state)],
    state,
  }
  yield { type: 'stage-end', stage: stage.id }
  return { state }
}
