import { Square } from 'lucide-react'
import { useCommand } from '@/state/commands/run-command'
import { activeRuns, useLiveRuns, useRunView } from '@/state/runs/live/live-runs'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { useProject } from '@/state/document/project-store'
import type { RunId } from '@/storage/records'
import { formatCount } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { ProgressBar } from '@/ui/progress-bar'
import { runShare } from './run-share'

/** What runs now, how far it is, and Stop. */
export function ActiveRun() {
  const projectId = useProject(project => project.id)
  const stop = useCommand('stop')
  const run = useLiveRuns(state => activeRuns(state).at(-1))
  return run === undefined ? null : <RunInBar key={run.runId} projectId={projectId} runId={run.runId} stop={stop} />
}

interface RunInBarProps {
  readonly projectId: string
  readonly runId: RunId
  readonly stop: ReturnType<typeof useCommand>
}

function RunInBar({ projectId, runId, stop }: RunInBarProps) {
  // Not what the worker said alone: before its first word, a run that is taken up again has a past.
  const run = useRunView(runId)
  const done = `${formatCount(run.totals.answered)} of ${formatCount(Math.max(run.view.plannedCalls, run.totals.answered))} calls`
  return (
    <span className="flex shrink-0 items-center gap-1">
      {run.view.kind !== 'row' && (
        <button
          type="button"
          onClick={() => goTo(paths.run(projectId, runId))}
          aria-label={`Show the running ${names[run.view.kind]}: ${done}`}
          className="flex flex-col gap-1 rounded-md px-1.5 py-1 text-left hover:bg-hover max-xl:hidden"
        >
          <span className="text-xs leading-none whitespace-nowrap text-faint tabular">{done}</span>
          <ProgressBar label={`Progress of the ${names[run.view.kind]}`} value={runShare(run)} max={1} valueText={done} className="w-28" />
        </button>
      )}
      <IconButton label={stop.title} shortcut={stop.shortcut} icon={<Square className="fill-current" />} onClick={() => void stop.run()} />
    </span>
  )
}

const names = { row: 'row', evaluate: 'evaluation', compile: 'compile' }
