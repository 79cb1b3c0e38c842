import { scaleLinear } from 'd3-scale'
import { cx } from '../cx'
import { formatCount } from '../format'
import { useWidth } from './use-width'

interface HistogramProps {
  readonly values: readonly number[]
  readonly label: string
  /** Ends of the scale; the values' own by default. */
  readonly domain?: readonly [number, number]
  readonly binCount?: number
  readonly height?: number
  readonly format?: (value: number) => string
  readonly className?: string
}

export function Histogram({ values, label, domain, binCount = 10, height = 80, format = String, className }: HistogramProps) {
  const [host, width] = useWidth<HTMLDivElement>()
  const [low, high] = domain ?? (values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1])
  const bins = countBins(values, low, high, binCount)
  const y = scaleLinear([0, Math.max(1, ...bins)], [0, height - 18])
  const barWidth = width / bins.length
  const sentence = `${label}: ${formatCount(values.length)} values from ${format(low)} to ${format(high)}`
  return (
    <div ref={host} className={cx('w-full', className)}>
      <svg role="img" aria-label={sentence} width={width} height={height} className="block text-xs">
        {bins.map((count, index) => (
          <rect
            key={index}
            x={index * barWidth + 1}
            width={Math.max(1, barWidth - 2)}
            y={height - 18 - y(count)}
            height={y(count)}
            rx="2"
            className="fill-accent"
          >
            <title>{`${format(low + ((high - low) * index) / bins.length)} – ${format(low + ((high - low) * (index + 1)) / bins.length)}: ${formatCount(count)}`}</title>
          </rect>
        ))}
        <line x1="0" x2={width} y1={height - 17.5} y2={height - 17.5} className="stroke-line-strong" />
        <text x="0" y={height - 4} className="fill-faint">
          {format(low)}
        </text>
        <text x={width} y={height - 4} textAnchor="end" className="fill-faint">
          {format(high)}
        </text>
      </svg>
    </div>
  )
}

function countBins(values: readonly number[], low: number, high: number, binCount: number): readonly number[] {
  const bins = Array.from({ length: binCount }, () => 0)
  for (const value of values) {
    const share = high > low ? (value - low) / (high - low) : 0
    const index = Math.min(binCount - 1, Math.max(0, Math.floor(share * binCount)))
    bins[index] = (bins[index] ?? 0) + 1
  }
  return bins
}
