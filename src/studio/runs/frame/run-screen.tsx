import { History } from 'lucide-react'
import { Redirect } from 'wouter'
import { goTo } from '@/state/session/navigation'
import { errorSentence } from '@/state/session/notices'
import { paths } from '@/state/session/paths'
import { useProject } from '@/state/document/project-store'
import { useRun, useRunEvents } from '@/state/session/queries'
import { useBatchRollouts } from '@/state/runs/run-data'
import { useRunOnPage } from '@/state/runs/run-on-page'
import { useIsSealed } from '@/state/runs/sealed'
import type { RunId, RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import { ErrorBoundary } from '@/ui/error-boundary'
import { CompileView } from '../compile/compile-view'
import { EvaluateView } from '../evaluate/evaluate-view'
import { RunBanners } from './run-banners'
import { RunHeader } from './run-header'
import { RunProgress } from './run-progress'
import { SealedRun } from './sealed-run'
import { useRunClock } from '../kit/use-run-clock'

/** One run, live or old: both are drawn from the same view of its events. */
export function RunScreen({ runId }: { readonly runId: RunId }) {
  const projectId = useProject(project => project.id)
  const { data: record, error, refetch } = useRun(runId)
  const events = useRunEvents(runId, false)
  const problem = error ?? events.error
  if (problem !== null) {
    return (
      <div className="p-6">
        <ErrorBox title="The run could not be read" message={errorSentence(problem)} onRetry={() => void refetch()} />
      </div>
    )
  }
  if (record === undefined) return <Loading />
  if (record === null) {
    return (
      <EmptyState
        icon={<History />}
        title="This run is no longer stored"
        action={<Button onClick={() => goTo(paths.runs(projectId))}>Show all runs</Button>}
      >
        It was deleted, or it was made in another browser.
      </EmptyState>
    )
  }
  return record.kind === 'row' ? <RowRun record={record} /> : <RunPage record={record} />
}

function RunPage({ record }: { readonly record: RunRecord }) {
  const shown = useRunOnPage(record)
  const { status, live } = shown
  const isSealed = useIsSealed(record)
  const clock = useRunClock(shown, status === 'running')
  if (shown.isLoading) return <Loading />
  return (
    <div className="flex h-full min-h-0 flex-col tight:block tight:overflow-y-auto">
      <RunHeader record={record} view={shown.view} totals={shown.totals} status={status} clock={clock} isSealed={isSealed} />
      {live && <RunProgress shown={shown} clock={clock} title={record.title} isPaused={status === 'paused'} />}
      <RunBanners shown={shown} now={clock.now} />
      <div className="min-h-0 flex-1">
        {isSealed ? (
          <SealedRun record={record} isLive={live} />
        ) : record.kind === 'compile' ? (
          <ErrorBoundary place="The compile">
            <CompileView record={record} view={shown.view} isLive={live} isPaused={status === 'paused'} />
          </ErrorBoundary>
        ) : (
          <ErrorBoundary place="The evaluation">
            <EvaluateView record={record} view={shown.view} isLive={live} />
          </ErrorBoundary>
        )}
      </div>
    </div>
  )
}

/** A run of one row is its trace: there is nothing else to show, unless it did not get that far. */
function RowRun({ record }: { readonly record: RunRecord }) {
  const shown = useRunOnPage(record)
  const { status, live } = shown
  const rollouts = useBatchRollouts(record.id, 0)
  const clock = useRunClock(shown, status === 'running')
  if (rollouts.data !== undefined && rollouts.data.length > 0)
    return <Redirect to={paths.trace(record.projectId, record.id, 0, 0)} replace />
  if (shown.isLoading || rollouts.isLoading) return <Loading />
  return (
    <div className="flex h-full min-h-0 flex-col">
      <RunHeader record={record} view={shown.view} totals={shown.totals} status={status} clock={clock} isSealed={false} />
      <RunBanners shown={shown} now={clock.now} />
      {live ? (
        <Loading />
      ) : (
        <EmptyState title="This row left no trace">The run ended before the row was done. Run the row again.</EmptyState>
      )}
    </div>
  )
}

function Loading() {
  return (
    <div role="status" className="flex h-full items-center justify-center gap-2 text-soft">
      <Spinner /> Loading the run…
    </div>
  )
}
