import { EngineError } from '@/engine/base/errors'
import type { DataRow, DatasetMeta } from '@/engine/project/project'
import { announce } from './change-notices'
import { noteDamage, recordsIn } from './checked-records'
import { cutRows } from './chunks'
import { read, write, type WriteTransaction } from './db'
import { belongingTo } from './key-ranges'
import { damagedRows, isRow } from './record-readers'
import type { StoredDataset } from './schema'

export async function listDatasets(): Promise<DatasetMeta[]> {
  return read(['datasets'], transaction => recordsIn(transaction).getAll('datasets'))
}

/** Undefined where there is none. Throws `storage-failed` for one whose record is damaged. */
export async function getDataset(id: string): Promise<DatasetMeta | undefined> {
  return getStored(id)
}

/**
 * Rows `start` up to `start + count` in their order; all of them when no range is given. Rows that are damaged, or lie in a part that is,
 * are left out: fewer come then.
 */
export async function readRows(id: string, range: { readonly start?: number; readonly count?: number } = {}): Promise<DataRow[]> {
  const dataset = await getStored(id)
  if (!dataset) throw notFound(id)
  const start = range.start ?? 0
  const end = start + (range.count ?? dataset.rowCount)
  const wanted = chunksBetween(dataset.chunkSizes, start, end)
  if (!wanted) return []
  const chunks = await read(['datasetChunks'], transaction =>
    recordsIn(transaction).getAll('datasetChunks', IDBKeyRange.bound([id, wanted.first], [id, wanted.last])),
  )
  const before = startsOf(dataset.chunkSizes)
  return chunks.flatMap(chunk => {
    const damaged = new Set(damagedRows(chunk))
    if (damaged.size > 0) noteDamage('datasetChunks', [id, chunk.index], `rows: ${damaged.size} of ${chunk.rows.length} cannot be read`)
    const first = before[chunk.index] ?? 0
    return chunk.rows.filter((_, at) => !damaged.has(at) && first + at >= start && first + at < end)
  })
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
    const stored = await recordsIn(transaction).get('datasets', id)
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
    const stored = await recordsIn(transaction).get('datasets', id)
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
  const [isThere, dataset] = await read(['datasets'], transaction =>
    Promise.all([transaction.objectStore('datasets').count(id), recordsIn(transaction).get('datasets', id)]),
  )
  if (isThere > 0 && dataset === undefined) {
    throw new EngineError(
      'storage-failed',
      'The record of this dataset is damaged: its rows are there, but not what their columns are. Bring it back from a backup, or import the file again.',
      { reason: 'damaged', id },
    )
  }
  return dataset
}

async function rewriteChunks(transaction: WriteTransaction, id: string, sizes: number[], changes: RowChanges): Promise<void> {
  const put = new Map((changes.put ?? []).map(row => [row.id, row]))
  const remove = new Set(changes.remove ?? [])
  let left = put.size + remove.size
  const store = transaction.objectStore('datasetChunks')
  for (let index = 0; index < sizes.length && left > 0; index += 1) {
    const chunk = await recordsIn(transaction).get('datasetChunks', [id, index])
    // What cannot be read stays in its place.
    const touched = chunk?.rows.filter(row => isRow(row) && (put.has(row.id) || remove.has(row.id))).length ?? 0
    if (!chunk || touched === 0) continue
    const rows = chunk.rows.filter(row => !isRow(row) || !remove.has(row.id)).map(row => (isRow(row) && put.get(row.id)) || row)
    await store.put({ ...chunk, rows })
    sizes[index] = rows.length
    left -= touched
  }
}

async function appendRows(transaction: WriteTransaction, id: string, sizes: number[], rows: readonly DataRow[]): Promise<void> {
  if (rows.length === 0) return
  const store = transaction.objectStore('datasetChunks')
  const last = sizes.length - 1
  const tail = last < 0 ? undefined : await recordsIn(transaction).get('datasetChunks', [id, last])
  if (tail) sizes.pop()
  for (const chunk of cutRows([...(tail?.rows ?? []), ...rows])) {
    await store.put({ datasetId: id, index: sizes.length, rows: chunk })
    sizes.push(chunk.length)
  }
}

/** Takes the damaged rows of a chunk away, or the chunk where it cannot be read at all. */
export async function dropDamagedRows(id: string, index: number): Promise<void> {
  await write(['datasets', 'datasetChunks'], 'strict', async transaction => {
    const records = recordsIn(transaction)
    const [stored, chunk] = [await records.get('datasets', id), await records.get('datasetChunks', [id, index])]
    const rows = chunk?.rows.filter(isRow) ?? []
    await transaction.objectStore('datasetChunks').put({ datasetId: id, index, rows })
    if (!stored) return
    const chunkSizes = stored.chunkSizes.with(index, rows.length)
    await transaction.objectStore('datasets').put({ ...stored, chunkSizes, rowCount: chunkSizes.reduce((sum, size) => sum + size, 0) })
  })
  announce('datasets', id)
}

/** Which row each chunk begins with. */
function startsOf(sizes: readonly number[]): readonly number[] {
  let start = 0
  return sizes.map(size => (start += size) - size)
}

/** Which chunks hold the rows from `start` up to `end`. */
function chunksBetween(sizes: readonly number[], start: number, end: number): { first: number; last: number } | undefined {
  const starts = startsOf(sizes)
  const holding = [...sizes.keys()].filter(index => (starts[index] ?? 0) < end && (starts[index] ?? 0) + (sizes[index] ?? 0) > start)
  const [first, last] = [holding[0], holding.at(-1)]
  return first === undefined || last === undefined ? undefined : { first, last }
}

function notFound(id: string): EngineError {
  return new EngineError('not-found', 'This dataset is no longer stored in this browser. Choose another one, or import the file again.', {
    id,
  })
}
