import { z } from 'zod'
import { exactly } from '../../lm/call-range'
import { onUse } from '../../base/on-use'
import { defineOptimizer, type OptimizerSizes } from '../kit/optimizer'

const paramsSchema = z.object({
  breadth: z.number().int().min(2).max(50).default(10).meta({ title: 'Breadth', help: 'Instructions tried for each step in a round.' }),
  depth: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(3)
    .meta({ title: 'Depth', help: 'Rounds. From the second on, the prompt model sees what scored how.' }),
  init_temperature: z
    .number()
    .min(0)
    .max(2)
    .default(1.4)
    .meta({ title: 'Temperature of proposals', help: 'How freely the prompt model writes.' }),
  view_data_batch_size: z.number().int().min(0).max(100).default(10).meta({
    title: 'Rows in view',
    help: 'Train rows that a request shows, later those the best instruction gets wrong. 0 shows none, exactly as DSPy.',
  }),
})
export type Params = z.output<typeof paramsSchema>

/** What it is, what it needs and what it costs; how it works stands in `copro-compile.ts`. */
export const copro = defineOptimizer({
  id: 'copro',
  title: 'COPRO',
  dspyName: 'COPRO',
  help: 'Rewrites the instructions of one step after the other, scores each version on the train split, and learns from the scores.',
  paper: 'Khattab et al. 2023, DSPy (arXiv:2310.03714)',
  params: paramsSchema,
  needs: { trainset: 1, valset: 0, metric: true },
  roles: () => ['prompt'],
  problem: (_params, { openInstructions }) =>
    openInstructions === 0 ? 'Every step has its instructions locked, and COPRO changes nothing else. Unlock one of them.' : undefined,
  estimate: (params, sizes) => [
    { purpose: 'propose', ...exactly(rounds(params).reduce((sum, round) => sum + proposalsIn(params, round), 0) * sizes.openInstructions) },
    { purpose: 'trial', ...exactly(rounds(params).reduce((sum, round) => sum + trialCalls(params, sizes, round), 0)) },
  ],
  stages: (params, sizes) =>
    rounds(params).map(round => ({
      id: `round-${round + 1}`,
      title: `Round ${round + 1}`,
      calls: exactly(proposalsIn(params, round) * sizes.openInstructions + trialCalls(params, sizes, round)),
    })),
  load: onUse(() => import('./copro-compile')),
})

export function rounds({ depth }: Params): readonly number[] {
  return Array.from({ length: depth }, (_, round) => round)
}

export function proposalsIn({ breadth }: Params, round: number): number {
  return round === 0 ? breadth - 1 : breadth
}

function trialCalls({ breadth }: Params, { train, openInstructions, callsPerRun }: OptimizerSizes, round: number): number {
  const perStep = openInstructions === 1 ? breadth : breadth * (round + 1)
  return openInstructions * perStep * train * callsPerRun
}
