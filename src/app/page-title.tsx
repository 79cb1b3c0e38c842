import { activeRuns, useLiveRuns } from '@/state/runs/live/live-runs'
import { useProject } from '@/state/document/project-store'
import { runShare } from './run-share'
import { usePageTitle } from './use-page-title'

/** The window's title: the project, and how far a run is, to be seen from other tabs. */
export function PageTitle() {
  const name = useProject(project => project.name)
  const share = useLiveRuns(state => {
    const run = activeRuns(state).at(-1)
    return run && run.view.kind !== 'row' ? Math.floor(runShare(run) * 100) : undefined
  })
  usePageTitle(share === undefined ? name : `${share} % · ${name}`)
  return null
}
