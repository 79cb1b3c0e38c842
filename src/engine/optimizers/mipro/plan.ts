import type { OptimizerSizes, TrainAndVal } from '../kit/optimizer'
import type { MiproParams } from './params'

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

function recommendedTrials(variables: number, n: number): number {
  return Math.floor(Math.max(2 * variables * Math.log2(n), 1.5 * n))
}

/** Without a valset, DSPy takes the last 80 % of the trainset (at most 1000 rows) to score on. */
export function dealRows<T>({ train, val }: TrainAndVal<readonly T[]>): TrainAndVal<readonly T[]> {
  const { train: cut } = dealCounts({ train: train.length, val: val.length })
  return val.length > 0 ? { train, val } : { train: train.slice(0, cut), val: train.slice(cut) }
}

export function dealCounts({ train, val }: TrainAndVal<number>): TrainAndVal<number> {
  if (val > 0) return { train, val }
  const size = Math.min(train, 1000, Math.max(1, Math.floor(train * 0.8)))
  return { train: train - size, val: size }
}

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
