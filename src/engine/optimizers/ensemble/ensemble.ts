import { z } from 'zod'
import { bootstrapFewShotRandomSearch } from '../bootstrap/bootstrap-few-shot-random-search'
import { shrankBefore } from '../kit/bootstrap-params'
import { exactly } from '../../lm/call-range'
import { onUse } from '../../base/on-use'
import { textRuleParam } from '../../metrics/rules'
import { reduceIds } from '../../modules/reduce-ids'
import { defineOptimizer, type OptimizerSizes } from '../kit/optimizer'

const paramsSchema = z.object({
  size: z
    .number()
    .int()
    .min(2)
    .max(16)
    .default(3)
    .meta({ title: 'Members', help: 'How many of the best programs answer together. Each adds a whole run to every row.' }),
  reduce_fn: z.enum(reduceIds).default('majority').meta({
    title: 'One answer of many',
    help: 'Majority: the most frequent answer. Mean and median: of outputs that are numbers.',
  }),
  normalize: textRuleParam.meta({
    title: 'Equal answers',
    help: 'Which answers a majority counts as one. distinct: signs, decimal points and symbols tell answers apart, and options of a Literal are compared letter by letter. dspy: without any punctuation, as DSPy.',
  }),
  ...bootstrapFewShotRandomSearch.params.shape,
})
export type Params = z.output<typeof paramsSchema>

export const stage = { id: 'ensemble', title: 'Score the ensemble' }

/** What it is, what it needs and what it costs; how it works stands in `ensemble-compile.ts`. */
export const ensemble = defineOptimizer({
  id: 'ensemble',
  title: 'Ensemble',
  dspyName: 'Ensemble',
  help: 'Searches demos at random, lets the best programs answer together and reduces their answers to one. Steadier, and costs that many times more.',
  paper: bootstrapFewShotRandomSearch.paper ?? '',
  params: paramsSchema,
  before: [{ scoringVersion: 2, params: { normalize: 'dspy' } }, shrankBefore],
  needs: bootstrapFewShotRandomSearch.needs,
  roles: bootstrapFewShotRandomSearch.roles,
  estimate: (params, sizes) => [
    ...bootstrapFewShotRandomSearch.estimate(params, sizes),
    { purpose: 'evaluate', ...ensembleCalls(params.size, sizes) },
  ],
  stages: (params, sizes) => [
    ...bootstrapFewShotRandomSearch.stages(params, sizes),
    { ...stage, calls: ensembleCalls(params.size, sizes) },
  ],
  load: onUse(() => import('./ensemble-compile')),
})

function ensembleCalls(size: number, { val, callsPerRun, judgeCalls = 0 }: OptimizerSizes) {
  return { ...exactly(val * (size * (callsPerRun - judgeCalls) + judgeCalls)), low: 0 }
}
