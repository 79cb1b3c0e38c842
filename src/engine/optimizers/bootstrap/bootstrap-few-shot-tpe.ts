import { z } from 'zod'
import { exactly, type CallRange } from '../../lm/call-range'
import { bootstrapCalls } from '../kit/bootstrap-calls'
import { bootstrapParams, shrankBefore, teacherRole } from '../kit/bootstrap-params'
import { onUse } from '../../base/on-use'
import { defineOptimizer, type OptimizerSizes } from '../kit/optimizer'

const { metric_threshold, max_labeled_demos, max_rounds, max_errors, shrinking_pool } = bootstrapParams
const paramsSchema = z.object({
  max_demos: bootstrapParams.max_bootstrapped_demos.unwrap().default(4).meta({
    title: 'Bootstrapped demos',
    help: 'Most demos made from answers of the teacher, per predictor: with the labelled ones, the pool to choose from.',
  }),
  num_candidate_programs: z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(16)
    .meta({ title: 'Trials', help: 'How many choices of demos are scored on the val split.' }),
  max_labeled_demos,
  max_rounds,
  metric_threshold,
  max_errors,
  shrinking_pool,
})
export type Params = z.output<typeof paramsSchema>

export const titles = { bootstrap: 'Bootstrap demos', search: 'Choose one demo a step' }

/** What it is, what it needs and what it costs; how it works stands in `bootstrap-few-shot-tpe-compile.ts`. */
export const bootstrapFewShotTpe = defineOptimizer({
  id: 'bootstrap-few-shot-tpe',
  title: 'Bootstrap few-shot with TPE',
  dspyName: 'BootstrapFewShotWithOptuna',
  help: 'Bootstraps demos once and then searches for the single best demo of each step. Short prompts; worth it for long rows.',
  paper: 'Khattab et al. 2023, DSPy (arXiv:2310.03714), §4',
  params: paramsSchema,
  before: [shrankBefore],
  needs: { trainset: 1, valset: 0, metric: true },
  roles: params => teacherRole(params.max_demos),
  problem: (_params, { openDemos }) =>
    openDemos === 0 ? 'Every step has its demos locked, and nothing else is searched. Unlock one of them.' : undefined,
  estimate: (params, sizes) => [
    { purpose: 'bootstrap', ...bootstrapCalls(params.max_demos, params.max_rounds, sizes) },
    { purpose: 'evaluate', ...searchCalls(params.num_candidate_programs, sizes) },
  ],
  stages: (params, sizes) => [
    { id: 'bootstrap', title: titles.bootstrap, calls: bootstrapCalls(params.max_demos, params.max_rounds, sizes) },
    { id: 'search', title: titles.search, calls: searchCalls(params.num_candidate_programs, sizes) },
  ],
  load: onUse(() => import('./bootstrap-few-shot-tpe-compile')),
})

/** At most N·V runs; a demo that comes up again is scored once, and not at all where it gives the student. */
function searchCalls(trials: number, { val, callsPerRun }: OptimizerSizes): CallRange {
  return { ...exactly(trials * val * callsPerRun), low: 0 }
}
