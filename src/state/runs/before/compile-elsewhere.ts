import { isUnderWay, type RunRecord } from '@/storage/records'
import { useProject } from '../../document/project-store'
import { useRunLocks, useRuns } from '../../session/queries'
import { useLiveRuns } from '../live/live-runs'

/** A compile of this project that another tab runs now. Nothing keeps a second one from starting, which then costs as much again. */
export function useCompileElsewhere(): Pick<RunRecord, 'id' | 'title' | 'createdAt'> | undefined {
  const projectId = useProject(project => project.id)
  const { data: runs } = useRuns(projectId)
  const { data: locks } = useRunLocks()
  const own = useLiveRuns(state => Object.values(state.runs).flatMap(run => (run.isOwn ? [run.runId] : [])))
  return runs?.runs.find(({ id, kind, status }) => kind === 'compile' && isUnderWay(status) && locks?.has(id) === true && !own.includes(id))
}
