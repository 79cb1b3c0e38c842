import { getRun } from '@/storage/runs'
import { onRunEnd } from '../live/live-runs'
import type { LiveRun } from '../live/live-run'
import { currentPath, goTo } from '../../session/navigation'
import { notify, type Notice } from '../../session/notices'
import { paths } from '../../session/paths'

let stop: (() => void) | undefined

/** From now on, tells how each run of this tab ended, unless its page is in view. */
export function tellRunEnds(): void {
  stop ??= onRunEnd(run => {
    if (run.isOwn) void tell(run)
  })
}

async function tell(run: LiveRun): Promise<void> {
  const notice = endNotice(run)
  const { projectId } = (await getRun(run.runId)) ?? {}
  if (notice === undefined || projectId === undefined) return
  const path = paths.run(projectId, run.runId)
  if (!currentPath().startsWith(path)) notify({ ...notice, action: { label: 'Show', run: () => goTo(path) } })
}

/** A row run shows its end on the canvas: only a failure of the run itself is told. */
export function endNotice({ status, view }: Pick<LiveRun, 'status' | 'view'>): Notice | undefined {
  const detail = view.end?.sentence
  const told = detail === undefined || detail === '' ? {} : { detail }
  if (status === 'failed') return { title: `${titles[view.kind]} failed`, tone: 'bad', ...told }
  if (view.kind === 'row' || status === 'cancelled') return undefined
  if (status === 'capped') return { title: `${titles[view.kind]} reached its limit`, tone: 'warn', ...told }
  if (status === 'stopped') return { title: `${titles[view.kind]} stopped`, tone: 'neutral', ...told }
  return { title: `${titles[view.kind]} finished`, tone: 'good', ...told }
}

const titles = { row: 'The row run', evaluate: 'The evaluation', compile: 'The compile' }
