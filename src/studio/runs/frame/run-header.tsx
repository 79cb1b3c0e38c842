import { ChevronRight, ListTree } from 'lucide-react'
import { Link } from 'wouter'
import { optimizerKind } from '@/engine/optimizers/registry'
import type { RunTotals } from '@/engine/record/events'
import type { RunView } from '@/engine/run/view/run-view'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { setTraceFilter } from '@/state/runs/run-page'
import { isLive, type ShownStatus } from '@/state/runs/live/run-status'
import type { RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { formatAgo, formatCount, formatMs } from '@/ui/format'
import { RunControls } from '../kit/run-controls'
import { RunMenu } from './run-menu'
import { callWords, costWords, judgeWords } from '../kit/run-words'
import { tokenCount } from '@/engine/lm/usage'
import { StatusBadge } from '../kit/status-badge'
import type { RunClock } from '../kit/use-run-clock'

interface RunHeaderProps {
  readonly record: RunRecord
  readonly view: RunView
  readonly totals: RunTotals
  readonly status: ShownStatus
  readonly clock: RunClock
  readonly isSealed: boolean
}

/** What the run is, how it stands, what it took, and what can be done with it. */
export function RunHeader({ record, view, totals, status, clock, isSealed }: RunHeaderProps) {
  const live = isLive(status)
  const { lostCalls = 0, cutAnswers = 0, askedAgain = 0 } = totals
  const judged = judgeWords(totals)
  const facts = [
    ...(record.spec.optimizer === undefined ? [] : [optimizerKind(record.spec.optimizer.id)?.title ?? record.spec.optimizer.id]),
    record.spec.models.task.label,
    `started ${formatAgo(record.startedAt ?? record.createdAt, clock.now)}`,
    ...(record.importedAt === undefined
      ? []
      : [`imported ${formatAgo(record.importedAt, clock.now)}: its answers are used for this run only`]),
    ...(live
      ? []
      : [
          ...(clock.elapsedMs === undefined ? [] : [`took ${formatMs(clock.elapsedMs)}`]),
          `${formatCount(totals.answered)} LM calls (${formatCount(totals.cachedCalls)} cached)`,
          ...(lostCalls > 0 ? [`${callWords(lostCalls)} lost when it was interrupted`] : []),
          ...(cutAnswers > 0 ? [`${formatCount(cutAnswers)} ${cutAnswers === 1 ? 'answer' : 'answers'} cut short`] : []),
          ...(askedAgain > 0 ? [`${formatCount(askedAgain)} asked again in JSON`] : []),
          ...(totals.failedCalls > 0 ? [`${formatCount(totals.failedCalls)} failed requests`] : []),
          `${formatCount(tokenCount(totals))} tokens`,
          costWords(totals),
          ...(judged === undefined ? [] : [`of which judging: ${judged}`]),
        ]),
  ]
  // The finish sentence of a failure or a cap stands in its banner, and that of a sealed run holds the score.
  const finish =
    live || isSealed || status === 'failed' || status === 'capped' || status === 'interrupted'
      ? undefined
      : (view.end?.sentence ?? record.finish)
  const openTraces = () => {
    setTraceFilter(record.id, { batch: undefined })
    goTo(paths.trace(record.projectId, record.id, 0, 0))
  }
  return (
    <header className="flex shrink-0 items-start gap-3 border-b max-sm:flex-col max-sm:gap-1.5 border-line bg-surface px-3 py-2.5">
      <div className="min-w-0 flex-1 max-sm:w-full">
        <div className="flex min-w-0 items-center gap-1.5">
          <nav aria-label="Place" className="flex shrink-0 items-center gap-1.5 text-soft">
            <Link href={paths.runs(record.projectId)} className="rounded-xs hover:text-ink hover:underline">
              Runs
            </Link>
            <ChevronRight className="size-3.5 text-faint" aria-hidden="true" />
          </nav>
          <h1 className="truncate text-lg font-semibold">{record.title}</h1>
          <StatusBadge status={status} />
        </div>
        <p className="mt-0.5 flex flex-wrap gap-x-1.5 text-sm text-faint tabular">
          {facts.map((fact, index) => (
            <span key={fact}>
              {index > 0 && <span aria-hidden="true">· </span>}
              {fact}
            </span>
          ))}
        </p>
        {finish !== undefined && <p className="mt-1 max-w-5xl">{finish}</p>}
      </div>
      <div className="flex shrink-0 flex-wrap items-center gap-1.5">
        {totals.answered > 0 && record.kind !== 'row' && (
          <Button variant="ghost" icon={<ListTree />} disabled={isSealed} onClick={openTraces}>
            Traces
          </Button>
        )}
        <RunControls runId={record.id} kind={record.kind} title={record.title} status={status} />
        <RunMenu record={record} status={status} isSealed={isSealed} />
      </div>
    </header>
  )
}
