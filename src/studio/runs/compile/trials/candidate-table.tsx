import { intervalOf, intervalWords } from '@/engine/evaluate/interval'
import { useMemo } from 'react'
import type { CandidateId } from '@/engine/program/program'
import { scorePercent } from '@/lib/percent'
import type { CandidateCost } from '@/state/runs/candidate-costs'
import { Badge } from '@/ui/badge'
import { formatCost } from '@/ui/format'
import { VirtualTable, type TableColumn } from '@/ui/virtual-table'
import { type CandidateRow, programWords } from '../../kit/candidate-rows'
import { howWords, verdictOf } from '../../kit/candidate-words'
import { callWords } from '../../kit/run-words'
import { changeWords } from '../../kit/state-changes'

interface CandidateTableProps {
  readonly rows: readonly CandidateRow[]
  /** What was paid for each; absent while that is not known. */
  readonly costs: ReadonlyMap<CandidateId, CandidateCost> | undefined
  readonly selectedId: CandidateId | undefined
  readonly onSelect: (id: CandidateId | undefined) => void
  readonly isLive: boolean
  /** A panel stands beside it: leave out what the panel says. */
  readonly isNarrow: boolean
  /** Pixels there are for the table. */
  readonly width: number
}

/** Every candidate of the run. A press, or Enter, opens it at the side. */
export function CandidateTable({ rows, costs, selectedId, onSelect, isLive, isNarrow, width }: CandidateTableProps) {
  // Where all came about in one way, that says nothing of one of them.
  const isMixed = new Set(rows.filter(row => !row.isBaseline).map(row => row.candidate.how)).size > 1
  const columns = useMemo(() => {
    const left = isNarrow ? ['how', 'paid'] : isMixed && width >= widthWithHow ? [] : ['how']
    return columnsOf(isLive, costs).filter(({ id }) => !left.includes(id))
  }, [isLive, isNarrow, isMixed, width, costs])
  return (
    <VirtualTable
      label="Candidates"
      rows={rows}
      columns={columns}
      rowKey={row => row.candidate.id}
      rowHeight={34}
      minWidth={isNarrow ? 540 : 700}
      selectedKey={selectedId ?? ''}
      onRowClick={({ candidate }) => onSelect(candidate.id === selectedId ? undefined : candidate.id)}
      rowClassName={row => (row.candidate.verdict?.kind === 'reject' && !row.isBest ? 'text-soft' : undefined)}
      empty={
        <p className="p-8 text-center text-faint">
          {isLive
            ? 'The first candidate is the program as it was. It appears once it has been run.'
            : 'The run ended before a candidate was made.'}
        </p>
      }
    />
  )
}

/** Below it the last column would be cut off. */
const widthWithHow = 900

function columnsOf(isLive: boolean, costs: CandidateTableProps['costs']): readonly TableColumn<CandidateRow>[] {
  return [
    { id: 'trial', title: 'Trial', width: 64, align: 'right', sortValue: row => row.candidate.trial, render: row => row.candidate.trial },
    {
      id: 'label',
      title: 'Candidate',
      width: 'minmax(140px, 2fr)',
      sortValue: row => row.candidate.label,
      render: row => (
        <span className="font-medium" title={row.candidate.label}>
          {row.candidate.label}
        </span>
      ),
    },
    {
      id: 'how',
      title: 'How',
      width: 'minmax(110px, 1fr)',
      sortValue: row => howWords(row.candidate.how),
      render: row => <span className="text-soft">{howWords(row.candidate.how)}</span>,
    },
    {
      id: 'score',
      title: 'Score',
      width: 176,
      align: 'right',
      sortValue: row => row.score,
      render: row => <CandidateScore row={row} isLive={isLive} />,
    },
    ...(costs === undefined || costs.size === 0 ? [] : [paidColumn(costs)]),
    {
      id: 'changes',
      title: 'Changed',
      width: 'minmax(150px, 1.6fr)',
      sortValue: row => row.changes.length,
      render: row => {
        const { graph } = row.candidate
        const words = graph ? programWords(graph) : row.changes.map(change => `${change.name}: ${changeWords(change)}`).join('; ')
        return <span title={words}>{words === '' ? <span className="text-faint">{row.isBaseline ? '–' : 'nothing'}</span> : words}</span>
      },
    },
    {
      id: 'verdict',
      title: 'Verdict',
      width: 'minmax(126px, 1fr)',
      sortValue: row => verdictOf(row)?.label,
      render: row => {
        const verdict = verdictOf(row)
        if (verdict === undefined) return null
        return (
          <Badge tone={verdict.tone} title={row.candidate.verdict?.reason}>
            {verdict.label}
          </Badge>
        )
      },
    },
  ]
}

function CandidateScore({ row: { candidate, score }, isLive }: { readonly row: CandidateRow; readonly isLive: boolean }) {
  if (score === undefined) return <span className="text-faint">{isLive ? 'running…' : 'not scored'}</span>
  const { full } = candidate
  if (full === undefined) {
    return (
      <span>
        {scorePercent(score)} <span className="text-faint">minibatch</span>
      </span>
    )
  }
  const interval = intervalOf(full.summary)
  return (
    <span>
      <span className="font-medium">{scorePercent(score)}</span>{' '}
      <span className="text-faint" title={intervalWords(full.summary, scorePercent)}>
        {interval ? `${scorePercent(interval.low).replace(' %', '')}–${scorePercent(interval.high)}` : 'no interval'}
      </span>
    </span>
  )
}

/** The way to its scores alone: what proposing it took is not in it. */
function paidColumn(costs: NonNullable<CandidateTableProps['costs']>): TableColumn<CandidateRow> {
  return {
    id: 'paid',
    title: 'Paid',
    width: 96,
    align: 'right',
    sortValue: row => costs.get(row.candidate.id)?.cost ?? costs.get(row.candidate.id)?.calls,
    render: row => {
      const { calls, cost } = costs.get(row.candidate.id) ?? { calls: 0 }
      if (calls === 0) return <span className="text-faint">–</span>
      return <span title={callWords(calls)}>{cost ? formatCost(cost) : callWords(calls)}</span>
    },
  }
}
