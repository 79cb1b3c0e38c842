import { ArrowRight, Gauge, Lock, RotateCw, Rows3, Sparkles, Trash2 } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import { tokenCount } from '@/engine/lm/usage'
import type { RunKind } from '@/engine/record/spec'
import { knownCost } from '@/engine/record/totals'
import { scorePercent } from '@/lib/percent'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { useProject } from '@/state/document/project-store'
import { resumeRun } from '@/state/runs/actions/run-commands'
import { isResumable, type ShownStatus } from '@/state/runs/live/run-status'
import { isSealed } from '@/state/runs/sealed'
import type { RunRecord } from '@/storage/records'
import { formatAgo, formatCount, formatMs } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { VirtualTable, type TableColumn } from '@/ui/virtual-table'
import { costWords, kindNames, workedMs } from '../kit/run-words'
import { StatusBadge, statusLabel } from '../kit/status-badge'

interface RunsTableProps {
  readonly runs: readonly RunRecord[]
  readonly empty: string
  readonly statusOf: (run: RunRecord) => ShownStatus
  readonly onDelete: (run: RunRecord) => void
}

export function RunsTable({ runs, empty, statusOf, onDelete }: RunsTableProps) {
  const reveals = useProject(project => project.reveals)
  const split = useProject(project => project.split)
  const columns = useMemo<readonly TableColumn<RunRecord>[]>(
    () => [
      {
        id: 'title',
        title: 'Run',
        width: 'minmax(200px, 2fr)',
        sortValue: run => run.title,
        render: run => (
          <span className="flex min-w-0 items-center gap-2">
            <span title={kindNames[run.kind]} className="shrink-0 text-faint [&_svg]:size-4">
              {kindIcons[run.kind]}
            </span>
            <span className="truncate font-medium">{run.title}</span>
          </span>
        ),
      },
      {
        id: 'status',
        title: 'Status',
        width: 138,
        sortValue: run => statusLabel(statusOf(run)),
        render: run => <StatusBadge status={statusOf(run)} />,
      },
      {
        id: 'score',
        title: 'Score',
        width: 156,
        align: 'right',
        sortValue: run => (isSealed(run, { reveals, split }) ? undefined : run.result?.best?.summary.mean),
        render: run => <RunScore run={run} isHidden={isSealed(run, { reveals, split })} />,
      },
      {
        id: 'started',
        title: 'Started',
        width: 104,
        sortValue: run => run.startedAt ?? run.createdAt,
        render: run => (
          <time
            dateTime={new Date(run.startedAt ?? run.createdAt).toISOString()}
            title={new Date(run.startedAt ?? run.createdAt).toLocaleString('en-GB')}
          >
            {formatAgo(run.startedAt ?? run.createdAt)}
          </time>
        ),
      },
      {
        id: 'duration',
        title: 'Took',
        width: 92,
        align: 'right',
        sortValue: workedMs,
        render: run => {
          const ms = workedMs(run)
          return ms === undefined ? '–' : formatMs(ms)
        },
      },
      {
        id: 'calls',
        title: 'Calls',
        width: 84,
        align: 'right',
        sortValue: run => run.totals.answered,
        render: run => (
          <span title={`${formatCount(run.totals.cachedCalls)} of them from the cache`}>{formatCount(run.totals.answered)}</span>
        ),
      },
      {
        id: 'tokens',
        title: 'Tokens',
        width: 88,
        align: 'right',
        sortValue: run => tokenCount(run.totals),
        render: run => formatCount(tokenCount(run.totals)),
      },
      {
        id: 'cost',
        title: 'Cost',
        width: 122,
        align: 'right',
        sortValue: run => knownCost(run.totals),
        render: run => <span className={knownCost(run.totals) === undefined ? 'text-faint' : undefined}>{costWords(run.totals)}</span>,
      },
      {
        id: 'actions',
        title: <span className="sr-only">Actions</span>,
        width: 84,
        align: 'right',
        isPinned: true,
        render: run => (
          // A press on a button of the row is not a press on the row.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
          <span className="inline-flex" onClick={event => event.stopPropagation()}>
            {isResumable(statusOf(run)) && run.kind !== 'row' && (
              <IconButton size="sm" label={`Resume ${run.title}`} icon={<RotateCw />} onClick={() => void resumeRun(run.id)} />
            )}
            <IconButton size="sm" danger label={`Delete ${run.title}`} icon={<Trash2 />} onClick={() => onDelete(run)} />
          </span>
        ),
      },
    ],
    [reveals, split, statusOf, onDelete],
  )
  return (
    <VirtualTable
      label="Runs"
      rows={runs}
      columns={columns}
      rowKey={run => run.id}
      rowHeight={36}
      onRowClick={run => goTo(paths.run(run.projectId, run.id))}
      empty={<p className="p-8 text-center text-faint">{empty}</p>}
    />
  )
}

function RunScore({ run, isHidden }: { readonly run: RunRecord; readonly isHidden: boolean }) {
  if (isHidden) {
    return (
      <span className="inline-flex items-center gap-1 text-gold-text">
        <Lock className="size-3.5" aria-hidden="true" /> sealed
      </span>
    )
  }
  const { baseline, best } = run.result ?? {}
  if (run.kind === 'row' || (baseline === undefined && best === undefined)) return <span className="text-faint">–</span>
  if (run.kind === 'evaluate' || baseline === undefined || best === undefined) {
    return <span className="font-medium">{scorePercent((best ?? baseline)?.summary.mean ?? 0)}</span>
  }
  return (
    <span className="inline-flex items-center gap-1">
      <span className="text-soft">{scorePercent(baseline.summary.mean)}</span>
      <ArrowRight className="size-3 text-faint" role="img" aria-label="to" />
      <span className="font-medium">{scorePercent(best.summary.mean)}</span>
    </span>
  )
}

const kindIcons: Readonly<Record<RunKind, ReactNode>> = { compile: <Sparkles />, evaluate: <Gauge />, row: <Rows3 /> }
