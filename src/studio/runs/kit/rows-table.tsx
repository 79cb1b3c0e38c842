import { cutText } from '@/lib/cut-text'
import { useMemo } from 'react'
import type { Example, ExampleId } from '@/engine/base/example'
import type { MetricSpec } from '@/engine/metrics/metric'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { errorWords } from '@/state/runs/outcome'
import { openTraceFilter, setRunPage } from '@/state/runs/run-page'
import { stopNote } from '@/engine/trace/stops'
import { lineOf, pick, scoredFirst, shortLine } from '@/state/runs/value-text'
import type { RunRecord, StoredRollout } from '@/storage/records'
import { Badge } from '@/ui/badge'
import { formatMs } from '@/ui/format'
import { VirtualTable, type TableColumn } from '@/ui/virtual-table'
import { RowOutcome } from './row-outcome'

interface RowsTableProps {
  readonly record: RunRecord
  readonly rollouts: readonly StoredRollout[]
  readonly examples: ReadonlyMap<ExampleId, Example>
  readonly empty: string
  /** In a panel: score, input and prediction only. */
  readonly compact?: boolean
}

/** Rows of one batch. A press opens the row's trace. */
export function RowsTable({ record, rollouts, examples, empty, compact = false }: RowsTableProps) {
  const { metric } = record.spec
  const hasErrors = rollouts.some(({ rollout }) => rollout.error !== undefined)
  const columns = useMemo(() => columnsOf(examples, { compact, hasErrors, metric }), [examples, compact, hasErrors, metric])
  const open = ({ batch, index }: StoredRollout) => {
    setRunPage(record.id, { trace: { ...openTraceFilter, batch } })
    goTo(paths.trace(record.projectId, record.id, batch, index))
  }
  return (
    <VirtualTable
      label="Rows"
      rows={rollouts}
      columns={columns}
      rowKey={row => `${row.batch}/${row.index}`}
      rowHeight={34}
      minWidth={compact ? 360 : 860}
      onRowClick={open}
      empty={<p className="p-8 text-center text-faint">{empty}</p>}
    />
  )
}

interface Shown {
  readonly compact: boolean
  readonly hasErrors: boolean
  readonly metric: MetricSpec | undefined
}

function columnsOf(
  examples: ReadonlyMap<ExampleId, Example>,
  { compact, hasErrors, metric }: Shown,
): readonly TableColumn<StoredRollout>[] {
  const exampleOf = (row: StoredRollout) => examples.get(row.rollout.exampleId)
  const outputsOf = (row: StoredRollout) => shortLine(scoredFirst(row.rollout.prediction, metric))
  // Beside a prediction only the labels of its own outputs: other columns are in the trace.
  const labelsOf = (row: StoredRollout) => {
    const labels = exampleOf(row)?.labels
    const named = pick(labels, Object.keys(row.rollout.prediction ?? {}))
    return lineOf(scoredFirst(Object.keys(named).length > 0 ? named : labels, metric))
  }
  const score: TableColumn<StoredRollout> = {
    id: 'score',
    title: 'Score',
    width: 84,
    sortValue: row => row.rollout.score,
    render: row => <RowOutcome rollout={row.rollout} />,
  }
  const inputs: TableColumn<StoredRollout> = {
    id: 'inputs',
    title: 'Inputs',
    width: compact ? 'minmax(140px, 3fr)' : 'minmax(220px, 3fr)',
    sortValue: row => lineOf(exampleOf(row)?.inputs),
    render: row => <Cell text={lineOf(exampleOf(row)?.inputs)} />,
  }
  const prediction: TableColumn<StoredRollout> = {
    id: 'prediction',
    title: 'Prediction',
    width: compact ? 'minmax(110px, 2fr)' : 'minmax(150px, 2fr)',
    sortValue: outputsOf,
    render: row => (compact && row.rollout.error !== undefined ? <ErrorCell row={row} /> : <Prediction row={row} text={outputsOf(row)} />),
  }
  const error: TableColumn<StoredRollout> = {
    id: 'error',
    title: 'Error',
    width: 'minmax(150px, 1.5fr)',
    sortValue: row => row.rollout.error?.code,
    render: row => <ErrorCell row={row} />,
  }
  if (compact) return [score, inputs, prediction]
  return [
    { id: 'number', title: '#', width: 52, align: 'right', sortValue: row => row.index, render: row => row.index + 1 },
    score,
    inputs,
    prediction,
    { id: 'label', title: 'Label', width: 'minmax(120px, 1.5fr)', sortValue: labelsOf, render: row => <Cell text={labelsOf(row)} /> },
    ...(hasErrors ? [error] : []),
    { id: 'ms', title: 'Time', width: 84, align: 'right', sortValue: row => row.rollout.ms, render: row => formatMs(row.rollout.ms) },
  ]
}

function Cell({ text }: { readonly text: string }) {
  return <span title={cutText(text, 600)}>{text === '' ? <span className="text-faint">–</span> : cutText(text, 300)}</span>
}

/** The prediction, and where a step ended at a bound, that it did. */
function Prediction({ row, text }: { readonly row: StoredRollout; readonly text: string }) {
  const stopped = stopNote(row.rollout.trace)
  if (stopped === undefined) return <Cell text={text} />
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Badge tone="warn">{stopped}</Badge>
      <span className="truncate">
        <Cell text={text} />
      </span>
    </span>
  )
}

function ErrorCell({ row: { rollout } }: { readonly row: StoredRollout }) {
  if (rollout.error === undefined) return null
  return (
    <span className="text-bad-text" title={rollout.error.message}>
      {errorWords(rollout.error)}
    </span>
  )
}
