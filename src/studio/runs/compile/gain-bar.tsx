import { intervalOf, intervalWords, isClearGain } from '@/engine/evaluate/interval'
import type { PairedGain } from '@/engine/evaluate/rollout'
import { IntervalBand } from '@/ui/charts/interval'
import { points } from '../kit/run-words'

/** The gain with its 95 % interval on a scale that has zero in its middle. */
export function GainBar({ gain }: { readonly gain: PairedGain }) {
  const { mean } = gain
  const interval = intervalOf(gain)
  const reach = Math.max(0.05, Math.abs(mean), Math.abs(interval?.low ?? 0), Math.abs(interval?.high ?? 0)) * 1.15
  const at = (share: number) => `${((share + reach) / (2 * reach)) * 100}%`
  const sentence = `Gain ${points(mean)}, ${intervalWords(gain, points)}`
  return (
    <div>
      <svg role="img" aria-label={sentence} className="h-4 w-full overflow-visible">
        <title>{sentence}</title>
        <line x1="0" x2="100%" y1="8" y2="8" className="stroke-line-strong" />
        <line x1="50%" x2="50%" y1="0" y2="16" className="stroke-soft" strokeDasharray="3 2" />
        {interval && (
          <IntervalBand from={at(interval.low)} to={at(interval.high)} className={interval.low > 0 ? 'stroke-good' : 'stroke-accent'} />
        )}
        <circle
          cx={at(mean)}
          cy="8"
          r="4.5"
          strokeWidth="1.5"
          className={isClearGain(gain) ? 'fill-good stroke-surface' : 'fill-accent stroke-surface'}
        />
      </svg>
      {interval && (
        <p className="flex justify-between text-xs text-faint tabular" aria-hidden="true">
          <span>{points(interval.low)}</span>
          <span>{points(interval.high)}</span>
        </p>
      )}
    </div>
  )
}
