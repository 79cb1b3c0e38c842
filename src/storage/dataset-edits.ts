import type { Json } from '@/lib/json'
import { isSameJson } from '@/lib/three-way-merge'
import { EngineError } from '@/engine/base/errors'
import type { ColumnId, DataRow } from '@/engine/project/project'
import { systemClock } from '@/lib/system-clock'
import { withBlobStores } from './blob-owners'
import { announce } from './change-notices'
import { recordsIn } from './checked-records'
import { changeRowsIn, type PlacedRow } from './datasets'
import { write, type WriteTransaction } from './db'
import { isRow } from './record-readers'
import type { StoredDataset } from './schema'

/** One edit of a dataset by hand. A cell and a name say what they replace, so that the work of another tab is never overwritten unseen. */
export type DatasetEdit =
  | { readonly kind: 'cell'; readonly row: string; readonly column: ColumnId; readonly from: Json; readonly to: Json }
  | { readonly kind: 'cells'; readonly column: ColumnId; readonly cells: readonly CellChange[] }
  | { readonly kind: 'append'; readonly rows: readonly DataRow[] }
  | { readonly kind: 'add'; readonly rows: readonly PlacedRow[] }
  | { readonly kind: 'remove'; readonly rows: readonly string[] }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }

/** One cell of several that change together. */
export interface CellChange {
  readonly row: string
  readonly from: Json
  readonly to: Json
}

/**
 * Applies the edit in one transaction and returns the edit that takes it back; undefined where all is as the edit wants it already. Throws
 * `storage-failed` with the reason `changed-elsewhere` where it does not fit any more.
 */
export async function editDataset(id: string, edit: DatasetEdit, now: number = systemClock.date()): Promise<DatasetEdit | undefined> {
  const back = await write(withBlobStores(['datasets', 'datasetChunks']), 'strict', async transaction => {
    const stored = await recordsIn(transaction).get('datasets', id)
    if (!stored) throw misfit('This dataset is no longer stored in this browser.')
    return apply(transaction, stored, edit, now)
  })
  if (back !== undefined) announce('datasets', id)
  return back
}

async function apply(
  transaction: WriteTransaction,
  stored: StoredDataset,
  edit: DatasetEdit,
  now: number,
): Promise<DatasetEdit | undefined> {
  switch (edit.kind) {
    case 'rename': {
      if (stored.name === edit.to) return undefined
      if (stored.name !== edit.from) throw misfit(`The dataset is called “${stored.name}” by now.`)
      await transaction.objectStore('datasets').put({ ...stored, name: edit.to, updatedAt: now })
      return { ...edit, from: edit.to, to: edit.from }
    }
    case 'cell': {
      const row = await rowIn(transaction, stored, edit.row)
      if (row === undefined) throw misfit('The row is gone by now.')
      // A cell that was never filled has no value of its own.
      const current = row.cells[edit.column] ?? null
      if (isSameJson(current, edit.to)) return undefined
      if (!isSameJson(current, edit.from)) throw misfit('The cell holds something else by now.')
      await changeRowsIn(transaction, stored, { put: [{ ...row, cells: { ...row.cells, [edit.column]: edit.to } }] }, now)
      return { ...edit, from: edit.to, to: edit.from }
    }
    case 'cells': {
      const { column, cells } = edit
      const wanted = new Map(cells.map(cell => [cell.row, cell]))
      const found = await placedRows(transaction, stored, new Set(wanted.keys()))
      if (found.length < wanted.size) throw misfit('One of the rows is gone by now.')
      const put = found.flatMap(({ row }) => {
        const { from, to } = wanted.get(row.id) ?? { from: null, to: null }
        const current = row.cells[column] ?? null
        if (isSameJson(current, to)) return []
        if (!isSameJson(current, from)) throw misfit('One of the cells holds something else by now.')
        return [{ ...row, cells: { ...row.cells, [column]: to } }]
      })
      if (put.length === 0) return undefined
      await changeRowsIn(transaction, stored, { put }, now)
      return { ...edit, cells: cells.map(({ row, from, to }) => ({ row, from: to, to: from })) }
    }
    case 'append': {
      await changeRowsIn(transaction, stored, { append: edit.rows }, now)
      return { kind: 'remove', rows: edit.rows.map(({ id }) => id) }
    }
    case 'add': {
      // A backup may have brought some of them back.
      const known = await placedRows(transaction, stored, new Set(edit.rows.map(({ row }) => row.id)))
      const there = new Set(known.map(({ row }) => row.id))
      const rows = edit.rows.filter(({ row }) => !there.has(row.id))
      if (rows.length === 0) return undefined
      await changeRowsIn(transaction, stored, { insert: rows }, now)
      return { kind: 'remove', rows: rows.map(({ row }) => row.id) }
    }
    case 'remove': {
      const removed = await placedRows(transaction, stored, new Set(edit.rows))
      if (removed.length === 0) return undefined
      await changeRowsIn(transaction, stored, { remove: edit.rows }, now)
      return { kind: 'add', rows: removed }
    }
    default: {
      const never: never = edit
      return never
    }
  }
}

async function rowIn(transaction: WriteTransaction, stored: StoredDataset, id: string): Promise<DataRow | undefined> {
  for (const index of stored.chunkSizes.keys()) {
    const chunk = await recordsIn(transaction).get('datasetChunks', [stored.id, index])
    const row = chunk?.rows.find(each => isRow(each) && each.id === id)
    if (row !== undefined) return row
  }
  return undefined
}

/** The rows as they are, each with the one before it that stays. */
async function placedRows(transaction: WriteTransaction, stored: StoredDataset, ids: ReadonlySet<string>): Promise<readonly PlacedRow[]> {
  const placed: PlacedRow[] = []
  let after: string | null = null
  for (const index of stored.chunkSizes.keys()) {
    if (placed.length === ids.size) break
    const chunk = await recordsIn(transaction).get('datasetChunks', [stored.id, index])
    for (const row of chunk?.rows ?? []) {
      if (!isRow(row)) continue
      if (ids.has(row.id)) placed.push({ row, after })
      else after = row.id
    }
  }
  return placed
}

function misfit(reason: string): EngineError {
  return new EngineError('storage-failed', `${reason} Nothing was changed.`, { reason: 'changed-elsewhere' })
}
