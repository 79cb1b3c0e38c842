import type { PairedGain } from '@/engine/evaluate/rollout'
import { points } from '../kit/run-words'

/** The gain with its 95 % interval on a scale that has zero in its middle. */
export function GainBar({ gain: { mean, low, high } }: { readonly gain: PairedGain }) {
  const reach = Math.max(0.05, Math.abs(low), Math.abs(high)) * 1.15
  const at = (share: number) => `${((share + reach) / (2 * reach)) * 100}%`
  const sentence = `Gain ${points(mean)}, 95 % interval ${points(low)} to ${points(high)}`
  return (
    <div>
      <svg role="img" aria-label={sentence} className="h-4 w-full overflow-visible">
        <title>{sentence}</title>
        <line x1="0" x2="100%" y1="8" y2="8" className="stroke-line-strong" />
        <line x1="50%" x2="50%" y1="0" y2="16" className="stroke-soft" strokeDasharray="3 2" />
        <line
          x1={at(low)}
          x2={at(high)}
          y1="8"
          y2="8"
          strokeWidth="4"
          strokeLinecap="round"
          strokeOpacity="0.45"
          className={low > 0 ? 'stroke-good' : 'stroke-accent'}
        />
        <circle
          cx={at(mean)}
          cy="8"
          r="4.5"
          strokeWidth="1.5"
          className={low > 0 ? 'fill-good stroke-surface' : 'fill-accent stroke-surface'}
        />
      </svg>
      <p className="flex justify-between text-xs text-faint tabular" aria-hidden="true">
        <span>{points(low)}</span>
        <span>{points(high)}</span>
      </p>
    </div>
  )
}
