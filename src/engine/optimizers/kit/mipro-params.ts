import { z } from 'zod'
import type { OptimizerSizes } from '../optimizer'
import { bootstrapParams } from './bootstrap-params'
import { miproPlan, recommendedTrials } from './mipro-plan'

const count = (least: number, most: number) => z.number().int().min(least).max(most)
const toggle = (title: string, help: string) => z.boolean().default(true).meta({ title, help })

export const miproParams = z.object({
  auto: z.enum(['light', 'medium', 'heavy', 'manual']).default('light').meta({
    title: 'Effort',
    help: 'Light: 6 candidates on at most 100 val rows; medium: 12 on 300; heavy: 18 on 1000. Manual: numbers of your own.',
  }),
  num_candidates: count(1, 64)
    .optional()
    .meta({ title: 'Candidates', help: 'Manual only: how many instructions and how many sets of demos there are to choose from.' }),
  num_trials: count(1, 500).optional().meta({ title: 'Trials', help: 'Manual only: how many combinations are tried.' }),
  max_bootstrapped_demos: bootstrapParams.max_bootstrapped_demos,
  max_labeled_demos: bootstrapParams.max_labeled_demos.unwrap().default(4).meta({
    title: 'Demos in all',
    help: 'Labelled train examples fill up to this many demos. With 0 here and for bootstrapped demos, only instructions are searched.',
  }),
  metric_threshold: bootstrapParams.metric_threshold,
  seed: z.number().int().min(0).default(9).meta({ title: 'Seed', help: 'Another number draws other demos, tips and minibatches.' }),
  init_temperature: z
    .number()
    .min(0)
    .max(2)
    .default(1)
    .meta({ title: 'Temperature of proposals', help: 'How freely the prompt model writes.' }),
  minibatch: toggle('Minibatches', 'Manual only: try combinations on a part of the val split, and only the best on all of it.'),
  minibatch_size: count(1, 1000).default(35).meta({ title: 'Minibatch size', help: 'Rows a combination is tried on.' }),
  minibatch_full_eval_steps: count(1, 100)
    .default(5)
    .meta({ title: 'Trials between full evaluations', help: 'After so many trials the best combination runs on the whole val split.' }),
  program_aware_proposer: toggle(
    'Show the program',
    'The prompt model first describes the program and the step. Two more requests a proposal.',
  ),
  data_aware_proposer: toggle('Show the data', 'The prompt model first sums up the train split and sees rows of it.'),
  view_data_batch_size: count(1, 100)
    .default(10)
    .meta({ title: 'Rows in view', help: 'Train rows the prompt model looks at in one request.' }),
  tip_aware_proposer: toggle('Tips', 'Each proposal gets a tip on style, so that they differ.'),
  fewshot_aware_proposer: toggle('Show demos', 'Proposals see up to three bootstrapped demos.'),
  max_errors: bootstrapParams.max_errors,
  shrinking_pool: bootstrapParams.shrinking_pool,
})
export type MiproParams = z.output<typeof miproParams>

/** Why a run cannot start; see `OptimizerKind.problem`. */
export function miproProblem(params: MiproParams, sizes: OptimizerSizes): string | undefined {
  const isManual = params.auto === 'manual'
  const has = { candidates: params.num_candidates !== undefined, trials: params.num_trials !== undefined }
  if (sizes.train === 0)
    return 'MIPROv2 needs a val split, or at least 2 rows in the train split to take one from. Add rows or change the split.'
  if (sizes.openInstructions + sizes.openDemos === 0) return 'Every step has its instructions and demos locked. Unlock one of them.'
  if (!isManual && (has.candidates || has.trials))
    return 'Candidates and trials can be set for the effort "manual" only. Empty them or choose manual.'
  if (isManual && !has.candidates) return 'Set the number of candidates, or choose another effort than manual.'
  if (isManual && !has.trials) {
    const trials = recommendedTrials(sizes.openInstructions + sizes.openDemos, params.num_candidates ?? 1)
    return `Set the number of trials; for ${params.num_candidates} candidates about ${trials} are recommended.`
  }
  const { isMinibatch } = miproPlan(params, sizes)
  if (isMinibatch && params.minibatch_size > sizes.val)
    return `A minibatch of ${params.minibatch_size} rows does not fit in a val split of ${sizes.val}. Make it smaller, or switch minibatches off.`
  return undefined
}
