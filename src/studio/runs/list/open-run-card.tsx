import { Trash2 } from 'lucide-react'
import { Link } from 'wouter'
import { paths } from '@/state/session/paths'
import { useRunOnPage } from '@/state/runs/run-on-page'
import type { RunRecord } from '@/storage/records'
import { formatCount, formatMs } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { ProgressBar } from '@/ui/progress-bar'
import { RunControls } from '../kit/run-controls'
import { costWords, paidWords } from '../kit/run-words'
import { tokenCount } from '@/engine/lm/usage'
import { paidCalls } from '@/engine/record/totals'
import { StatusBadge } from '../kit/status-badge'
import { useRunClock } from '../kit/use-run-clock'

interface OpenRunCardProps {
  readonly run: RunRecord
  readonly onDelete: () => void
}

/** A run that is not over: how far it is, and what can be done about it. */
export function OpenRunCard({ run, onDelete }: OpenRunCardProps) {
  const shown = useRunOnPage(run)
  const clock = useRunClock(shown, shown.status === 'running')
  const { view, totals, status, live } = shown
  const planned = Math.max(view.plannedCalls, totals.answered)
  const done = `${formatCount(totals.answered)} of ${planned > 0 ? formatCount(planned) : '?'} LM calls`
  const stage = view.stages.find(each => each.status === 'running')
  return (
    <li className="flex items-center gap-4 rounded-lg border border-line bg-raised px-3 py-2.5 shadow-card">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-center gap-2">
          <Link href={paths.run(run.projectId, run.id)} className="truncate rounded-xs font-medium hover:underline">
            {run.title}
          </Link>
          <StatusBadge status={status} />
          {live && stage !== undefined && <span className="truncate text-sm text-soft">{stage.detail ?? stage.title}</span>}
        </p>
        <p className="mt-0.5 text-sm text-faint tabular">
          {status === 'interrupted' ? (
            <span className="text-warn-text">{paidCalls(totals) > 0 ? paidWords(totals) : 'Nothing has been paid for yet'} · </span>
          ) : null}
          {done}
          {status === 'running' && clock.remainingMs !== undefined && ` · about ${formatMs(Math.max(1000, clock.remainingMs))} left`}
          {` · ${formatCount(tokenCount(totals))} tokens · ${costWords(totals)}`}
        </p>
      </div>
      <ProgressBar
        label={`Progress of ${run.title}`}
        value={totals.answered}
        max={Math.max(1, planned)}
        valueText={done}
        tone={status === 'running' || status === 'queued' ? 'accent' : 'warn'}
        className="w-[18%] max-w-56 shrink-0"
      />
      <div className="flex w-32 shrink-0 items-center justify-end gap-1">
        <RunControls runId={run.id} kind={run.kind} title={run.title} status={status} compact />
        {!live && <IconButton size="sm" danger label={`Delete ${run.title}`} icon={<Trash2 />} onClick={onDelete} />}
      </div>
    </li>
  )
}
