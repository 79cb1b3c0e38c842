import { intervalOf, intervalWords } from '@/engine/evaluate/interval'
import type { ScoreSummary } from '@/engine/evaluate/rollout'
import { scorePercent } from '@/lib/percent'
import { Interval } from '@/ui/charts/interval'

interface ScoreIntervalProps {
  readonly summary: ScoreSummary
  readonly baseline?: number
  readonly label?: string
  readonly className?: string
}

/** A score with its interval, or without one where its rows give none. */
export function ScoreInterval({ summary, ...others }: ScoreIntervalProps) {
  return <Interval mean={summary.mean} interval={intervalOf(summary)} words={intervalWords(summary, scorePercent)} {...others} />
}

/** "64.0 % to 81.0 %", or why there is no interval. */
export function shortInterval(summary: ScoreSummary): string {
  const interval = intervalOf(summary)
  return interval === undefined ? intervalWords(summary, scorePercent) : `${scorePercent(interval.low)} to ${scorePercent(interval.high)}`
}
