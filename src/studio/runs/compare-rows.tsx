import { ArrowDown, ArrowUp, ListTree } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Example } from '@/engine/data/example'
import type { CandidateView } from '@/engine/run/run-view'
import { goTo } from '@/state/navigation'
import { paths } from '@/state/paths'
import { changeOf, type Change } from '@/state/runs/outcome'
import { useBatchRollouts, useRunExamples } from '@/state/runs/run-data'
import { openTraceFilter, setRunPage, useRunPage } from '@/state/runs/run-page'
import { useWalkKeys } from '@/state/runs/use-walk-keys'
import { lineOf, pick, valueText } from '@/state/runs/value-text'
import type { RunRecord, StoredRollout } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { formatCount } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { Kbd } from '@/ui/kbd'
import { Segmented } from '@/ui/segmented'
import { sortRows, type TableSort } from '@/ui/table-sort'
import { VirtualTable, type TableColumn } from '@/ui/virtual-table'
import { RowOutcome, scoreWords } from './row-outcome'

interface CompareRowsProps {
  readonly record: RunRecord
  readonly before: CandidateView | undefined
  readonly after: CandidateView | undefined
  readonly isLive: boolean
}

interface ComparedRow {
  readonly id: string
  readonly index: number
  readonly change: Change
  readonly example?: Example
  readonly before?: StoredRollout
  readonly after?: StoredRollout
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
          : 'The best program of this run is the one it started from.'}
      </EmptyState>
    )
  }
  const count = (of: Change) => formatCount(rows.filter(row => row.change === of).length)
  return (
    <div className="flex min-h-0 flex-1">
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
        <RowPanel
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

interface RowPanelProps {
  readonly record: RunRecord
  readonly row: ComparedRow
  readonly place: string
  readonly labels: readonly [string, string]
  readonly onStep: (direction: 1 | -1) => void
}

function RowPanel({ record, row, place, labels, onStep }: RowPanelProps) {
  const outputs = Object.keys({ ...row.before?.rollout.prediction, ...row.after?.rollout.prediction })
  const label = pick(row.example?.labels, outputs)
  return (
    <aside aria-label="Chosen row" className="flex w-[46%] max-w-[760px] shrink-0 flex-col border-l border-line bg-surface">
      <header className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 className="font-semibold">Row {row.index + 1}</h2>
        <Badge tone={changeTones[row.change]}>{changeNames[row.change]}</Badge>
        <span className="flex-1" />
        <span className="text-sm text-faint tabular" aria-live="polite">
          {place}
        </span>
        <IconButton size="sm" label="Previous row" shortcut="K" icon={<ArrowUp />} onClick={() => onStep(-1)} />
        <IconButton size="sm" label="Next row" shortcut="J" icon={<ArrowDown />} onClick={() => onStep(1)} />
        <span className="text-xs text-faint max-xl:hidden" aria-hidden="true">
          <Kbd keys="J" /> <Kbd keys="K" />
        </span>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
        <Values title="Inputs" values={row.example?.inputs} />
        <Values title="Label" values={Object.keys(label).length > 0 ? label : row.example?.labels} />
        <div className="grid grid-cols-2 gap-3">
          {([row.before, row.after] as const).map((rollout, side) => (
            <section
              key={side}
              aria-label={side === 0 ? 'Before' : 'After'}
              className="flex min-w-0 flex-col rounded-md border border-line"
            >
              <header className="flex items-center gap-2 border-b border-line bg-sunken px-3 py-1.5">
                <h3 className="min-w-0 flex-1 truncate text-sm text-soft">
                  {side === 0 ? 'Before' : 'After'}: {labels[side]}
                </h3>
                {rollout && <RowOutcome rollout={rollout.rollout} />}
              </header>
              <div className="flex-1 px-3 py-2">
                {rollout === undefined ? (
                  <p className="text-faint">Not stored</p>
                ) : rollout.rollout.error !== undefined ? (
                  <p className="break-words text-bad-text">{rollout.rollout.error.message}</p>
                ) : (
                  outputs.map(name => (
                    <div key={name} className="mb-1.5">
                      <p className="font-mono text-xs text-faint">{name}</p>
                      <p className="break-words whitespace-pre-wrap">{valueText(rollout.rollout.prediction?.[name])}</p>
                    </div>
                  ))
                )}
                {rollout?.rollout.feedback !== undefined && <p className="text-sm break-words text-soft">{rollout.rollout.feedback}</p>}
              </div>
              {rollout && (
                <footer className="px-2 pb-2">
                  <Button
                    size="sm"
                    variant="ghost"
                    icon={<ListTree />}
                    aria-label={`Trace ${side === 0 ? 'before' : 'after'}`}
                    onClick={() => {
                      setRunPage(record.id, { trace: { ...openTraceFilter, batch: rollout.batch } })
                      goTo(paths.trace(record.projectId, record.id, rollout.batch, rollout.index))
                    }}
                  >
                    Trace
                  </Button>
                </footer>
              )}
            </section>
          ))}
        </div>
      </div>
    </aside>
  )
}

function Values({ title, values }: { readonly title: string; readonly values: Example['inputs'] | undefined }) {
  if (values === undefined) return null
  return (
    <section aria-label={title} className="mb-3">
      <h3 className="mb-1 text-sm font-semibold">{title}</h3>
      {Object.entries(values).map(([name, value]) => (
        <div key={name} className="mb-1.5">
          <p className="font-mono text-xs text-faint">{name}</p>
          <p className="break-words whitespace-pre-wrap">{valueText(value)}</p>
        </div>
      ))}
    </section>
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
    render: row => <Badge tone={changeTones[row.change]}>{changeNames[row.change]}</Badge>,
  },
  {
    id: 'scores',
    title: 'Score',
    width: 92,
    align: 'right',
    render: row => `${scoreWords(row.before?.rollout.score)} → ${scoreWords(row.after?.rollout.score)}`,
  },
  { id: 'inputs', title: 'Inputs', width: 'minmax(160px, 1fr)', render: row => lineOf(row.example?.inputs).slice(0, 300) },
]

const changeNames: Readonly<Record<Change, string>> = { fixed: 'Fixed', broken: 'Broken', same: 'Same', unscored: 'No score' }
const changeTones: Readonly<Record<Change, 'good' | 'bad' | 'neutral' | 'warn'>> = {
  fixed: 'good',
  broken: 'bad',
  same: 'neutral',
  unscored: 'warn',
}
