import type { OptimizerSizes } from '../optimizer'
import type { MiproParams } from './mipro-params'

export const autoSizes = { light: { n: 6, val: 100 }, medium: { n: 12, val: 300 }, heavy: { n: 18, val: 1000 } } as const

export interface MiproPlan {
  readonly isZeroShot: boolean
  /** Instructions and demo sets for each predictor, at most. */
  readonly instructions: number
  readonly demoSets: number
  readonly trials: number
  readonly isMinibatch: boolean
  readonly minibatchSize: number
  /** Full evaluations after the baseline's. */
  readonly fullEvaluations: number
  /** DSPy's count of trials with the baseline and the full evaluations among them. */
  readonly adjustedTrials: number
}

/** Sizes of the search (dspy-spec §6.7, step 0). `val` is the number of rows that are scored on. */
export function miproPlan(params: MiproParams, { val, openInstructions, openDemos }: OptimizerSizes): MiproPlan {
  const isZeroShot = params.max_bootstrapped_demos === 0 && params.max_labeled_demos === 0
  const n = params.auto === 'manual' ? (params.num_candidates ?? 1) : autoSizes[params.auto].n
  // Differs: a locked part is no variable of the search.
  const variables = openInstructions + (isZeroShot ? 0 : openDemos)
  const trials = params.auto === 'manual' ? (params.num_trials ?? 0) : recommendedTrials(variables, n)
  const isMinibatch = params.auto === 'manual' ? params.minibatch : val > 50
  const steps = params.minibatch_full_eval_steps
  const rest = trials % steps === 0 ? 0 : 1
  const fullEvaluations = isMinibatch ? Math.floor(trials / steps) + rest : trials
  return {
    isZeroShot,
    instructions: params.auto === 'manual' || isZeroShot ? n : Math.floor(n / 2),
    demoSets: n,
    trials,
    isMinibatch,
    minibatchSize: Math.min(params.minibatch_size, val),
    fullEvaluations,
    adjustedTrials: trials + Math.floor(trials / steps) + 1 + rest,
  }
}

export function recommendedTrials(variables: number, n: number): number {
  return Math.floor(Math.max(2 * variables * Math.log2(n), 1.5 * n))
}

/** Without a valset, DSPy takes the last 80 % of the trainset (at most 1000 rows) to score on. */
export function dealRows<T>(rows: { readonly train: readonly T[]; readonly val: readonly T[] }): {
  readonly train: readonly T[]
  readonly val: readonly T[]
} {
  if (rows.val.length > 0) return rows
  const size = Math.min(1000, Math.max(1, Math.floor(rows.train.length * 0.8)))
  const cut = rows.train.length - size
  return { train: rows.train.slice(0, cut), val: rows.train.slice(cut) }
}
