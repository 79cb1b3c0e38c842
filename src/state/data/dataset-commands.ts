import { newId } from '@/lib/ids'
import type { Json } from '@/lib/json'
import { isSameJson } from '@/lib/three-way-merge'
import type { ExampleId } from '@/engine/base/example'
import type { Column, ColumnId, DataRow, DatasetMeta } from '@/engine/project/project'
import { editDataset, type DatasetEdit } from '@/storage/dataset-edits'
import { readRows } from '@/storage/datasets'
import type { ImportPreview } from '@/worker/api'
import { ensureActiveRow } from '../document/active-row'
import { setDataset } from '../document/edits/project-edits'
import { engine } from '../session/engine-client'
import { notify, notifyError } from '../session/notices'
import { currentProject, projectTurn } from '../document/project-store'
import type { NamedStep } from '../document/history'
import { editRows } from '../document/row-steps'
import { undoStep } from '../document/undo'
import { queryClient, queryKeys } from '../session/query-client'
import { sessionStore, setActiveRow } from '../session/session-store'

/**
 * Reads a file in the worker and says what is in it, in the encoding given or the one its bytes suggest. Nothing is kept until
 * `confirmImport`. Throws with a sentence to show.
 */
export function previewImport(
  file: Blob,
  name: string,
  { onProgress, encoding }: { readonly onProgress: (share: number) => void; readonly encoding?: string },
): Promise<ImportPreview> {
  return engine().previewImport(file, name, onProgress, encoding)
}

/** Stores what was previewed, under the columns as the user left them, and takes it for the open project. */
export async function confirmImport(importId: string, name: string, columns: readonly Column[]): Promise<DatasetMeta> {
  const project = projectTurn()
  const { dataset, badFiles, badFile, linked } = await engine().commitImport(importId, name, columns)
  if (badFiles > 0)
    notify({
      title: badFiles === 1 ? 'One cell holds no file of its type' : `${badFiles} cells hold no file of their type`,
      detail: `They keep their text. The first: ${badFile ?? ''}`,
      tone: 'warn',
    })
  if (linked > 0)
    notify({
      title: linked === 1 ? 'One image stays at its address' : `${linked} images stay at their addresses`,
      detail: 'This page may not read them there. Their addresses are sent, and the provider fetches the images.',
      tone: 'neutral',
    })
  if (project.isOver()) {
    notify({
      title: `“${dataset.name}” was imported`,
      detail: 'Its project was left meanwhile: choose it there, in Data, among the stored datasets.',
      tone: 'neutral',
    })
    return dataset
  }
  setActiveRow(undefined)
  await setDataset(dataset.id, project)
  return dataset
}

export async function discardImport(importId: string): Promise<void> {
  await engine()
    .discardImport(importId)
    .catch(() => undefined)
}

/** Writes one cell. The table shows the new value at once and the old one again if it could not be written. */
export async function setCell(datasetId: string, row: DataRow, { column, value }: { column: ColumnId; value: Json }): Promise<void> {
  const from = row.cells[column] ?? null
  if (isSameJson(from, value)) return
  const show = (rows: DataRow[]) => rows.map(each => (each.id === row.id ? { ...each, cells: { ...each.cells, [column]: value } } : each))
  await change(
    datasetId,
    { kind: 'cell', row: row.id, column, from, to: value },
    { label: 'Edit cell', show, failure: 'The cell was not saved' },
  )
}

/** Writes one value into a column of several rows, as one step. Says how many cells it changed. */
export async function setCells(
  datasetId: string,
  ids: readonly ExampleId[],
  { column, value }: { readonly column: ColumnId; readonly value: Json },
): Promise<number> {
  const wanted = new Set(ids)
  const cells = (await readRows(datasetId)).flatMap(({ id, cells: of }) => {
    const from = of[column] ?? null
    return wanted.has(id) && !isSameJson(from, value) ? [{ row: id, from, to: value }] : []
  })
  if (cells.length === 0) return 0
  const changed = new Set(cells.map(({ row }) => row))
  const show = (rows: DataRow[]) => rows.map(row => (changed.has(row.id) ? { ...row, cells: { ...row.cells, [column]: value } } : row))
  const label = cells.length === 1 ? 'Edit cell' : `Edit ${cells.length} cells`
  const back = await change(datasetId, { kind: 'cells', column, cells }, { label, show, failure: 'The cells were not saved' })
  return back === undefined ? 0 : cells.length
}

/** Adds an empty row at the end and returns its id. */
export async function addRow(dataset: DatasetMeta): Promise<ExampleId> {
  const row: DataRow = { id: newId('row'), cells: Object.fromEntries(dataset.columns.map(column => [column.id, emptyCell(column)])) }
  const show = (rows: DataRow[]) => [...rows, row]
  await change(dataset.id, { kind: 'append', rows: [row] }, { label: 'Add row', show, failure: 'The row was not added' })
  return row.id
}

/** Takes rows out; undo puts them back, and so does the notice. */
export async function removeRows(datasetId: string, ids: readonly ExampleId[]): Promise<void> {
  const gone = new Set(ids)
  const count = ids.length === 1 ? '1 row' : `${ids.length.toLocaleString('en-US')} rows`
  const show = (rows: DataRow[]) => rows.filter(row => !gone.has(row.id))
  const removed = await change(
    datasetId,
    { kind: 'remove', rows: ids },
    { label: `Remove ${count}`, show, failure: 'The rows were not removed' },
  )
  if (removed === undefined) return
  const { activeRowId } = sessionStore.getState()
  if (activeRowId !== undefined && gone.has(activeRowId)) {
    setActiveRow(undefined)
    await ensureActiveRow()
  }
  // Nothing to put back: another tab had removed them before.
  const { step } = removed
  if (step === undefined) return
  notify({ title: `Removed ${count}`, tone: 'neutral', action: { label: 'Put back', run: () => void undoStep(step) } })
}

export async function renameDataset(dataset: Pick<DatasetMeta, 'id' | 'name'>, name: string): Promise<void> {
  await change(
    dataset.id,
    { kind: 'rename', from: dataset.name, to: name },
    { label: 'Rename dataset', show: rows => rows, failure: 'The dataset was not renamed' },
  )
}

/** Gives the project no dataset; the rows stay stored. */
export async function detachDataset(): Promise<void> {
  if (currentProject().datasetId !== undefined) await setDataset(undefined)
}

/**
 * Stores an edit and returns the step that takes it back, without one where all was as the edit wants it. Undefined where it could not be
 * stored: the user has been told.
 */
async function change(
  datasetId: string,
  edit: DatasetEdit,
  { label, show, failure }: { readonly label: string; readonly show: (rows: DataRow[]) => DataRow[]; readonly failure: string },
): Promise<{ readonly step: NamedStep | undefined } | undefined> {
  const key = queryKeys.datasetRows(datasetId)
  const store = async (): Promise<DatasetEdit | undefined> => {
    await queryClient.cancelQueries({ queryKey: key })
    queryClient.setQueryData<DataRow[]>(key, rows => rows && show(rows))
    return editDataset(datasetId, edit)
  }
  try {
    return { step: await editRows(label, datasetId, store) }
  } catch (error) {
    // The table shows again what is stored, with the edits that came after this one.
    void queryClient.invalidateQueries({ queryKey: key })
    notifyError(failure, error)
    return undefined
  }
}

function emptyCell(column: Column): Json {
  return column.type === 'str' ? '' : null
}
