import { newId } from '@/lib/ids'
import type { Json } from '@/lib/json'
import type { ExampleId } from '@/engine/base/example'
import type { Column, ColumnId, DataRow, DatasetMeta } from '@/engine/project/project'
import { changeRows, putDatasetMeta, readRows } from '@/storage/datasets'
import type { ImportPreview } from '@/worker/api'
import { ensureActiveRow } from '../document/active-row'
import { setDataset } from '../document/edits/project-edits'
import { engine } from '../session/engine-client'
import { notify, notifyError } from '../session/notices'
import { currentProject } from '../document/project-store'
import { queryClient, queryKeys } from '../session/query-client'
import { sessionStore, setActiveRow } from '../session/session-store'

/** Reads a file in the worker and says what is in it. Nothing is kept until `confirmImport`. Throws with a sentence to show. */
export function previewImport(file: Blob, name: string, onProgress: (share: number) => void): Promise<ImportPreview> {
  return engine().previewImport(file, name, onProgress)
}

/** Stores what was previewed, under the columns as the user left them, and takes it for the open project. */
export async function confirmImport(importId: string, name: string, columns: readonly Column[]): Promise<DatasetMeta> {
  const dataset = await engine().commitImport(importId, name, columns)
  setActiveRow(undefined)
  await setDataset(dataset.id)
  return dataset
}

export async function discardImport(importId: string): Promise<void> {
  await engine()
    .discardImport(importId)
    .catch(() => undefined)
}

/** Writes one cell. The table shows the new value at once and the old one again if it could not be written. */
export async function setCell(datasetId: string, row: DataRow, { column, value }: { column: ColumnId; value: Json }): Promise<void> {
  const next = { ...row, cells: { ...row.cells, [column]: value } }
  await change(datasetId, rows => rows.map(each => (each.id === row.id ? next : each)), { put: [next] }, 'The cell was not saved')
}

/** Adds an empty row at the end and returns its id. */
export async function addRow(dataset: DatasetMeta): Promise<ExampleId> {
  const row: DataRow = { id: newId('row'), cells: Object.fromEntries(dataset.columns.map(column => [column.id, emptyCell(column)])) }
  await change(dataset.id, rows => [...rows, row], { append: [row] }, 'The row was not added')
  return row.id
}

/** Takes rows out; the notice offers to put them back. */
export async function removeRows(datasetId: string, ids: readonly ExampleId[]): Promise<void> {
  const gone = new Set(ids)
  const removed = (await readRows(datasetId)).filter(row => gone.has(row.id))
  await change(datasetId, rows => rows.filter(row => !gone.has(row.id)), { remove: ids }, 'The rows were not removed')
  const { activeRowId } = sessionStore.getState()
  if (activeRowId !== undefined && gone.has(activeRowId)) {
    setActiveRow(undefined)
    await ensureActiveRow()
  }
  notify({
    title: removed.length === 1 ? 'Removed 1 row' : `Removed ${removed.length} rows`,
    tone: 'neutral',
    // Back at the end: the ids are the same, so each row is in the split it was in.
    action: {
      label: 'Put back',
      run: () => void change(datasetId, rows => [...rows, ...removed], { append: removed }, 'The rows were not put back'),
    },
  })
}

export async function renameDataset(id: string, name: string): Promise<void> {
  await putDatasetMeta(id, { name }).catch((error: unknown) => notifyError('The dataset was not renamed', error))
}

/** Gives the project no dataset; the rows stay stored. */
export async function detachDataset(): Promise<void> {
  if (currentProject().datasetId !== undefined) await setDataset(undefined)
}

type Changes = Parameters<typeof changeRows>[1]

async function change(datasetId: string, show: (rows: DataRow[]) => DataRow[], changes: Changes, failure: string): Promise<void> {
  const key = queryKeys.datasetRows(datasetId)
  await queryClient.cancelQueries({ queryKey: key })
  const before = queryClient.getQueryData<DataRow[]>(key)
  if (before !== undefined) queryClient.setQueryData(key, show(before))
  try {
    await changeRows(datasetId, changes)
  } catch (error) {
    if (before !== undefined) queryClient.setQueryData(key, before)
    notifyError(failure, error)
  }
}

function emptyCell(column: Column): Json {
  return column.type === 'str' ? '' : null
}
