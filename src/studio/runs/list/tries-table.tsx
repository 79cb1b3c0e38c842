import { CircleCheck, FlaskConical, Square } from 'lucide-react'
import { tokenCount } from '@/engine/lm/usage'
import { knownCost } from '@/engine/record/totals'
import type { ShownTry } from '@/state/session/queries'
import { stopTry } from '@/state/session/tries'
import { formatAgo, formatCount, formatMs } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { VirtualTable, type TableColumn } from '@/ui/virtual-table'
import { costWords } from '../kit/run-words'
import { StatusBadge, statusLabel } from '../kit/status-badge'

/** What asked models without being a run: tries of a metric, checks of an export or a connection. They leave nothing but what they used. */
export function TriesTable({ tries }: { readonly tries: readonly ShownTry[] }) {
  return (
    <VirtualTable
      label="Tries and checks"
      rows={tries}
      columns={triesColumns}
      rowKey={one => one.id}
      rowHeight={36}
      empty={<p className="p-8 text-center text-faint">No try and no check has asked a model yet.</p>}
    />
  )
}

const triesColumns: readonly TableColumn<ShownTry>[] = [
  {
    id: 'title',
    title: 'Try or check',
    width: 'minmax(200px, 2fr)',
    sortValue: one => one.title,
    render: one => (
      <span className="flex min-w-0 items-center gap-2">
        <span title={one.kind === 'try' ? 'Try' : 'Check'} className="shrink-0 text-faint [&_svg]:size-4">
          {one.kind === 'try' ? <FlaskConical /> : <CircleCheck />}
        </span>
        <span className="truncate font-medium">{one.title}</span>
      </span>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    width: 138,
    sortValue: one => statusLabel(one.status),
    render: one => (
      <span title={one.finish}>
        <StatusBadge status={one.status} />
      </span>
    ),
  },
  {
    id: 'started',
    title: 'Started',
    width: 104,
    sortValue: one => one.startedAt,
    render: one => (
      <time dateTime={new Date(one.startedAt).toISOString()} title={new Date(one.startedAt).toLocaleString('en-GB')}>
        {formatAgo(one.startedAt)}
      </time>
    ),
  },
  {
    id: 'duration',
    title: 'Took',
    width: 92,
    align: 'right',
    sortValue: one => (one.endedAt === undefined ? undefined : one.endedAt - one.startedAt),
    render: one => (one.endedAt === undefined ? '–' : formatMs(one.endedAt - one.startedAt)),
  },
  {
    id: 'calls',
    title: 'Requests',
    width: 92,
    align: 'right',
    sortValue: one => one.totals.calls,
    render: one => (
      <span title={one.totals.failedCalls > 0 ? `${formatCount(one.totals.failedCalls)} of them failed` : undefined}>
        {formatCount(one.totals.calls)}
      </span>
    ),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    width: 88,
    align: 'right',
    sortValue: one => tokenCount(one.totals),
    render: one => formatCount(tokenCount(one.totals)),
  },
  {
    id: 'cost',
    title: 'Cost',
    width: 122,
    align: 'right',
    sortValue: one => knownCost(one.totals),
    render: one => <span className={knownCost(one.totals) === undefined ? 'text-faint' : undefined}>{costWords(one.totals)}</span>,
  },
  {
    id: 'actions',
    title: <span className="sr-only">Actions</span>,
    width: 52,
    isPinned: true,
    align: 'right',
    render: one =>
      one.status === 'running' && <IconButton size="sm" label={`Stop ${one.title}`} icon={<Square />} onClick={() => stopTry(one.id)} />,
  },
]
