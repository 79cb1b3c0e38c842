import type { ExampleId } from '@/engine/base/example'
import { splitOf } from '@/engine/data/split'
import type { DataRow, SplitSpec } from '@/engine/project/project'
import { readRows } from '@/storage/datasets'
import { projectStore } from './project-store'
import { sessionStore, setActiveRow } from '../session/session-store'

const lookedAt = 200

/** The first row that a look at spoils nothing: not one of the sealed test split. */
function firstOpenRow(rows: readonly DataRow[], split: SplitSpec): ExampleId | undefined {
  return rows.find(row => splitOf(row.id, split) !== 'test')?.id
}

/** Makes sure that there is a row for Run row and the prompt tab, where the dataset has one that is not sealed; returns it. */
export async function ensureActiveRow(): Promise<ExampleId | undefined> {
  const { activeRowId } = sessionStore.getState()
  if (activeRowId !== undefined) return activeRowId
  const { project } = projectStore.getState()
  if (project?.datasetId === undefined) return undefined
  const first = firstOpenRow(await readRows(project.datasetId, { start: 0, count: lookedAt }), project.split)
  // The user may have chosen one, or left the project, while the rows were read.
  if (first !== undefined && sessionStore.getState().activeRowId === undefined && projectStore.getState().project?.id === project.id)
    setActiveRow(first)
  return sessionStore.getState().activeRowId
}

/** Whether the row lies in the open project's test split. */
export function isSealed(id: ExampleId): boolean {
  const { project } = projectStore.getState()
  return project !== null && splitOf(id, project.split) === 'test'
}

// Keeps a row chosen for each project and dataset that opens.
projectStore.subscribe(({ project }, { project: before }) => {
  if (project?.datasetId === undefined || (project.datasetId === before?.datasetId && project.id === before.id)) return
  // A failed read shows on the Data screen; here it only means that no row is chosen.
  ensureActiveRow().catch(() => undefined)
})
