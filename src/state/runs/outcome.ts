import type { ErrorJson } from '@/engine/base/errors'
import type { Rollout } from '@/engine/evaluate/rollout'

/** What became of a row. `partial` lies between 0 and full marks; an `error` counts as 0; `unscored` is left out of the mean. */
export type Outcome = 'passed' | 'partial' | 'failed' | 'error' | 'unscored'

export const outcomes: readonly Outcome[] = ['passed', 'partial', 'failed', 'error', 'unscored']

export function outcomeOf({ score, error }: Pick<Rollout, 'score' | 'error'>): Outcome {
  if (score === null) return 'unscored'
  if (error !== undefined) return 'error'
  if (score >= 1) return 'passed'
  return score > 0 ? 'partial' : 'failed'
}

export function countOutcomes(rollouts: readonly Pick<Rollout, 'score' | 'error'>[]): Readonly<Record<Outcome, number>> {
  const counts = { passed: 0, partial: 0, failed: 0, error: 0, unscored: 0 }
  for (const rollout of rollouts) counts[outcomeOf(rollout)] += 1
  return counts
}

export type Change = 'fixed' | 'broken' | 'same' | 'unscored'

/** What a candidate did to a row, by the same rule as the counts of the result. */
export function changeOf(before: number | null | undefined, after: number | null | undefined): Change {
  if (before === null || before === undefined || after === null || after === undefined) return 'unscored'
  if (after > before) return 'fixed'
  return after < before ? 'broken' : 'same'
}

/** The kind of a failure in the words of the page. */
export function errorWords({ code, facts }: Pick<ErrorJson, 'code' | 'facts'>): string {
  if (facts?.['isKeyForgotten'] === true) return 'Key forgotten'
  return names[code] ?? 'Failed'
}

const names: Partial<Record<ErrorJson['code'], string>> = {
  'adapter-parse': 'Answer could not be read',
  'lm-auth': 'Key refused',
  'lm-quota': 'Out of quota',
  'lm-rate-limit': 'Rate limit',
  'lm-timeout': 'No answer in time',
  'lm-server': 'Provider failed',
  'lm-network': 'Provider not reached',
  'lm-unreachable': 'Provider not reached',
  'lm-model-not-found': 'Model not found',
  'lm-context-length': 'Prompt too long',
  'lm-content-filter': 'Content filter',
  'lm-cut': 'Answer cut off',
  'lm-bad-request': 'Request refused',
  'lm-bad-response': 'Not a completion',
  'lm-not-recorded': 'Not recorded',
  'metric-failed': 'Metric failed',
  'judge-failed': 'Judge gave no score',
  'code-failed': 'Code failed',
  'sandbox-timeout': 'Code ran too long',
  'sandbox-memory': 'Code used too much memory',
  'too-many-errors': 'Too many errors',
  'budget-exhausted': 'Cap reached',
  'storage-full': 'No space left',
  'storage-failed': 'Storage failed',
  bug: 'Bug in the studio',
}
