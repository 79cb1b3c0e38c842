import { intervalWords } from '../../evaluate/interval'
import { scorePercent } from '@/lib/percent'
import type { PairedGain, ScoreSummary } from '../../evaluate/rollout'

export function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}

/** "73.0 % on 100 rows (95 % interval 64.0 % to 81.0 %), 2 of them failed and count as 0; 1 row without a score is left out." */
export function summarySentence(summary: ScoreSummary): string {
  const { mean, count, errors, unscored } = summary
  if (count === 0) return `No row has a score: ${rows(unscored)} failed before one could be given.`
  const failed = errors > 0 ? `, ${errors} of them failed and ${errors === 1 ? 'counts' : 'count'} as 0` : ''
  const leftOut = unscored > 0 ? `; ${rows(unscored)} without a score ${unscored === 1 ? 'is' : 'are'} left out` : ''
  return `${scorePercent(mean)} on ${rows(count)} (${intervalWords(summary, scorePercent)})${failed}${leftOut}.`
}

export function gainSentence(before: ScoreSummary, after: ScoreSummary, gain: PairedGain): string {
  const points = `${gain.mean >= 0 ? '+' : ''}${oneDigit(gain.mean)} points`
  const interval = intervalWords(gain, oneDigit)
  const changed = `${gain.fixed} fixed, ${gain.broken} broken, ${gain.same} the same`
  return `${scorePercent(before.mean)} before, ${scorePercent(after.mean)} after: ${points} on the same ${rows(gain.count)} (${interval}); ${changed}.`
}

/** Points with a true minus sign, and none before zero. */
function oneDigit(share: number): string {
  const points = Number((share * 100).toFixed(1))
  return `${points < 0 ? '−' : ''}${Math.abs(points).toFixed(1)}`
}
