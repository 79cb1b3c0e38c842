import { z } from 'zod'
import type { CallEstimate } from '../../record/events'
import type { OptimizerSizes } from '../kit/optimizer'

const count = (least: number, most: number) => z.number().int().min(least).max(most)
const score = z.number().min(0).max(1)

const selectionStrategies = ['pareto', 'current_best', 'epsilon_greedy', 'top_k_pareto'] as const
export type SelectionStrategy = (typeof selectionStrategies)[number]

/** Rows of the valset that two candidates must both have a score on, and on which their merge is tried. */
export const mergeRows = 5

export const gepaParams = z.object({
  auto: z.enum(['light', 'medium', 'heavy', 'manual']).default('light').meta({
    title: 'Effort',
    help: 'How many program runs to spend: as many as about 6, 12 or 18 candidates take. Manual: a number of your own.',
  }),
  max_metric_calls: count(1, 1_000_000)
    .optional()
    .meta({ title: 'Program runs', help: 'Manual only: program runs to spend, each scored once.' }),
  max_full_evals: count(1, 10_000).optional().meta({
    title: 'Passes over the data',
    help: 'Manual only, in place of a number of runs: how often all train and val rows could be run.',
  }),
  reflection_minibatch_size: count(1, 100)
    .default(3)
    .meta({ title: 'Minibatch size', help: 'Train rows that one reflection reads, and on which its proposal has to do better.' }),
  candidate_selection_strategy: z.enum(selectionStrategies).default('pareto').meta({
    title: 'Choice of parents',
    help: 'Pareto: any candidate that leads on some row, more often the more rows it leads. The others stay close to the best mean.',
  }),
  component_selector: z.enum(['round_robin', 'all']).default('round_robin').meta({
    title: 'Steps rewritten at once',
    help: 'Round robin: one step of the program after the other. All: every step in each proposal.',
  }),
  acceptance_criterion: z.enum(['strict_improvement', 'improvement_or_equal']).default('strict_improvement').meta({
    title: 'Accept',
    help: 'A proposal goes on to the val split when it does better on its minibatch, or also when it does as well.',
  }),
  use_merge: z.boolean().default(true).meta({
    title: 'Merge candidates',
    help: 'Now and then joins two candidates that improved different steps. Needs a program of several steps.',
  }),
  max_merge_invocations: count(0, 100).default(5).meta({ title: 'Merges', help: 'Most merges that are accepted.' }),
  skip_perfect_score: z
    .boolean()
    .default(true)
    .meta({ title: 'Skip perfect minibatches', help: 'Does not reflect where the parent has nothing left to improve.' }),
  perfect_score: score.default(1).meta({ title: 'Perfect score', help: 'From this score on (0–1) a row counts as solved.' }),
  add_format_failure_as_feedback: z.boolean().default(false).meta({
    title: 'Reflect on unreadable answers',
    help: 'Shows answers whose fields could not be read, with what was wrong.',
  }),
  score_threshold: score
    .optional()
    .meta({ title: 'Stop at score', help: 'Ends once a candidate reaches this mean on the val split (0–1).' }),
  max_iterations_without_improvement: count(1, 10_000)
    .optional()
    .meta({ title: 'Patience', help: 'Ends after so many iterations in a row without a better candidate.' }),
  seed: count(0, Number.MAX_SAFE_INTEGER).default(0).meta({ title: 'Seed', help: 'Another number draws other parents and minibatches.' }),
})
export type GepaParams = z.output<typeof gepaParams>

/** Why a run cannot start; see `OptimizerKind.problem`. */
export function gepaProblem(params: GepaParams, sizes: OptimizerSizes): string | undefined {
  const { auto, max_metric_calls: calls, max_full_evals: passes } = params
  const isSet = calls !== undefined || passes !== undefined
  if (sizes.openInstructions === 0) return 'GEPA rewrites instructions, and those of every step are locked. Unlock one of them.'
  if (auto !== 'manual')
    return isSet ? 'Program runs and passes can be set for the effort "manual" only. Empty them or choose manual.' : undefined
  if (!isSet) return 'Set the number of program runs or of passes over the data, or choose another effort than manual.'
  if (calls !== undefined && passes !== undefined) return 'Set either the number of program runs or that of passes over the data, not both.'
  const budget = gepaBudget(params, sizes)
  if (budget <= sizes.val) {
    return `Scoring the program on the val split alone takes ${sizes.val} program runs; with ${budget} in all nothing would be left to search with.`
  }
  return undefined
}

const autoCandidates = { light: 6, medium: 12, heavy: 18 }
/** What DSPy reckons for a minibatch, and after how many trials it reckons a full evaluation, when it turns an effort into a number. */
const assumed = { minibatch: 35, trialsPerFull: 5 }

/**
 * Program runs to spend, the student's evaluation included (dspy-spec §6.9): for one predictor 4V+380, 5V+690, 7V+1035.
 * Differs: a pass counts the val rows also where the train split stands in for them.
 */
export function gepaBudget(params: GepaParams, { train, val, openInstructions }: OptimizerSizes): number {
  const { auto, max_metric_calls: calls, max_full_evals: passes } = params
  if (auto === 'manual') return calls ?? (passes ?? 0) * (train + val)
  const candidates = autoCandidates[auto]
  const trials = Math.trunc(Math.max(4 * openInstructions * Math.log2(candidates), 1.5 * candidates))
  const fulls = Math.floor((trials + 1) / assumed.trialsPerFull) + 1 + (trials < assumed.trialsPerFull ? 1 : 0)
  return val + candidates * 5 + trials * assumed.minibatch + fulls * val
}

/** Share of proposals that are accepted in runs of many models and tasks, roughly: for what to expect, not for what to allow. */
const acceptedShare = 0.25

/**
 * LM requests of GEPA's compile (dspy-spec §6.19). The budget is looked at between iterations, so the last one may pass it: by its
 * minibatches and a full evaluation, less the one run that was left.
 */
export function gepaEstimate(params: GepaParams, sizes: OptimizerSizes): readonly CallEstimate[] {
  const { val, callsPerRun, openInstructions } = sizes
  const left = Math.max(0, gepaBudget(params, sizes) - val)
  const tries = 2 * params.reflection_minibatch_size
  const most = left === 0 ? 0 : left - 1 + Math.max(tries, mergeRows) + val
  const mostFull = Math.min(most, Math.ceil(left / (tries + val)) * val)
  const perProposal = params.component_selector === 'all' ? openInstructions : 1
  const iterations = Math.ceil(left / (tries + acceptedShare * val))
  const fulls = Math.round(iterations * acceptedShare) * val
  const times = (runs: number): number => runs * callsPerRun
  return [
    // Minibatches and full evaluations share one budget: all of it for minibatches where no proposal is accepted.
    { purpose: 'trial', low: 0, expected: times(Math.max(0, left - fulls)), high: times(most), highBeside: times(most - mostFull) },
    { purpose: 'evaluate', low: 0, expected: times(Math.min(left, fulls)), high: times(mostFull) },
    // A proposal that gives a known candidate is not run, and costs its parent's minibatch alone.
    {
      purpose: 'propose',
      role: 'reflection',
      low: 0,
      expected: iterations * perProposal,
      high: Math.ceil(left / params.reflection_minibatch_size) * perProposal,
    },
  ]
}
