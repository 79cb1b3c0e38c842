import type { Values } from '@/engine/base/example'
import { toExample } from '@/engine/data/mapping'
import type { DataRow, DatasetMeta, Project } from '@/engine/project/project'
import { engine } from '@/state/session/engine-client'
import { expectRun, watchRuns } from '@/state/runs/live/live-runs'
import { notifyError } from '@/state/session/notices'
import { currentProject, flushSave } from '@/state/document/project-store'
import { queryClient, queryKeys } from '@/state/session/query-client'
import { sessionStore, setRowRun } from '@/state/session/session-store'
import { programUpTo } from './program-up-to'
import { runNode, showOutputOf } from './row-run'

/** Runs the active row as far as one node, at the cost of the steps before it; the whole program where that part is no program. */
export async function runUntil(nodeId: string): Promise<void> {
  const project = currentProject()
  const part = programUpTo(project.graph, nodeId)
  const row = activeInputs(project)
  if (!part || !row) return runNode(nodeId)
  showOutputOf(nodeId)
  try {
    await watchRuns()
    await flushSave()
    // With the inputs given there is no label to compare with: a part of a program has no score.
    const runId = await engine().createRun({ kind: 'row', project: { ...project, graph: part }, row })
    expectRun(runId, { projectId: project.id, rowProgram: { graph: project.graph, state: project.state } })
    setRowRun(runId)
    await engine().startRun(runId)
  } catch (error) {
    notifyError('The row could not be run', error)
  }
}

function activeInputs(project: Project): { readonly exampleId: string; readonly inputs: Values } | undefined {
  const { activeRowId } = sessionStore.getState()
  const { datasetId } = project
  if (datasetId === undefined || activeRowId === undefined) return undefined
  const rows = queryClient.getQueryData<readonly DataRow[]>(queryKeys.datasetRows(datasetId))
  const dataset = queryClient.getQueryData<DatasetMeta | null>(queryKeys.dataset(datasetId))
  const row = rows?.find(each => each.id === activeRowId)
  return row && dataset ? { exampleId: row.id, inputs: toExample(row, dataset.columns, project.graph, project.mapping).inputs } : undefined
}
