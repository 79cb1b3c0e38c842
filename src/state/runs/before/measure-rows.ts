import { splitOf } from '@/engine/data/split'
import { readRows } from '@/storage/datasets'
import { engine } from '../../session/engine-client'
import { notifyError } from '../../session/notices'
import { currentProject, flushSave } from '../../document/project-store'
import { queryClient } from '../../session/query-client'

/** Rows that an estimate is measured on. */
export const measuredRowCount = 3

/**
 * Runs the program on a few val rows, so that an estimate knows the tokens and the time of a call. It is a run like any other: its
 * answers are kept, and the run that follows does not pay for them again.
 */
export async function measureRows(): Promise<void> {
  try {
    await flushSave()
    const project = currentProject()
    if (project.datasetId === undefined) return
    const rows = await readRows(project.datasetId)
    const exampleIds = rows
      .filter(row => splitOf(row.id, project.split) === 'val')
      .slice(0, measuredRowCount)
      .map(row => row.id)
    const runId = await engine().createRun({ project, kind: 'evaluate', split: 'val', exampleIds })
    await engine().startRun(runId)
  } catch (error) {
    notifyError('The rows could not be measured', error)
  } finally {
    await queryClient.invalidateQueries({ queryKey: ['estimate'] })
  }
}
