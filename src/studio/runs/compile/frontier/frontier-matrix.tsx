import { useRef, useState, type KeyboardEvent } from 'react'
import type { CandidateId } from '@/engine/program/program'
import { scorePercent } from '@/lib/percent'
import { useRunExamples } from '@/state/runs/run-data'
import { lineOf } from '@/state/runs/value-text'
import type { RunRecord } from '@/storage/records'
import { cx } from '@/ui/cx'
import { Segmented } from '@/ui/segmented'
import { useWidth } from '@/ui/charts/use-width'
import type { FrontierMatrix as Matrix, MatrixCell, MatrixRow } from './frontier'
import { scoreWords } from '../../kit/row-outcome'
import { rowWords } from '../../kit/run-words'

interface FrontierMatrixProps {
  readonly record: RunRecord
  readonly matrix: Matrix
  readonly selectedId: CandidateId | undefined
  readonly onSelect: (id: CandidateId) => void
}

/** Every candidate against every row: the darker, the better; a gold mark says that it leads there. */
export function FrontierMatrix({ record, matrix, selectedId, onSelect }: FrontierMatrixProps) {
  const { examples, candidates } = matrix
  const { byId } = useRunExamples(record)
  const [which, setWhich] = useState<'members' | 'all'>('members')
  const [at, setAt] = useState<{ readonly candidate: CandidateId; readonly cell: number }>()
  const [host, width] = useWidth<HTMLDivElement>()
  const body = useRef<HTMLTableSectionElement>(null)
  const members = candidates.filter(({ isMember }) => isMember)
  const shown = which === 'members' ? members : candidates
  const size = Math.max(7, Math.min(18, Math.floor((width - headWidth) / Math.max(1, examples.length))))
  const labels = new Map(candidates.map(({ row }) => [row.candidate.id, row.candidate.label]))
  const current = shown.find(({ row }) => row.candidate.id === at?.candidate) ?? shown[0]
  const pointed = at === undefined ? undefined : examples[at.cell]

  const onKey = (event: KeyboardEvent, row: MatrixRow) => {
    const index = shown.indexOf(row)
    const cell = at?.candidate === row.row.candidate.id ? at.cell : -1
    const move = (next: MatrixRow | undefined, nextCell: number) => {
      event.preventDefault()
      if (next === undefined) return
      const id = next.row.candidate.id
      setAt({ candidate: id, cell: Math.max(0, Math.min(examples.length - 1, nextCell)) })
      body.current?.querySelector<HTMLElement>(`[data-candidate="${CSS.escape(id)}"]`)?.focus()
    }
    if (event.key === 'ArrowDown') move(shown[index + 1], cell)
    else if (event.key === 'ArrowUp') move(shown[index - 1], cell)
    else if (event.key === 'ArrowRight') move(row, cell + 1)
    else if (event.key === 'ArrowLeft') move(row, cell - 1)
  }

  return (
    <div ref={host} className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <div className="flex shrink-0 flex-wrap items-center gap-3 border-b border-line px-3 py-2">
        <Segmented
          label="Which candidates"
          size="sm"
          value={which}
          onChange={setWhich}
          options={[
            { value: 'members', label: `On the frontier ${members.length}` },
            { value: 'all', label: `All fully evaluated ${candidates.length}` },
          ]}
        />
        <span className="flex items-center gap-3 text-sm text-faint">
          <span className="flex items-center gap-1.5">
            <Swatch cell={{ score: 0, leads: false }} />0<Swatch cell={{ score: 0.5, leads: false }} />
            <Swatch cell={{ score: 1, leads: false }} />1
          </span>
          <span className="flex items-center gap-1.5">
            <Swatch cell={{ score: 1, leads: true }} />
            leads on this row
          </span>
        </span>
      </div>
      <div className="min-h-0 flex-1 overflow-auto p-3">
        <table aria-label="Score of each candidate on each row" className="border-separate border-spacing-y-0.5">
          <thead className="text-left text-xs text-faint">
            <tr>
              <th scope="col" className="font-normal">
                Candidate
              </th>
              <th
                scope="col"
                className="pr-3 text-right font-normal"
                title="Rows on which it is among the best, alone or with others: the odds of becoming a parent"
              >
                Leads
              </th>
              <th scope="col" className="pr-3 text-right font-normal">
                Score
              </th>
              <th scope="col" className="font-normal">
                {rowWords(examples.length)} of the val split
              </th>
            </tr>
          </thead>
          <tbody ref={body}>
            {shown.map(row => {
              const { candidate, score } = { ...row.row }
              const isSelected = candidate.id === selectedId
              return (
                <tr key={candidate.id} className={cx(isSelected && 'bg-accent-soft')}>
                  <th scope="row" className="p-0 text-left font-normal">
                    <button
                      type="button"
                      data-candidate={candidate.id}
                      aria-pressed={isSelected}
                      tabIndex={row === current ? 0 : -1}
                      onClick={() => onSelect(candidate.id)}
                      onKeyDown={event => onKey(event, row)}
                      className="block h-6 w-48 truncate rounded-sm px-1.5 text-left hover:bg-hover"
                      title={candidate.label}
                    >
                      {row.row.isBest && <span className="text-gold-text">★ </span>}
                      {candidate.label}
                    </button>
                  </th>
                  <td className="pr-3 text-right tabular">{row.leadCount}</td>
                  <td className="pr-3 text-right tabular">{score === undefined ? '–' : scorePercent(score)}</td>
                  <td className="p-0">
                    <button
                      type="button"
                      tabIndex={-1}
                      aria-label={cellsWords(row)}
                      onPointerMove={event => {
                        const cell = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left) / size)
                        if (cell >= 0 && cell < examples.length) setAt({ candidate: candidate.id, cell })
                      }}
                      onClick={() => onSelect(candidate.id)}
                      className="block"
                    >
                      <svg aria-hidden="true" width={examples.length * size} height={20} className="block">
                        {row.cells.map((cell, index) => (
                          <Cell
                            key={index}
                            cell={cell}
                            x={index * size}
                            size={size}
                            isPointed={at?.candidate === candidate.id && at.cell === index}
                          />
                        ))}
                      </svg>
                    </button>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <p role="status" className="h-14 shrink-0 overflow-hidden border-t border-line px-3 py-1.5 text-sm">
        {at === undefined || pointed === undefined ? (
          <span className="text-faint">Point at a cell, or move through them with the arrow keys, to see its row.</span>
        ) : (
          <>
            <span className="font-medium">
              Row {at.cell + 1}: {labels.get(at.candidate)} scores{' '}
              {scoreWords(candidates.find(({ row }) => row.candidate.id === at.candidate)?.cells[at.cell]?.score)}
            </span>
            <span className="text-soft">
              , best {scoreWords(pointed.best)} by {leadersWords(pointed.leaders.map(id => labels.get(id) ?? id))}
            </span>
            <span className="block truncate text-faint">{lineOf(byId.get(pointed.id)?.inputs).slice(0, 300)}</span>
          </>
        )}
      </p>
    </div>
  )
}

const headWidth = 360

function Cell({
  cell,
  x,
  size,
  isPointed,
}: {
  readonly cell: MatrixCell
  readonly x: number
  readonly size: number
  readonly isPointed: boolean
}) {
  const { score, leads } = cell
  return (
    <g transform={`translate(${x} 0)`}>
      <rect
        x="0.5"
        y="1.5"
        width={size - 1}
        height="17"
        rx="1.5"
        className={cx(score === null || score === undefined ? 'fill-transparent' : 'fill-accent', isPointed ? 'stroke-ink' : 'stroke-line')}
        strokeWidth={isPointed ? 1.5 : 0.75}
        fillOpacity={score === null || score === undefined ? 0 : 0.06 + 0.74 * Math.min(1, Math.max(0, score))}
      />
      {leads && (
        // Where nobody scores, everybody leads: that is no merit.
        <rect x="1.5" y="14" width={size - 3} height="3.5" rx="1" className={cx('fill-gold', score === 0 && 'opacity-30')} />
      )}
    </g>
  )
}

function Swatch({ cell }: { readonly cell: MatrixCell }) {
  return (
    <svg width="14" height="20" aria-hidden="true">
      <Cell cell={cell} x={0} size={14} isPointed={false} />
    </svg>
  )
}

function cellsWords({ cells }: MatrixRow): string {
  const led = cells.flatMap((cell, index) => (cell.leads ? [index + 1] : []))
  const named = led.slice(0, 20).join(', ')
  return led.length === 0
    ? `Leads on none of ${rowWords(cells.length)}`
    : `Leads on ${led.length} of ${rowWords(cells.length)}: ${named}${led.length > 20 ? ' and more' : ''}`
}

function leadersWords(names: readonly string[]): string {
  if (names.length === 0) return 'nobody'
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
