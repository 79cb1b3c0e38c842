import { z } from 'zod'
import { onUse } from '../../base/on-use'
import { defineOptimizer } from '../kit/optimizer'

const paramsSchema = z.object({
  k: z.number().int().min(1).max(256).default(16).meta({ title: 'Demos', help: 'How many train examples each predictor gets.' }),
  sample: z.boolean().default(true).meta({ title: 'Draw at random', help: 'Off takes the first examples of the train split instead.' }),
})
export type Params = z.output<typeof paramsSchema>

export const stage = { id: 'select', title: 'Choose labelled demos' }

/** What it is, what it needs and what it costs; how it works stands in `labeled-few-shot-compile.ts`. */
export const labeledFewShot = defineOptimizer({
  id: 'labeled-few-shot',
  title: 'Labelled few-shot',
  dspyName: 'LabeledFewShot',
  help: 'Puts rows of the train split into the prompt as they are. Takes no calls of its own; a good first step.',
  params: paramsSchema,
  needs: { trainset: 1, valset: 0, metric: false },
  roles: () => [],
  estimate: () => [],
  stages: () => [{ ...stage, calls: { low: 0, expected: 0, high: 0 } }],
  load: onUse(() => import('./labeled-few-shot-compile')),
})
