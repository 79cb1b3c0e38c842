import { ChevronRight, ListTree, Lock } from 'lucide-react'
import { useDeferredValue, useMemo } from 'react'
import { Link } from 'wouter'
import { useRunView } from '@/state/runs/live/live-runs'
import { goTo } from '@/state/session/navigation'
import { errorSentence } from '@/state/session/notices'
import { paths } from '@/state/session/paths'
import { useProject } from '@/state/document/project-store'
import { useRun } from '@/state/session/queries'
import { useRollout, useRunExamples, useTraceLines } from '@/state/runs/run-data'
import { useRunPage } from '@/state/runs/run-page'
import { useIsSealed } from '@/state/runs/sealed'
import { useWalkKeys } from '@/state/runs/use-walk-keys'
import type { RunId, RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import { ErrorBoundary } from '@/ui/error-boundary'
import { TraceDetail } from './trace-detail'
import { filterRollouts } from './trace-filter'
import { TraceList } from './trace-list'

interface TraceScreenProps {
  readonly runId: RunId
  readonly batch: number
  readonly index: number
}

/** The rollouts of a run in a list, and the steps of the chosen one. */
export function TraceScreen({ runId, batch, index }: TraceScreenProps) {
  const projectId = useProject(project => project.id)
  const { data: record, error, refetch } = useRun(runId)
  const isSealed = useIsSealed(record ?? undefined)
  if (error !== null) {
    return (
      <div className="p-6">
        <ErrorBox title="The run could not be read" message={errorSentence(error)} onRetry={() => void refetch()} />
      </div>
    )
  }
  if (record === undefined) return <Loading />
  if (record === null) {
    return (
      <EmptyState
        icon={<ListTree />}
        title="This run is no longer stored"
        action={<Button onClick={() => goTo(paths.runs(projectId))}>Show all runs</Button>}
      >
        Its traces went with it.
      </EmptyState>
    )
  }
  if (isSealed) {
    return (
      <EmptyState
        icon={<Lock />}
        title="These rows are sealed"
        action={<Button onClick={() => goTo(paths.run(projectId, runId))}>Open the run</Button>}
      >
        They are of the test split. Reveal the score of the run to see them.
      </EmptyState>
    )
  }
  return <Traces record={record} batch={batch} index={index} />
}

function Traces({ record, batch, index }: { readonly record: RunRecord; readonly batch: number; readonly index: number }) {
  const { trace: filter } = useRunPage(record.id)
  const rollouts = useTraceLines(record.id)
  const whole = useRollout(record.id, { batch, index })
  const { view, live } = useRunView(record.id)
  const examples = useRunExamples(record)
  const deferred = useDeferredValue(filter)
  const shown = useMemo(
    () => filterRollouts(rollouts.data ?? [], deferred, id => examples.byId.get(id)),
    [rollouts.data, deferred, examples.byId],
  )
  const labels = useMemo(() => new Map(view.candidates.map(candidate => [candidate.id, candidate.label])), [view.candidates])
  const current = whole.data ?? undefined
  const place = shown.findIndex(each => each.batch === batch && each.index === index)
  const open = (to: { readonly batch: number; readonly index: number }) =>
    goTo(paths.trace(record.projectId, record.id, to.batch, to.index))
  const step = (direction: 1 | -1) => {
    const next = shown[place < 0 ? 0 : place + direction]
    if (next !== undefined) open(next)
  }
  useWalkKeys(step)

  const problem = rollouts.error ?? whole.error
  if (problem !== null) {
    return (
      <div className="p-6">
        <ErrorBox title="The traces could not be read" message={errorSentence(problem)} onRetry={() => void rollouts.refetch()} />
      </div>
    )
  }
  if (rollouts.data === undefined) return <Loading />
  const isSingle = record.kind === 'row'
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex h-10 shrink-0 items-center gap-1.5 border-b border-line bg-surface px-4">
        <nav aria-label="Place" className="flex min-w-0 items-center gap-1.5 text-soft">
          <Link href={paths.runs(record.projectId)} className="rounded-xs hover:text-ink hover:underline">
            Runs
          </Link>
          <ChevronRight className="size-3.5 text-faint" aria-hidden="true" />
          {isSingle ? (
            <span className="truncate">{record.title}</span>
          ) : (
            <Link href={paths.run(record.projectId, record.id)} className="truncate rounded-xs hover:text-ink hover:underline">
              {record.title}
            </Link>
          )}
          <ChevronRight className="size-3.5 text-faint" aria-hidden="true" />
        </nav>
        <h1 className="truncate font-semibold">{isSingle ? 'Trace' : 'Traces'}</h1>
      </header>
      <div className="flex min-h-0 flex-1 max-sm:flex-col">
        {!isSingle && (
          <TraceList
            record={record}
            rollouts={rollouts.data}
            shown={shown}
            examples={examples.byId}
            labels={labels}
            current={{ batch, index }}
            isReading={rollouts.isFetching}
            onOpen={open}
          />
        )}
        <div className="min-h-0 min-w-0 flex-1">
          {whole.isLoading ? (
            <Loading />
          ) : current === undefined ? (
            <EmptyState
              icon={<ListTree />}
              title={live ? 'This row has not run yet' : 'There is no trace here'}
              action={shown[0] && <Button onClick={() => shown[0] && open(shown[0])}>Open the first trace</Button>}
            >
              {live
                ? 'It appears as soon as the row is done.'
                : 'The run ended before it came to this row. Choose another one from the list.'}
            </EmptyState>
          ) : (
            <ErrorBoundary key={`${batch}/${index}`} place="This trace" resetKey={current}>
              <TraceDetail
                record={record}
                current={current}
                example={examples.byId.get(current.rollout.exampleId)}
                label={labels.get(current.candidate)}
                place={isSingle || place < 0 ? undefined : { at: place + 1, of: shown.length }}
                onStep={isSingle ? undefined : step}
              />
            </ErrorBoundary>
          )}
        </div>
      </div>
    </div>
  )
}

function Loading() {
  return (
    <div role="status" className="flex h-full items-center justify-center gap-2 text-soft">
      <Spinner /> Loading traces…
    </div>
  )
}
