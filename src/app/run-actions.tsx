import { Gauge, Play, Sparkles, Square } from 'lucide-react'
import { useCommand } from '@/state/commands'
import { activeRuns, useLiveRuns } from '@/state/live-runs'
import { goTo } from '@/state/navigation'
import { paths } from '@/state/paths'
import { useProject } from '@/state/project-store'
import { Button } from '@/ui/button'
import { formatCount } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { ProgressBar } from '@/ui/progress-bar'
import { Tooltip } from '@/ui/tooltip'
import { runShare } from './run-share'

/** Run row, Evaluate, Compile; while something runs, how far it is and Stop. */
export function RunActions() {
  const row = useCommand('run-row')
  const evaluate = useCommand('evaluate')
  const compile = useCommand('compile')
  return (
    <div className="flex items-center gap-1.5">
      <ActiveRun />
      <Tooltip text="Run the program on the chosen row" shortcut={row.shortcut}>
        <Button icon={<Play />} disabled={!row.isEnabled} onClick={() => void row.run()} aria-label="Run row">
          <span className="max-xl:hidden">Run row</span>
        </Button>
      </Tooltip>
      <Tooltip text="Score the program on the val split" shortcut={evaluate.shortcut}>
        <Button icon={<Gauge />} disabled={!evaluate.isEnabled} onClick={() => void evaluate.run()} aria-label="Evaluate">
          <span className="max-xl:hidden">Evaluate</span>
        </Button>
      </Tooltip>
      <Tooltip text="Let the chosen optimizer improve instructions and demos" shortcut={compile.shortcut}>
        <Button variant="primary" icon={<Sparkles />} disabled={!compile.isEnabled} onClick={() => void compile.run()}>
          Compile
        </Button>
      </Tooltip>
    </div>
  )
}

function ActiveRun() {
  const projectId = useProject(project => project.id)
  const stop = useCommand('stop')
  const run = useLiveRuns(state => activeRuns(state).at(-1))
  if (!run) return null
  const done = `${formatCount(run.totals.answered)} of ${formatCount(Math.max(run.view.plannedCalls, run.totals.answered))} calls`
  return (
    <span className="mr-1 flex items-center gap-1">
      {run.view.kind !== 'row' && (
        <button
          type="button"
          onClick={() => goTo(paths.run(projectId, run.runId))}
          aria-label={`Show the running ${names[run.view.kind]}: ${done}`}
          className="flex flex-col gap-1 rounded-md px-1.5 py-1 text-left hover:bg-hover max-xl:hidden"
        >
          <span className="text-xs leading-none text-faint tabular">{done}</span>
          <ProgressBar label={`Progress of the ${names[run.view.kind]}`} value={runShare(run)} max={1} valueText={done} className="w-24" />
        </button>
      )}
      <IconButton label={stop.title} shortcut={stop.shortcut} icon={<Square className="fill-current" />} onClick={() => void stop.run()} />
    </span>
  )
}

const names = { row: 'row', evaluate: 'evaluation', compile: 'compile' }
