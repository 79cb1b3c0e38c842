import { Gauge, History, Sparkles } from 'lucide-react'
import { useState } from 'react'
import type { RunKind } from '@/engine/record/spec'
import { useCommand } from '@/state/commands/run-command'
import { errorSentence } from '@/state/session/notices'
import { useProject } from '@/state/document/project-store'
import { useRuns, useTries, type ShownTry } from '@/state/session/queries'
import { removeRun } from '@/state/runs/actions/run-actions'
import { isLive, useShownStatuses } from '@/state/runs/live/run-status'
import type { RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { EmptyState } from '@/ui/empty-state'
import { ErrorBox } from '@/ui/error-box'
import { formatCount } from '@/ui/format'
import { Segmented } from '@/ui/segmented'
import { Spinner } from '@/ui/spinner'
import { ImportRun } from './import-run'
import { OpenRunCard } from './open-run-card'
import { paidWords } from '../kit/run-words'
import { RunsTable } from './runs-table'
import { TriesTable } from './tries-table'

type KindFilter = RunKind | 'all' | 'tries'

/** The runs of a project: those under way or interrupted on top, then all that ended. */
export function RunsScreen() {
  const projectId = useProject(project => project.id)
  const { data: runs, error, refetch } = useRuns(projectId)
  const { data: tries = noTries } = useTries(projectId)
  const statuses = useShownStatuses(runs ?? noRuns)
  const [kind, setKind] = useState<KindFilter>('all')
  const [doomed, setDoomed] = useState<RunRecord>()

  if (error !== null) {
    return (
      <div className="p-6">
        <ErrorBox title="The runs could not be read" message={errorSentence(error)} onRetry={() => void refetch()} />
      </div>
    )
  }
  if (runs === undefined) {
    return (
      <div role="status" className="flex h-full items-center justify-center gap-2 text-soft">
        <Spinner /> Loading runs…
      </div>
    )
  }
  if (runs.length === 0 && tries.length === 0) return <NoRuns />

  const ofKind = runs.filter(run => kind === 'all' || run.kind === kind)
  const statusOf = (run: RunRecord) => statuses.get(run.id) ?? run.status
  // A run of one row is over before it could be watched: it belongs in the list alone.
  const open = ofKind.filter(run => isLive(statusOf(run)) || (statusOf(run) === 'interrupted' && run.kind !== 'row'))
  const closed = ofKind.filter(run => !open.includes(run))
  const count = (of: RunKind) => formatCount(runs.filter(run => run.kind === of).length)
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-3 border-b border-line bg-surface px-3 py-2">
        <h1 className="text-lg font-semibold">Runs</h1>
        <Segmented
          label="Kind of run"
          size="sm"
          value={kind}
          onChange={setKind}
          options={[
            { value: 'all', label: `All ${formatCount(runs.length)}` },
            { value: 'compile', label: `Compiles ${count('compile')}` },
            { value: 'evaluate', label: `Evaluations ${count('evaluate')}` },
            { value: 'row', label: `Rows ${count('row')}` },
            { value: 'tries', label: `Tries and checks ${formatCount(tries.length)}` },
          ]}
        />
        <span className="flex-1" />
        <ImportRun />
      </header>
      {open.length > 0 && (
        <ul aria-label="Runs under way" className="flex max-h-[45%] shrink-0 flex-col gap-2 overflow-y-auto border-b border-line p-3">
          {open.map(run => (
            <OpenRunCard key={run.id} run={run} onDelete={() => setDoomed(run)} />
          ))}
        </ul>
      )}
      <div className="min-h-0 flex-1 bg-surface">
        {kind === 'tries' ? (
          <TriesTable tries={tries} />
        ) : (
          <RunsTable
            runs={closed}
            empty={kind === 'all' ? 'No run has ended yet.' : 'No run of this kind has ended yet.'}
            statusOf={statusOf}
            onDelete={setDoomed}
          />
        )}
      </div>
      <ConfirmDialog
        open={doomed !== undefined}
        onOpenChange={isOpen => !isOpen && setDoomed(undefined)}
        title={`Delete ${doomed?.title ?? 'this run'}?`}
        action="Delete run"
        danger
        onConfirm={() => doomed !== undefined && void removeRun(doomed)}
      >
        Its record and its traces go, and cannot be brought back. {doomed !== undefined && `${paidWords(doomed.totals)}: `}the answers stay
        in the call cache, versions that were applied stay in the project.
      </ConfirmDialog>
    </div>
  )
}

function NoRuns() {
  const evaluate = useCommand('evaluate')
  const compile = useCommand('compile')
  return (
    <EmptyState
      icon={<History />}
      title="No runs yet"
      action={
        <>
          <Button icon={<Gauge />} disabled={!evaluate.isEnabled} onClick={() => void evaluate.run()}>
            Evaluate
          </Button>
          <Button variant="primary" icon={<Sparkles />} disabled={!compile.isEnabled} onClick={() => void compile.run()}>
            Compile
          </Button>
          <ImportRun />
        </>
      }
    >
      Evaluate scores the program as it is on the val split. Compile lets the optimizer improve it, and shows both scores side by side.
    </EmptyState>
  )
}

const noRuns: readonly RunRecord[] = []
const noTries: readonly ShownTry[] = []
