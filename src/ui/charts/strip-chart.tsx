import { scaleLinear, scaleLog } from 'd3-scale'
import { cx } from '../cx'
import { formatCount } from '../format'
import { useWidth } from './use-width'

export interface StripPoint {
  readonly at: number
  readonly title: string
  readonly tone: 'plain' | 'marked' | 'good' | 'bad'
}

interface StripChartProps {
  readonly points: readonly StripPoint[]
  /** Where lines stand across the strip. */
  readonly marks: readonly number[]
  readonly domain: readonly [number, number]
  /** Equal distances are equal factors. */
  readonly isLog?: boolean
  /** Says what is to be seen. */
  readonly label: string
  readonly format?: (value: number) => string
}

const height = 64
const room = 18

/** Values along one line, stacked where they meet, and the marks between them. */
export function StripChart({ points, marks, domain, isLog = false, label, format = String }: StripChartProps) {
  const [host, width] = useWidth<HTMLDivElement>()
  const [low, high] = domain
  const x = isLog
    ? scaleLog([low, high], [6, Math.max(7, width - 6)]).clamp(true)
    : scaleLinear([low, high], [6, Math.max(7, width - 6)]).clamp(true)
  const heights = new Map<number, number>()
  const placed = [...points]
    .sort((a, b) => order[a.tone] - order[b.tone])
    .map(point => {
      const column = Math.round(x(point.at) / 6)
      const at = heights.get(column) ?? 0
      heights.set(column, at + 1)
      return { ...point, cx: x(point.at), cy: height - room - 5 - Math.min(at * 6, height - room - 10) }
    })
  return (
    <div ref={host} className="w-full">
      <svg role="img" aria-label={`${label}: ${formatCount(points.length)} values`} width={width} height={height} className="block text-xs">
        <line x1="0" x2={width} y1={height - room + 0.5} y2={height - room + 0.5} className="stroke-line-strong" />
        {placed.map((point, index) => (
          <circle key={index} cx={point.cx} cy={point.cy} r="2.5" className={tones[point.tone]}>
            <title>{point.title}</title>
          </circle>
        ))}
        {marks.map((mark, index) => (
          <line key={index} x1={x(mark)} x2={x(mark)} y1="2" y2={height - room + 4} strokeWidth="2" className={cx('stroke-ink')} />
        ))}
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

/** Those that matter lie on top. */
const order: Readonly<Record<StripPoint['tone'], number>> = { plain: 0, marked: 1, bad: 2, good: 3 }
const tones: Readonly<Record<StripPoint['tone'], string>> = {
  plain: 'fill-faint',
  marked: 'fill-accent',
  good: 'fill-good',
  bad: 'fill-bad',
}
