import { liveRuns } from '../live/live-runs'
import type { LiveRun } from '../live/live-run'
import { currentPath, goTo } from '../../session/navigation'
import { notify } from '../../session/notices'
import { paths } from '../../session/paths'

let isTelling = false

/** From now on, tells when a run of this tab pauses by itself, unless its page is in view, which says so. */
export function tellPauses(): void {
  if (isTelling) return
  isTelling = true
  liveRuns.subscribe(({ runs }, { runs: before }) => {
    for (const run of Object.values(runs)) {
      if (run.isOwn && run.problem !== undefined && before[run.runId]?.problem === undefined) tell(run)
    }
  })
}

function tell({ runId, projectId, problem }: LiveRun): void {
  const path = projectId === undefined ? undefined : paths.run(projectId, runId)
  if (problem === undefined || (path !== undefined && currentPath().startsWith(path))) return
  const action = path === undefined ? {} : { action: { label: 'Show', run: () => goTo(path) } }
  notify({ title: 'A run is paused', detail: problem.message, tone: 'bad', ...action })
}
