import { scaleLinear } from 'd3-scale'
import { curveStepAfter, line } from 'd3-shape'
import type { KeyboardEvent } from 'react'
import { scorePercent, wholePercent } from '@/lib/percent'
import { cx } from '../cx'
import { useWidth } from './use-width'

export interface ScorePoint {
  readonly id: string
  /** Trial number. */
  readonly x: number
  /** Score, 0–1. */
  readonly y: number
  readonly kind: 'full' | 'minibatch'
  readonly label: string
}

export interface ScoreChartProps {
  readonly points: readonly ScorePoint[]
  readonly baseline?: number
  readonly bestId?: string
  readonly onSelect: (id: string) => void
  readonly selectedId?: string
  readonly xLabel: string
  readonly yLabel: string
  readonly height?: number
  readonly className?: string
}

/** Score against trial: hollow dots saw a minibatch, solid ones every row; the line is the best full score so far. */
export function ScoreChart({ points, baseline, bestId, onSelect, selectedId, xLabel, yLabel, height = 220, className }: ScoreChartProps) {
  const [host, width] = useWidth<HTMLDivElement>()
  const inner = {
    left: margin.left,
    right: Math.max(margin.left + 40, width - margin.right),
    top: margin.top,
    bottom: height - margin.bottom,
  }
  const x = scaleLinear([0, Math.max(1, ...points.map(point => point.x))], [inner.left + 10, inner.right - 10])
  const y = scaleLinear(domainOf([...points.map(point => point.y), ...(baseline === undefined ? [] : [baseline])]), [
    inner.bottom,
    inner.top,
  ]).nice(4)
  const bestLine = line<ScorePoint>(
    point => x(point.x),
    point => y(point.y),
  ).curve(curveStepAfter)(bestSoFar(points))
  const ordered = points.toSorted((a, b) => a.x - b.x)

  const step = (event: KeyboardEvent<SVGGElement>, index: number) => {
    const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = ordered[index + direction]
    if (direction !== 0 && next) {
      event.preventDefault()
      host.current?.querySelector<SVGGElement>(`[data-point="${CSS.escape(next.id)}"]`)?.focus()
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      const point = ordered[index]
      if (point) onSelect(point.id)
    }
  }

  return (
    <figure ref={host} className={cx('relative', className)} aria-label={`${yLabel} by ${xLabel}`}>
      <svg width={width} height={height} className="block overflow-visible text-xs">
        {(points.length === 0 ? [] : y.ticks(4)).map(tick => (
          <g key={tick} transform={`translate(0 ${y(tick)})`}>
            <line x1={inner.left} x2={inner.right} className="stroke-line" />
            <text x={inner.left - 8} dy="0.32em" textAnchor="end" className="fill-faint tabular">
              {wholePercent(tick)}
            </text>
          </g>
        ))}
        {(points.length === 0 ? [] : x.ticks(Math.min(8, Math.max(1, points.length))).filter(Number.isInteger)).map(tick => (
          <text key={tick} x={x(tick)} y={inner.bottom + 16} textAnchor="middle" className="fill-faint tabular">
            {tick}
          </text>
        ))}
        <text x={inner.right} y={height - 2} textAnchor="end" className="fill-faint">
          {xLabel}
        </text>
        <text x={inner.left} y={9} className="fill-faint">
          {yLabel}
        </text>
        {baseline !== undefined && (
          <g>
            <line x1={inner.left} x2={inner.right} y1={y(baseline)} y2={y(baseline)} className="stroke-faint" strokeDasharray="4 4" />
            {/* Above the plot: on the line it would lie under the points of the last trials. */}
            <text x={inner.right} y={9} textAnchor="end" className="fill-soft">
              – – Baseline {scorePercent(baseline)}
            </text>
          </g>
        )}
        {bestLine !== null && <path d={bestLine} fill="none" className="stroke-accent" strokeWidth="1.5" strokeOpacity="0.7" />}
        {ordered.map((point, index) => (
          <g
            key={point.id}
            data-point={point.id}
            role="button"
            tabIndex={
              index === ordered.findIndex(other => other.id === (selectedId ?? bestId)) ||
              (index === 0 && !ordered.some(other => other.id === (selectedId ?? bestId)))
                ? 0
                : -1
            }
            aria-label={`${point.label}, ${xLabel} ${point.x}: ${scorePercent(point.y)}${point.kind === 'minibatch' ? ' on a minibatch' : ''}${point.id === bestId ? ', best' : ''}`}
            aria-pressed={point.id === selectedId}
            transform={`translate(${x(point.x)} ${y(point.y)})`}
            onClick={() => onSelect(point.id)}
            onKeyDown={event => step(event, index)}
            className="group outline-none"
          >
            <title>{`${point.label}: ${scorePercent(point.y)}`}</title>
            <circle r="10" fill="transparent" className="stroke-accent stroke-0 group-focus-visible:stroke-2" />
            {point.id === selectedId && <circle r="8" className="fill-accent-soft stroke-accent" />}
            <circle
              r={point.id === bestId ? 5.5 : 4}
              strokeWidth="1.5"
              className={cx(
                'transition-[r] group-hover:[r:5.5px]',
                point.id === bestId
                  ? 'fill-gold stroke-gold-text'
                  : point.kind === 'full'
                    ? 'fill-accent stroke-accent'
                    : 'fill-surface stroke-accent',
              )}
            />
          </g>
        ))}
      </svg>
      {points.length === 0 && (
        <p className="absolute inset-0 flex items-center justify-center text-faint">No scores yet: the first trial will appear here.</p>
      )}
    </figure>
  )
}

const margin = { left: 44, right: 12, top: 20, bottom: 34 }

function domainOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const pad = Math.max(0.05, (high - low) * 0.15)
  return [Math.max(0, low - pad), Math.min(1, high + pad)]
}

/** The full scores that beat all before them, carried on to the last trial. */
function bestSoFar(points: readonly ScorePoint[]): ScorePoint[] {
  const rising: ScorePoint[] = []
  for (const point of points.filter(({ kind }) => kind === 'full').toSorted((a, b) => a.x - b.x)) {
    if (point.y > (rising.at(-1)?.y ?? -Infinity)) rising.push(point)
  }
  const last = rising.at(-1)
  return last ? [...rising, { ...last, x: Math.max(...points.map(point => point.x)) }] : []
}
