import { cutText } from '@/lib/cut-text'
import { useMemo, useState } from 'react'
import type { Example } from '@/engine/base/example'
import type { CandidateView } from '@/engine/run/view/run-view'
import { changeOf, type Change } from '@/state/runs/outcome'
import { useBatchRollouts, useRunExamples } from '@/state/runs/run-data'
import { setRunPage, useRunPage } from '@/state/runs/run-page'
import { useWalkKeys } from '@/state/runs/use-walk-keys'
import { lineOf } from '@/state/runs/value-text'
import type { RunRecord, StoredRollout } from '@/storage/records'
import { EmptyState } from '@/ui/empty-state'
import { formatCount } from '@/ui/format'
import { Segmented } from '@/ui/segmented'
import { sortRows, type TableSort } from '@/ui/table-sort'
import { VirtualTable, type TableColumn } from '@/ui/virtual-table'
import { ChangeBadge } from './change-badge'
import { ComparedRowPanel, type ComparedRow } from './compared-row-panel'
import { scoreWords } from '../kit/row-outcome'

interface CompareRowsProps {
  readonly record: RunRecord
  readonly before: CandidateView | undefined
  readonly after: CandidateView | undefined
  readonly isLive: boolean
}

/** The same rows before and after: which were fixed, which broke. J and K walk through them. */
export function CompareRows({ record, before, after, isLive }: CompareRowsProps) {
  const { change } = useRunPage(record.id)
  const [chosen, setChosen] = useState<string>()
  const [sort, setSort] = useState<TableSort>()
  const old = useBatchRollouts(record.id, before?.full?.batch)
  const now = useBatchRollouts(record.id, after?.full?.batch)
  const { byId } = useRunExamples(record)
  const rows = useMemo(() => compare(before, after, { old: old.data, now: now.data, byId }), [before, after, old.data, now.data, byId])
  const filtered = change === 'all' ? rows : rows.filter(row => row.change === change)
  // In the order of the table, so that J and K go where the eye does.
  const shown = sortRows(filtered, columns, sort)
  const selected = shown.find(row => row.id === chosen) ?? shown[0]
  const step = (direction: 1 | -1) => {
    const next = shown[(selected === undefined ? -1 : shown.indexOf(selected)) + direction]
    if (next !== undefined) setChosen(next.id)
  }
  useWalkKeys(step)

  if (before?.full === undefined || after?.full === undefined || before.id === after.id) {
    return (
      <EmptyState title="Nothing to compare">
        {isLive
          ? 'Rows are compared once a candidate beats the program as it was.'
          : before === undefined || after === undefined || before.id === after.id
            ? 'Choose two candidates above. The best program of this run is the one it started from.'
            : 'Rows can be compared of candidates that were evaluated on all rows. Choose others above.'}
      </EmptyState>
    )
  }
  const count = (of: Change) => formatCount(rows.filter(row => row.change === of).length)
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-surface px-3 py-2">
          <Segmented
            label="Which rows"
            size="sm"
            value={change}
            onChange={next => setRunPage(record.id, { change: next })}
            options={[
              { value: 'all' as const, label: `All ${formatCount(rows.length)}` },
              { value: 'fixed' as const, label: `Fixed ${count('fixed')}` },
              { value: 'broken' as const, label: `Broken ${count('broken')}` },
              { value: 'same' as const, label: `Same ${count('same')}` },
              ...(rows.some(row => row.change === 'unscored')
                ? [{ value: 'unscored' as const, label: `No score ${count('unscored')}` }]
                : []),
            ]}
          />
        </div>
        <div className="min-h-0 flex-1 bg-surface">
          <VirtualTable
            label="Rows before and after"
            rows={shown}
            columns={columns}
            sort={sort}
            onSort={setSort}
            rowKey={row => row.id}
            rowHeight={34}
            minWidth={420}
            selectedKey={selected?.id ?? ''}
            onRowClick={row => setChosen(row.id)}
            empty={<p className="p-8 text-center text-faint">{rows.length === 0 ? 'Loading rows…' : `No row is ${change}.`}</p>}
          />
        </div>
      </div>
      {selected !== undefined && (
        <ComparedRowPanel
          record={record}
          row={selected}
          place={`${shown.indexOf(selected) + 1} of ${shown.length}`}
          labels={[before.label, after.label]}
          onStep={step}
        />
      )}
    </div>
  )
}

interface Read {
  readonly old: readonly StoredRollout[] | undefined
  readonly now: readonly StoredRollout[] | undefined
  readonly byId: ReadonlyMap<string, Example>
}

function compare(before: CandidateView | undefined, after: CandidateView | undefined, { old, now, byId }: Read): readonly ComparedRow[] {
  if (before?.full === undefined || after?.full === undefined) return []
  const { examples, scores } = before.full
  const later = new Map(after.full.examples.map((id, index) => [id, after.full?.scores[index]]))
  const oldRollouts = new Map(old?.map(rollout => [rollout.index, rollout]))
  const newRollouts = new Map(now?.map(rollout => [rollout.rollout.exampleId, rollout]))
  return examples.map((id, index) => ({
    id,
    index,
    change: changeOf(scores[index], later.get(id)),
    example: byId.get(id),
    before: oldRollouts.get(index),
    after: newRollouts.get(id),
  }))
}

const columns: readonly TableColumn<ComparedRow>[] = [
  { id: 'index', title: '#', width: 52, align: 'right', sortValue: row => row.index, render: row => row.index + 1 },
  {
    id: 'change',
    title: 'Change',
    width: 96,
    sortValue: row => row.change,
    render: row => <ChangeBadge change={row.change} />,
  },
  {
    id: 'scores',
    title: 'Score',
    width: 92,
    align: 'right',
    render: row => `${scoreWords(row.before?.rollout.score)} → ${scoreWords(row.after?.rollout.score)}`,
  },
  { id: 'inputs', title: 'Inputs', width: 'minmax(160px, 1fr)', render: row => cutText(lineOf(row.example?.inputs), 300) },
]
