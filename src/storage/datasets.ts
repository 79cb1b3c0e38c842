import { EngineError } from '@/engine/base/errors'
import type { DataRow, DatasetMeta } from '@/engine/project/project'
import { announce } from './change-notices'
import { cutRows } from './chunks'
import { read, write, type WriteTransaction } from './db'
import { belongingTo } from './key-ranges'
import { checked, checkedAll, keyField } from './quarantine'
import { datasetChunkSchema, storedDatasetSchema } from './record-schemas'
import type { StoredDataset } from './schema'

export async function listDatasets(): Promise<DatasetMeta[]> {
  const values = await read(['datasets'], transaction => transaction.objectStore('datasets').getAll())
  return checkedAll('datasets', storedDatasetSchema, values, value => keyField(value, 'id'))
}

export async function getDataset(id: string): Promise<DatasetMeta | undefined> {
  return getStored(id)
}

/** Rows `start` up to `start + count` in their order; all of them when no range is given. */
export async function readRows(id: string, range: { readonly start?: number; readonly count?: number } = {}): Promise<DataRow[]> {
  const dataset = await getStored(id)
  if (!dataset) throw notFound(id)
  const start = range.start ?? 0
  const end = start + (range.count ?? dataset.rowCount)
  const wanted = chunksBetween(dataset.chunkSizes, start, end)
  if (!wanted) return []
  const values = await read(['datasetChunks'], transaction =>
    transaction.objectStore('datasetChunks').getAll(IDBKeyRange.bound([id, wanted.first], [id, wanted.last])),
  )
  const chunks = await checkedAll('datasetChunks', datasetChunkSchema, values, value => [id, keyField(value, 'index')])
  return chunks.flatMap(chunk => chunk.rows).slice(start - wanted.offset, end - wanted.offset)
}

/** Writes a dataset with all its rows, in place of what was there. */
export async function putDataset(meta: Omit<DatasetMeta, 'rowCount'>, rows: readonly DataRow[]): Promise<DatasetMeta> {
  const writer = datasetWriter(meta)
  for (const chunk of cutRows(rows)) await writer.append(chunk)
  return writer.finish()
}

/**
 * Writes a dataset piece by piece. Until `finish` nothing of it is seen; `discard` removes what was written. The old rows of an
 * existing dataset go when the first piece comes, so give a new dataset a new id.
 */
export function datasetWriter(meta: Omit<DatasetMeta, 'rowCount'>) {
  const chunkSizes: number[] = []
  let rowCount = 0
  return {
    async append(rows: readonly DataRow[]): Promise<void> {
      await write(['datasetChunks'], 'relaxed', async transaction => {
        const store = transaction.objectStore('datasetChunks')
        if (chunkSizes.length === 0) await store.delete(belongingTo(meta.id))
        for (const chunk of cutRows(rows)) {
          await store.put({ datasetId: meta.id, index: chunkSizes.length, rows: chunk })
          chunkSizes.push(chunk.length)
        }
      })
      rowCount += rows.length
    },
    async finish(): Promise<DatasetMeta> {
      const dataset: StoredDataset = { ...meta, rowCount, chunkSizes }
      await write(['datasets', 'datasetChunks'], 'strict', async transaction => {
        if (chunkSizes.length === 0) await transaction.objectStore('datasetChunks').delete(belongingTo(meta.id))
        await transaction.objectStore('datasets').put(dataset)
      })
      announce('datasets', meta.id)
      return dataset
    },
    discard: () =>
      write(['datasetChunks'], 'relaxed', transaction => transaction.objectStore('datasetChunks').delete(belongingTo(meta.id))),
  }
}

/** What to do to some rows of a dataset: `put` replaces rows by their id, `append` adds at the end, `remove` takes out. */
export interface RowChanges {
  readonly put?: readonly DataRow[]
  readonly append?: readonly DataRow[]
  readonly remove?: readonly string[]
}

/** Changes rows in one transaction; only the chunks that hold them are written. */
export async function changeRows(id: string, changes: RowChanges, now: number = Date.now()): Promise<DatasetMeta> {
  const changed = await write(['datasets', 'datasetChunks'], 'strict', async transaction => {
    const stored = await transaction.objectStore('datasets').get(id)
    if (!stored) throw notFound(id)
    const sizes = [...stored.chunkSizes]
    await rewriteChunks(transaction, id, sizes, changes)
    await appendRows(transaction, id, sizes, changes.append ?? [])
    const next: StoredDataset = { ...stored, chunkSizes: sizes, rowCount: sizes.reduce((sum, size) => sum + size, 0), updatedAt: now }
    await transaction.objectStore('datasets').put(next)
    return next
  })
  announce('datasets', id)
  return changed
}

/** Renames a dataset or changes its columns; the rows stay as they are. */
export async function putDatasetMeta(
  id: string,
  patch: Partial<Pick<DatasetMeta, 'name' | 'columns'>>,
  now: number = Date.now(),
): Promise<void> {
  await write(['datasets'], 'strict', async transaction => {
    const stored = await transaction.objectStore('datasets').get(id)
    if (!stored) throw notFound(id)
    await transaction.objectStore('datasets').put({ ...stored, ...patch, updatedAt: now })
  })
  announce('datasets', id)
}

export async function deleteDataset(id: string): Promise<void> {
  await write(['datasets', 'datasetChunks'], 'strict', async transaction => {
    await transaction.objectStore('datasets').delete(id)
    await transaction.objectStore('datasetChunks').delete(belongingTo(id))
  })
  announce('datasets', id)
}

async function getStored(id: string): Promise<StoredDataset | undefined> {
  const value = await read(['datasets'], transaction => transaction.objectStore('datasets').get(id))
  return checked('datasets', id, storedDatasetSchema, value)
}

async function rewriteChunks(transaction: WriteTransaction, id: string, sizes: number[], changes: RowChanges): Promise<void> {
  const put = new Map((changes.put ?? []).map(row => [row.id, row]))
  const remove = new Set(changes.remove ?? [])
  let left = put.size + remove.size
  const store = transaction.objectStore('datasetChunks')
  for (let index = 0; index < sizes.length && left > 0; index += 1) {
    const chunk = await store.get([id, index])
    const touched = chunk?.rows.filter(row => put.has(row.id) || remove.has(row.id)).length ?? 0
    if (!chunk || touched === 0) continue
    const rows = chunk.rows.filter(row => !remove.has(row.id)).map(row => put.get(row.id) ?? row)
    await store.put({ ...chunk, rows })
    sizes[index] = rows.length
    left -= touched
  }
}

async function appendRows(transaction: WriteTransaction, id: string, sizes: number[], rows: readonly DataRow[]): Promise<void> {
  if (rows.length === 0) return
  const store = transaction.objectStore('datasetChunks')
  const last = sizes.length - 1
  const tail = last < 0 ? undefined : await store.get([id, last])
  if (tail) sizes.pop()
  for (const chunk of cutRows([...(tail?.rows ?? []), ...rows])) {
    await store.put({ datasetId: id, index: sizes.length, rows: chunk })
    sizes.push(chunk.length)
  }
}

/** Which chunks hold the rows from `start` up to `end`, and which row the first of them begins with. */
function chunksBetween(sizes: readonly number[], start: number, end: number): { first: number; last: number; offset: number } | undefined {
  let first = -1
  let offset = 0
  let before = 0
  for (const [index, size] of sizes.entries()) {
    if (first < 0 && before + size > start) {
      first = index
      offset = before
    }
    before += size
    if (first >= 0 && before >= end) return end > start ? { first, last: index, offset } : undefined
  }
  return first < 0 ? undefined : { first, last: sizes.length - 1, offset }
}

function notFound(id: string): EngineError {
  return new EngineError('not-found', 'This dataset is no longer stored in this browser. Choose another one, or import the file again.', {
    id,
  })
}
