import { z } from 'zod'
import { exactly } from '../../lm/call-range'
import { bootstrapCalls } from '../kit/bootstrap-calls'
import { bootstrapParams, shrankBefore, teacherRole } from '../kit/bootstrap-params'
import { onUse } from '../../base/on-use'
import { defineOptimizer, type TrainAndVal } from '../kit/optimizer'

const paramsSchema = z.object({
  num_candidates: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(10)
    .meta({ title: 'Candidates', help: 'Sets of rules that are written and scored on the val split.' }),
  num_rules: z.number().int().min(1).max(50).default(10).meta({ title: 'Rules', help: 'How many rules the prompt model is asked for.' }),
  ...bootstrapParams,
})
export type Params = z.output<typeof paramsSchema>

export const titles = { bootstrap: 'Bootstrap demos', rules: 'Write and score rules' }

/** What it is, what it needs and what it costs; how it works stands in `infer-rules-compile.ts`. */
export const inferRules = defineOptimizer({
  id: 'infer-rules',
  title: 'InferRules',
  dspyName: 'InferRules',
  help: 'Has rules worked out from the train rows and adds them to the instructions, on top of bootstrapped demos.',
  params: paramsSchema,
  before: [shrankBefore],
  needs: { trainset: 1, valset: 0, metric: true },
  roles: params => ['prompt', ...teacherRole(params.max_bootstrapped_demos)],
  // DSPy's halves where there is no valset.
  split: {
    rows(_params, { train, val }) {
      const { train: half } = halves({ train: train.length, val: val.length })
      return val.length > 0 ? { train, val } : { train: train.slice(0, half), val: train.slice(half) }
    },
    counts: (_params, counts) => halves(counts),
  },
  problem(_params, { train, openInstructions }) {
    if (train === 0) return 'InferRules needs a val split, or at least 2 rows in the train split to halve. Add rows or change the split.'
    if (openInstructions === 0) return 'Every step has its instructions locked, and rules have nowhere to go. Unlock one of them.'
    return undefined
  },
  estimate(params, sizes) {
    const evaluations = params.num_candidates * sizes.val * sizes.callsPerRun
    return [
      { purpose: 'bootstrap', ...bootstrapCalls(params.max_bootstrapped_demos, params.max_rounds, sizes) },
      { purpose: 'propose', ...exactly(params.num_candidates * sizes.openInstructions) },
      // The same rules twice are scored once.
      { purpose: 'evaluate', ...exactly(evaluations), low: 0 },
    ]
  },
  stages(params, sizes) {
    const rules = params.num_candidates * (sizes.openInstructions + sizes.val * sizes.callsPerRun)
    return [
      { id: 'bootstrap', title: titles.bootstrap, calls: bootstrapCalls(params.max_bootstrapped_demos, params.max_rounds, sizes) },
      { id: 'rules', title: titles.rules, calls: { ...exactly(rules), low: params.num_candidates * sizes.openInstructions } },
    ]
  },
  load: onUse(() => import('./infer-rules-compile')),
})

function halves({ train, val }: TrainAndVal<number>): TrainAndVal<number> {
  const half = Math.floor(0.5 * train)
  return val > 0 ? { train, val } : { train: half, val: train - half }
}
