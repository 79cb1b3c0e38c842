import { scorePercent } from '@/lib/percent'
import { cx } from '../cx'

interface IntervalProps {
  /** All are scores, 0–1. */
  readonly mean: number
  /** None where the rows give none. */
  readonly interval: { readonly low: number; readonly high: number } | undefined
  /** The interval, or its lack, in words. */
  readonly words: string
  readonly baseline?: number
  readonly label?: string
  readonly className?: string
}

/** A mean on the scale from 0 to 100 %, with its 95 % interval and, as a dashed mark, the baseline. */
export function Interval({ mean, interval, words, baseline, label = 'Score', className }: IntervalProps) {
  const at = (share: number) => `${Math.min(1, Math.max(0, share)) * 100}%`
  const sentence = `${label} ${scorePercent(mean)}, ${words}${baseline === undefined ? '' : `, baseline ${scorePercent(baseline)}`}`
  return (
    <svg role="img" aria-label={sentence} className={cx('h-4 w-full overflow-visible', className)}>
      <title>{sentence}</title>
      <line x1="0" x2="100%" y1="8" y2="8" className="stroke-line-strong" />
      {interval && <IntervalBand from={at(interval.low)} to={at(interval.high)} />}
      {baseline !== undefined && <line x1={at(baseline)} x2={at(baseline)} y1="0" y2="16" className="stroke-soft" strokeDasharray="3 2" />}
      <circle cx={at(mean)} cy="8" r="4.5" className="fill-accent stroke-surface" strokeWidth="1.5" />
    </svg>
  )
}

interface IntervalBandProps {
  readonly from: string
  readonly to: string
  readonly className?: string
}

/** What an interval covers of a scale 16 pixels high. */
export function IntervalBand({ from, to, className = 'stroke-accent' }: IntervalBandProps) {
  return <line x1={from} x2={to} y1="8" y2="8" strokeWidth="4" strokeLinecap="round" strokeOpacity="0.4" className={className} />
}
