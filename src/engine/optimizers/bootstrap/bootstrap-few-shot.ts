import { z } from 'zod'
import { bootstrapDemos } from '../kit/bootstrap'
import { bootstrapCalls } from '../kit/bootstrap-calls'
import { bootstrapParams, teacherRole } from '../kit/bootstrap-params'
import { defineOptimizer } from '../optimizer'

const stage = { id: 'bootstrap', title: 'Bootstrap demos' }

/** BootstrapFewShot (dspy-spec §6.2): a teacher answers train rows; steps of rows it gets right become demos. */
export const bootstrapFewShot = defineOptimizer({
  id: 'bootstrap-few-shot',
  title: 'Bootstrap few-shot',
  dspyName: 'BootstrapFewShot',
  help: 'Lets a teacher answer train rows and keeps what it got right as demos, with all steps in between. Cheap, and often enough.',
  paper: 'Khattab et al. 2023, DSPy (arXiv:2310.03714), §4',
  params: z.object(bootstrapParams),
  needs: { trainset: 1, valset: 0, metric: true },
  roles: params => teacherRole(params.max_bootstrapped_demos),
  estimate: (params, sizes) => [{ purpose: 'bootstrap', ...bootstrapCalls(params.max_bootstrapped_demos, params.max_rounds, sizes) }],
  stages: (params, sizes) => [{ ...stage, calls: bootstrapCalls(params.max_bootstrapped_demos, params.max_rounds, sizes) }],
  async *compile(run) {
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
  },
})
