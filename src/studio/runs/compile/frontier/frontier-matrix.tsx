import { cutText } from '@/lib/cut-text'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { CandidateId } from '@/engine/program/program'
import { useRunExamples } from '@/state/runs/run-data'
import { lineOf } from '@/state/runs/value-text'
import type { RunRecord } from '@/storage/records'
import { Segmented } from '@/ui/segmented'
import { useWidth } from '@/ui/charts/use-width'
import type { FrontierMatrix as Matrix, MatrixCell } from './frontier'
import { FrontierCell, FrontierRow, type MatrixPlace, type Step } from './frontier-row'
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
  const [at, setAt] = useState<MatrixPlace>()
  const [host, width] = useWidth<HTMLDivElement>()
  const members = useMemo(() => candidates.filter(({ isMember }) => isMember), [candidates])
  const shown = which === 'members' ? members : candidates
  const size = Math.max(7, Math.min(18, Math.floor((width - headWidth) / Math.max(1, examples.length))))
  const labels = useMemo(() => new Map(candidates.map(({ row }) => [row.candidate.id, row.candidate.label])), [candidates])
  const current = shown.find(({ row }) => row.candidate.id === at?.candidate) ?? shown[0]
  const pointed = at === undefined ? undefined : examples[at.cell]

  const body = useRef<HTMLTableSectionElement>(null)
  const walk = useCallback(
    (from: CandidateId, { down, right }: Step) => {
      const ids = shown.map(({ row }) => row.candidate.id)
      const candidate = ids[ids.indexOf(from) + down]
      if (candidate === undefined) return
      setAt(before => {
        const cell = (before?.candidate === from ? before.cell : -1) + right
        return { candidate, cell: Math.max(0, Math.min(examples.length - 1, cell)) }
      })
      body.current?.querySelector<HTMLElement>(`[data-candidate="${CSS.escape(candidate)}"]`)?.focus()
    },
    [shown, examples.length],
  )

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
              const { id } = row.row.candidate
              return (
                <FrontierRow
                  key={id}
                  row={row}
                  size={size}
                  isSelected={id === selectedId}
                  isTabStop={row === current}
                  pointed={at?.candidate === id ? at.cell : undefined}
                  onSelect={onSelect}
                  onPoint={setAt}
                  onWalk={walk}
                />
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
            <span className="block truncate text-faint">{cutText(lineOf(byId.get(pointed.id)?.inputs), 300)}</span>
          </>
        )}
      </p>
    </div>
  )
}

const headWidth = 360

function Swatch({ cell }: { readonly cell: MatrixCell }) {
  return (
    <svg width="14" height="20" aria-hidden="true">
      <FrontierCell cell={cell} x={0} size={14} />
    </svg>
  )
}

function leadersWords(names: readonly string[]): string {
  if (names.length === 0) return 'nobody'
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
