import { bootstrapInterval, mean, pairedBootstrapInterval } from '@/lib/stats'
import type { Rng } from '@/lib/rng'
import type { PairedGain, Rollout, ScoreSummary } from './rollout'

/** Mean of the scored rows (0–1) with its 95 % bootstrap interval. Rows without a score are counted, never taken as 0. */
export function summarize(rollouts: readonly Pick<Rollout, 'score' | 'error'>[], rng: Rng): ScoreSummary {
  const scores = rollouts.flatMap(({ score }) => (score === null ? [] : [score]))
  return {
    mean: mean(scores),
    ...bootstrapInterval(scores, rng),
    count: scores.length,
    errors: rollouts.filter(({ score, error }) => score !== null && error !== undefined).length,
    unscored: rollouts.length - scores.length,
  }
}

/** Gain of `after` over `before`, row by row over the rows that both scored. Rows are in the same order in both. */
export function pairedGain(before: readonly (number | null)[], after: readonly (number | null)[], rng: Rng): PairedGain {
  const differences: number[] = []
  for (const [index, old] of before.entries()) {
    const now = after[index]
    if (old !== null && now !== null && now !== undefined) differences.push(now - old)
  }
  const fixed = differences.filter(difference => difference > 0).length
  const broken = differences.filter(difference => difference < 0).length
  return {
    mean: mean(differences),
    ...pairedBootstrapInterval(differences, rng),
    count: differences.length,
    fixed,
    broken,
    same: differences.length - fixed - broken,
  }
}
