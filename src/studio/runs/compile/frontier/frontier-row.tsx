import { memo, useMemo } from 'react'
import type { CandidateId } from '@/engine/program/program'
import { scorePercent } from '@/lib/percent'
import { cx } from '@/ui/cx'
import type { MatrixCell, MatrixRow } from './frontier'
import { rowWords } from '../../kit/run-words'

/** A cell of the matrix that is pointed at. */
export interface MatrixPlace {
  readonly candidate: CandidateId
  readonly cell: number
}

/** One press of an arrow key. */
export interface Step {
  readonly down: -1 | 0 | 1
  readonly right: -1 | 0 | 1
}

const steps: Readonly<Record<string, Step>> = {
  ArrowDown: { down: 1, right: 0 },
  ArrowUp: { down: -1, right: 0 },
  ArrowRight: { down: 0, right: 1 },
  ArrowLeft: { down: 0, right: -1 },
}

interface FrontierRowProps {
  readonly row: MatrixRow
  /** Pixels of a cell. */
  readonly size: number
  readonly isSelected: boolean
  /** The one row of the matrix that Tab reaches. */
  readonly isTabStop: boolean
  /** Which of its cells is pointed at, if one is. */
  readonly pointed: number | undefined
  readonly onSelect: (id: CandidateId) => void
  readonly onPoint: (place: MatrixPlace) => void
  readonly onWalk: (from: CandidateId, step: Step) => void
}

/** One candidate against every row. The matrix is drawn again with each move of the pointer; this only where the pointer was or is. */
export const FrontierRow = memo(function FrontierRow(props: FrontierRowProps) {
  const { row, size, isSelected, isTabStop, pointed, onSelect, onPoint, onWalk } = props
  const { candidate, score, isBest } = row.row
  return (
    <tr className={cx(isSelected && 'bg-accent-soft')}>
      <th scope="row" className="p-0 text-left font-normal">
        <button
          type="button"
          data-candidate={candidate.id}
          aria-pressed={isSelected}
          tabIndex={isTabStop ? 0 : -1}
          onClick={() => onSelect(candidate.id)}
          onKeyDown={event => {
            const step = steps[event.key]
            if (step === undefined) return
            event.preventDefault()
            onWalk(candidate.id, step)
          }}
          className="block h-6 w-48 truncate rounded-sm px-1.5 text-left hover:bg-hover"
          title={candidate.label}
        >
          {isBest && <span className="text-gold-text">★ </span>}
          {candidate.label}
        </button>
      </th>
      <td className="pr-3 text-right tabular">{row.leadCount}</td>
      <td className="pr-3 text-right tabular">{score === undefined ? '–' : scorePercent(score)}</td>
      <td className="p-0">
        <Cells row={row} size={size} pointed={pointed} onSelect={onSelect} onPoint={onPoint} />
      </td>
    </tr>
  )
})

function Cells({ row, size, pointed, onSelect, onPoint }: Pick<FrontierRowProps, 'row' | 'size' | 'pointed' | 'onSelect' | 'onPoint'>) {
  const { id } = row.row.candidate
  const words = useMemo(() => cellsWords(row), [row])
  const point = (x: number) => {
    const cell = Math.floor(x / size)
    if (cell >= 0 && cell < row.cells.length && cell !== pointed) onPoint({ candidate: id, cell })
  }
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={words}
      onPointerMove={event => point(event.clientX - event.currentTarget.getBoundingClientRect().left)}
      onClick={() => onSelect(id)}
      className="block"
    >
      <svg aria-hidden="true" width={row.cells.length * size} height={20} className="block">
        <Scores row={row} size={size} />
        {pointed !== undefined && (
          <rect
            x={pointed * size + 0.5}
            y="1.5"
            width={size - 1}
            height="17"
            rx="1.5"
            className="fill-transparent stroke-ink"
            strokeWidth="1.5"
          />
        )}
      </svg>
    </button>
  )
}

/** The cells themselves know nothing of the pointer, so that it never draws them again. */
const Scores = memo(function Scores({ row, size }: Pick<FrontierRowProps, 'row' | 'size'>) {
  return row.cells.map((cell, index) => <FrontierCell key={index} cell={cell} x={index * size} size={size} />)
})

export function FrontierCell({ cell, x, size }: { readonly cell: MatrixCell; readonly x: number; readonly size: number }) {
  const { score, leads } = cell
  const hasScore = score !== null && score !== undefined
  return (
    <g transform={`translate(${x} 0)`}>
      <rect
        x="0.5"
        y="1.5"
        width={size - 1}
        height="17"
        rx="1.5"
        className={cx(hasScore ? 'fill-accent' : 'fill-transparent', 'stroke-line')}
        strokeWidth="0.75"
        fillOpacity={hasScore ? 0.06 + 0.74 * Math.min(1, Math.max(0, score)) : 0}
      />
      {leads && (
        // Where nobody scores, everybody leads: that is no merit.
        <rect x="1.5" y="14" width={size - 3} height="3.5" rx="1" className={cx('fill-gold', score === 0 && 'opacity-30')} />
      )}
    </g>
  )
}

function cellsWords({ cells }: MatrixRow): string {
  const led = cells.flatMap((cell, index) => (cell.leads ? [index + 1] : []))
  const named = led.slice(0, 20).join(', ')
  return led.length === 0
    ? `Leads on none of ${rowWords(cells.length)}`
    : `Leads on ${led.length} of ${rowWords(cells.length)}: ${named}${led.length > 20 ? ' and more' : ''}`
}
