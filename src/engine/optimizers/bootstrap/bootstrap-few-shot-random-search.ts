import { z } from 'zod'
import { pythonRandom } from '@/lib/rng'
import { exactly, type CallRange } from '../../lm/call-range'
import { addCalls, bootstrapCalls } from '../kit/bootstrap-calls'
import { bootstrapParams, shrankBefore } from '../kit/bootstrap-params'
import { onUse } from '../../base/on-use'
import { defineOptimizer, type OptimizerSizes } from '../kit/optimizer'

const paramsSchema = z.object({
  ...bootstrapParams,
  max_bootstrapped_demos: bootstrapParams.max_bootstrapped_demos.unwrap().min(1).default(4).meta({
    title: 'Bootstrapped demos',
    help: 'Most demos made from answers of the teacher, per predictor; each candidate draws a number from 1 to this.',
  }),
  num_candidate_programs: z
    .number()
    .int()
    .min(0)
    .max(200)
    .default(16)
    .meta({ title: 'Candidates', help: 'How many shuffles of the train split are tried, on top of zero-shot, labelled and unshuffled.' }),
  stop_at_score: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .meta({ title: 'Stop at score', help: 'Ends the search as soon as a candidate scores this many percent (0–100).' }),
  labeled_sample: z
    .boolean()
    .default(true)
    .meta({ title: 'Draw labelled demos at random', help: 'For the candidate with labelled demos alone; off takes the first rows.' }),
})
export type Params = z.output<typeof paramsSchema>

export const titles = { 'zero-shot': 'Zero-shot', labelled: 'Labelled demos', search: 'Random search' }

/** What it is, what it needs and what it costs; how it works stands in `bootstrap-few-shot-random-search-compile.ts`. */
export const bootstrapFewShotRandomSearch = defineOptimizer({
  id: 'bootstrap-few-shot-random-search',
  title: 'Bootstrap few-shot with random search',
  dspyName: 'BootstrapFewShotWithRandomSearch',
  help: 'Bootstraps demos from many shuffles of the train split, scores every candidate on the val split and keeps the best.',
  paper: 'Khattab et al. 2023, DSPy (arXiv:2310.03714), §4',
  params: paramsSchema,
  before: [shrankBefore],
  needs: { trainset: 1, valset: 0, metric: true },
  roles: () => ['teacher'],
  estimate: (params, sizes) => [
    { purpose: 'evaluate', ...evaluationCalls(params, sizes) },
    { purpose: 'bootstrap', ...searchBootstrapCalls(params, sizes) },
  ],
  stages: (params, sizes) => [
    { id: 'zero-shot', title: titles['zero-shot'], calls: { ...exactly(sizes.val * sizes.callsPerRun), low: 0 } },
    { id: 'labelled', title: titles.labelled, calls: { ...exactly(sizes.val * sizes.callsPerRun), low: 0 } },
    { id: 'search', title: titles.search, calls: searchCalls(params, sizes) },
  ],
  load: onUse(() => import('./bootstrap-few-shot-random-search-compile')),
})

/** A generator of its own, not the one that shuffles: DSPy makes a new one with the same seed. */
export function demoCount({ max_bootstrapped_demos: most }: Params, seed: number): number {
  return seed < 0 ? most : pythonRandom(seed).randint(1, most)
}

/**
 * Equal candidates are scored once: where no teacher gets a row right, all but the one with labelled demos may be the student itself. It
 * is also the first candidate, scored already, that may reach the score to stop at.
 */
function evaluationCalls(params: Params, { val, callsPerRun, openDemos }: OptimizerSizes): CallRange {
  const once = val * callsPerRun
  const all = (params.num_candidate_programs + 3) * once
  const isSure = params.stop_at_score === undefined && params.max_labeled_demos > 0 && openDemos > 0
  return { low: isSure ? once : 0, expected: all, high: all }
}

function searchBootstrapCalls(params: Params, sizes: OptimizerSizes): CallRange {
  const seeds = Array.from({ length: params.num_candidate_programs + 1 }, (_, index) => index - 1)
  const calls = addCalls(seeds.map(seed => bootstrapCalls(demoCount(params, seed), params.max_rounds, sizes)))
  return params.stop_at_score === undefined ? calls : { ...calls, low: 0 }
}

function searchCalls(params: Params, sizes: OptimizerSizes): CallRange {
  const candidates = params.num_candidate_programs + 1
  const scored = { ...exactly(candidates * sizes.val * sizes.callsPerRun), low: 0 }
  return addCalls([scored, searchBootstrapCalls(params, sizes)])
}
