import { cutText } from '@/lib/cut-text'
import { Search } from 'lucide-react'
import { useMemo } from 'react'
import type { Example, ExampleId } from '@/engine/base/example'
import type { CandidateId } from '@/engine/program/program'
import type { RunSpec } from '@/engine/record/spec'
import { errorWords } from '@/state/runs/outcome'
import { setTraceFilter, useRunPage } from '@/state/runs/run-page'
import { stopNote } from '@/engine/trace/stops'
import { lineOf, scoredFirst, shortLine } from '@/state/runs/value-text'
import type { RunRecord, StoredRollout } from '@/storage/records'
import { formatCount } from '@/ui/format'
import { TextInput } from '@/ui/text-input'
import { VirtualTable, type TableColumn } from '@/ui/virtual-table'
import { fallbackCount, isPaid } from './trace-filter'
import { TraceFilters } from './trace-filters'
import { purposeNames } from './trace-words'
import { TraceScore } from './trace-score'

interface TraceListProps {
  readonly record: RunRecord
  readonly rollouts: readonly StoredRollout[]
  readonly shown: readonly StoredRollout[]
  readonly examples: ReadonlyMap<ExampleId, Example>
  readonly labels: ReadonlyMap<CandidateId, string>
  readonly current: { readonly batch: number; readonly index: number }
  /** More of them are being read. */
  readonly isReading: boolean
  readonly onOpen: (rollout: StoredRollout) => void
}

/** All rollouts of the run, searched and filtered. */
export function TraceList({ record, rollouts, shown, examples, labels, current, isReading, onOpen }: TraceListProps) {
  const { trace: filter } = useRunPage(record.id)
  const columns = useMemo(() => columnsOf(examples, labels, record.spec), [examples, labels, record.spec])
  return (
    <section
      aria-label="Rollouts"
      className="flex w-[clamp(280px,30%,460px)] shrink-0 flex-col border-r border-line bg-surface max-sm:h-2/5 max-sm:w-auto max-sm:border-r-0 max-sm:border-b"
    >
      <div className="flex shrink-0 flex-col gap-2 border-b border-line px-3 py-2">
        <div className="flex items-center gap-2">
          <TextInput
            label="Search traces"
            placeholder="Search inputs, outputs, errors"
            icon={<Search />}
            value={filter.query}
            onChange={query => setTraceFilter(record.id, { query })}
          />
          <TraceFilters record={record} rollouts={rollouts} labels={labels} />
        </div>
        <p role="status" className="text-sm text-faint tabular">
          {shown.length === rollouts.length
            ? `${formatCount(rollouts.length)} rollouts`
            : `${formatCount(shown.length)} of ${formatCount(rollouts.length)} rollouts`}
          {isReading && rollouts.length >= 500 && ', reading on…'}
        </p>
      </div>
      <div className="min-h-0 flex-1">
        <VirtualTable
          label="Traces"
          rows={shown}
          columns={columns}
          rowKey={keyOf}
          rowHeight={50}
          selectedKey={keyOf(current)}
          onRowClick={onOpen}
          empty={
            <p className="p-6 text-center text-faint">
              {rollouts.length === 0 ? 'No row is done yet.' : 'No trace matches. Clear the search or the filters.'}
            </p>
          }
        />
      </div>
    </section>
  )
}

function columnsOf(
  examples: ReadonlyMap<ExampleId, Example>,
  labels: ReadonlyMap<CandidateId, string>,
  spec: RunSpec,
): readonly TableColumn<StoredRollout>[] {
  return [
    { id: 'score', title: 'Score', width: 76, render: ({ rollout }) => <TraceScore rollout={rollout} /> },
    {
      id: 'row',
      title: 'Row',
      width: 'minmax(0, 1fr)',
      render: ({ rollout, candidate, purpose, index }) => {
        const again = fallbackCount(rollout)
        const stopped = stopNote(rollout.trace)
        const facts = [
          ...(spec.kind === 'compile'
            ? [labels.get(candidate) ?? 'candidate', ...(purpose === 'evaluate' ? [] : [purposeNames[purpose]])]
            : []),
          isPaid(rollout) ? 'paid' : 'cached',
          ...(stopped === undefined ? [] : [stopped]),
          ...(again > 0 ? [again === 1 ? '1 fallback' : `${again} fallbacks`] : []),
          rollout.error === undefined ? shortLine(scoredFirst(rollout.prediction, spec.metric)) : errorWords(rollout.error),
        ]
        return (
          <span className="block leading-4">
            <span className="block truncate">{cutText(lineOf(examples.get(rollout.exampleId)?.inputs), 200) || `Row ${index + 1}`}</span>
            <span className={rollout.error === undefined ? 'block truncate text-sm text-faint' : 'block truncate text-sm text-bad-text'}>
              {cutText(facts.filter(Boolean).join(' · '), 200)}
            </span>
          </span>
        )
      },
    },
  ]
}

function keyOf({ batch, index }: Pick<StoredRollout, 'batch' | 'index'>): string {
  return `${batch}/${index}`
}
