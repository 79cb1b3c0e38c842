import { z } from 'zod'
import { poolRequests } from '../../modules/embedded-demos'
import { exactly, type CallRange } from '../../lm/call-range'
import { addCalls, bootstrapCalls } from '../kit/bootstrap-calls'
import { bootstrapParams, teacherRole } from '../kit/bootstrap-params'
import { onUse } from '../../base/on-use'
import { defineOptimizer, type OptimizerSizes } from '../kit/optimizer'

const paramsSchema = z.object({
  k: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(3)
    .meta({ title: 'Neighbours', help: 'How many demos a call shows: those most like its inputs.' }),
  vectorizer: z.enum(['lexical', 'embedding']).default('lexical').meta({
    title: 'Similarity by',
    help: '"lexical" compares words, without any request. "embedding" compares what texts mean, by the vectors of the embedding model.',
  }),
  max_bootstrapped_demos: bootstrapParams.max_bootstrapped_demos.unwrap().default(4).meta({
    title: 'Bootstrap the rows',
    help: 'Above 0: a teacher answers every train row, and what it gets right is shown with all steps in between. 0: rows as they are.',
  }),
  max_labeled_demos: bootstrapParams.max_labeled_demos.unwrap().default(16).meta({
    title: 'Labelled demos',
    help: 'Shown to the teacher. With 0, rows that the teacher gets wrong are left out of the pool.',
  }),
  metric_threshold: bootstrapParams.metric_threshold,
  max_rounds: bootstrapParams.max_rounds,
  max_errors: bootstrapParams.max_errors,
})
export type Params = z.output<typeof paramsSchema>

export const stage = { id: 'pool', title: 'Fill the pool of demos' }

/** What it is, what it needs and what it costs; how it works stands in `knn-few-shot-compile.ts`. */
export const knnFewShot = defineOptimizer({
  id: 'knn-few-shot',
  title: 'Nearest-neighbour few-shot',
  dspyName: 'KNNFewShot',
  help: 'Shows each call the train rows most like it. Good for many rows and varied inputs; short prompts, no search.',
  params: paramsSchema,
  needs: { trainset: 1, valset: 0, metric: true },
  roles: params => [...teacherRole(params.max_bootstrapped_demos), ...(params.vectorizer === 'embedding' ? (['embedding'] as const) : [])],
  problem: (_params, { openDemos }) =>
    openDemos === 0 ? 'Every step has its demos locked, and nothing else is changed. Unlock one of them.' : undefined,
  estimate: (params, sizes) => [
    { purpose: 'bootstrap', ...teacherCalls(params, sizes) },
    ...(params.vectorizer === 'embedding'
      ? [{ purpose: 'embed' as const, ...addCalls([poolCalls(params, sizes), { ...exactly(sizes.openDemos * sizes.val), low: 0 }]) }]
      : []),
  ],
  stages: (params, sizes) => [{ ...stage, calls: addCalls([teacherCalls(params, sizes), poolCalls(params, sizes)]) }],
  load: onUse(() => import('./knn-few-shot-compile')),
})

function teacherCalls({ max_bootstrapped_demos, max_rounds }: Params, sizes: OptimizerSizes): CallRange {
  return bootstrapCalls(max_bootstrapped_demos > 0 ? sizes.train : 0, max_rounds, sizes)
}

/** Requests for the vectors of the pools. Rows that make no demo are left out of a pool, and an empty one is never asked about. */
function poolCalls({ vectorizer }: Params, { openDemos, train }: OptimizerSizes): CallRange {
  return vectorizer === 'lexical' ? exactly(0) : { ...exactly(openDemos * poolRequests(train)), low: 0 }
}
