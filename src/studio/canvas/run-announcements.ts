import { useEffect } from 'react'
import { nodeAt } from '@/engine/program/bodies'
import { isEnded } from '@/state/runs/live/live-run'
import { useLiveRuns } from '@/state/runs/live/live-runs'
import { currentProject } from '@/state/document/project-store'
import { useSession } from '@/state/session/session-store'
import { announce } from '@/ui/announcer'

/** Says how the run of one row goes: its start, each step that fails, its end. */
export function useRunAnnouncements(): void {
  const runId = useSession(session => session.rowRunId)
  const status = useLiveRuns(state => (runId === undefined ? undefined : state.runs[runId]?.status))
  const failed = useLiveRuns(state => {
    const nodes = runId === undefined ? {} : (state.runs[runId]?.nodes ?? {})
    return Object.keys(nodes)
      .filter(id => nodes[id]?.status === 'failed')
      .join(' ')
  })
  useEffect(() => {
    if (status === undefined) return
    const names = failed
      .split(' ')
      .map(path => nodeAt(currentProject().graph, path)?.name)
      .filter(name => name !== undefined)
    if (names.length > 0) announce(`Run failed at ${names.join(', ')}`)
    else if (isEnded(status)) announce(status === 'done' ? 'Run done' : 'Run stopped')
    else announce('Run started')
  }, [runId, status, failed])
}
