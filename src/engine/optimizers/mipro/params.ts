import { z } from 'zod'
import { bootstrapParams } from '../kit/bootstrap-params'

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
