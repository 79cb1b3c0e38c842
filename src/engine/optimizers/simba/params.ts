import { z } from 'zod'
import type { CallEstimate } from '../../record/events'
import type { OptimizerSizes } from '../kit/optimizer'

const count = (least: number, most: number) => z.number().int().min(least).max(most)
const temperature = z.number().min(0.01).max(10).default(0.2)

export const simbaParams = z.object({
  bsize: count(1, 1000)
    .default(32)
    .meta({ title: 'Batch size', help: 'Train rows looked at in one step; all of them where there are fewer.' }),
  num_candidates: count(1, 50).default(6).meta({
    title: 'Candidates',
    help: 'How often each row is run in a step, and how many new programs (and one more) are tried on it.',
  }),
  max_steps: count(1, 100).default(8).meta({ title: 'Steps', help: 'Rounds of running a batch, writing candidates and scoring them.' }),
  max_demos: count(0, 100).default(4).meta({
    title: 'Demos',
    help: 'About how many demos a predictor keeps; with more, some are dropped. With 0 only rules are added to the instructions.',
  }),
  temperature_for_sampling: temperature.meta({
    title: 'Temperature of running',
    help: 'How evenly the rows are shared among the best programs; low runs the best nearly always.',
  }),
  temperature_for_candidates: temperature.meta({
    title: 'Temperature of building',
    help: 'How evenly candidates are built on the best programs; low builds on the best nearly always.',
  }),
  demo_input_field_maxlen: count(100, 10_000_000)
    .default(100_000)
    .meta({ title: 'Length of a demo', help: 'Longer input texts of a demo are cut to this many characters.' }),
  seed: count(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ title: 'Seed', help: 'Another number draws other batches, programs and strategies.' }),
})
export type SimbaParams = z.output<typeof simbaParams>

/** What may be done to a program. */
export type SimbaStrategy = 'append-demo' | 'append-rule'

/** In DSPy's order, without what is switched off or locked. */
export function simbaStrategies(
  params: SimbaParams,
  { openInstructions, openDemos }: Pick<OptimizerSizes, 'openInstructions' | 'openDemos'>,
) {
  const strategies: SimbaStrategy[] = []
  if (params.max_demos > 0 && openDemos > 0) strategies.push('append-demo')
  if (openInstructions > 0) strategies.push('append-rule')
  return strategies
}

/** Why a run cannot start; see `OptimizerKind.problem`. */
export function simbaProblem(params: SimbaParams, sizes: OptimizerSizes): string | undefined {
  if (simbaStrategies(params, sizes).length > 0) return undefined
  return sizes.openDemos > 0
    ? 'The instructions of every step are locked and the number of demos is 0, so there is nothing to change. Unlock a step or allow demos.'
    : 'Every step has its instructions and demos locked. Unlock one of them.'
}

/**
 * LM requests of SIMBA's compile (dspy-spec §6.19): each step runs its batch once a candidate to look at and once a new program to
 * score it. Low where no row shows anything to learn from.
 */
export function simbaEstimate(params: SimbaParams, sizes: OptimizerSizes): readonly CallEstimate[] {
  const { num_candidates: candidates, max_steps: steps } = params
  const runs = steps * Math.min(params.bsize, sizes.train) * sizes.callsPerRun
  const full = Math.min(candidates, steps) * sizes.val * sizes.callsPerRun
  const isWriting = simbaStrategies(params, sizes).includes('append-rule')
  const share = simbaStrategies(params, sizes).length === 2 ? 0.5 : 1
  const asks = isWriting ? steps * (candidates + 1) : 0
  return [
    {
      purpose: 'trial',
      low: runs * candidates,
      expected: Math.round(runs * (candidates + 0.8 * (candidates + 1))),
      high: runs * (2 * candidates + 1),
    },
    { purpose: 'propose', low: 0, expected: Math.round(asks * share * 0.8), high: asks },
    { purpose: 'evaluate', low: 0, expected: full, high: full },
  ]
}
