import { EngineError } from '@/engine/base/errors'
import type { DataRow, DatasetMeta } from '@/engine/project/project'
import { announce } from './change-notices'
import { noteDamage, recordsIn } from './checked-records'
import { cutRows } from './chunks'
import { read, write, type WriteTransaction } from './db'
import { belongingTo } from './key-ranges'
import { damagedRows, isRow } from './record-readers'
import type { DatasetChunk, StoredDataset } from './schema'
import { changeOwnedBlobs, disownBlobs, keepDropped, withBlobStores } from './blob-owners'
import { systemClock } from '@/lib/system-clock'

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
      await write(withBlobStores(['datasetChunks']), 'relaxed', async transaction => {
        if (chunkSizes.length === 0) await deleteChunks(transaction, meta.id)
        for (const chunk of cutRows(rows)) {
          await putChunk(transaction, { datasetId: meta.id, index: chunkSizes.length, rows: chunk })
          chunkSizes.push(chunk.length)
        }
      })
      rowCount += rows.length
    },
    async finish(): Promise<DatasetMeta> {
      const dataset: StoredDataset = { ...meta, rowCount, chunkSizes }
      await write(withBlobStores(['datasets', 'datasetChunks']), 'strict', async transaction => {
        if (chunkSizes.length === 0) await deleteChunks(transaction, meta.id)
        await transaction.objectStore('datasets').put(dataset)
      })
      announce('datasets', meta.id)
      return dataset
    },
    discard: () => write(withBlobStores(['datasetChunks']), 'relaxed', transaction => deleteChunks(transaction, meta.id)),
  }
}

/** A row with the row it stands behind; null for the first one. */
export interface PlacedRow {
  readonly row: DataRow
  readonly after: string | null
}

/** What to do to some rows of a dataset: `put` replaces rows by their id, `append` adds at the end, `remove` takes out. */
export interface RowChanges {
  readonly put?: readonly DataRow[]
  /** Rows behind the one that is named, null for the beginning. Where that one is not found they come at the end. */
  readonly insert?: readonly PlacedRow[]
  readonly append?: readonly DataRow[]
  readonly remove?: readonly string[]
}

/** Changes rows within a transaction over the stores of datasets and files; only the chunks that hold them are written. */
export async function changeRowsIn(
  transaction: WriteTransaction,
  stored: StoredDataset,
  changes: RowChanges,
  now: number,
): Promise<StoredDataset> {
  const sizes = [...stored.chunkSizes]
  const { dropped, unplaced, overfull } = await rewriteChunks(transaction, stored.id, sizes, changes)
  const cut = overfull === undefined ? [] : await cutFrom(transaction, stored.id, sizes, overfull)
  const appended = await appendRows(transaction, stored.id, sizes, [...unplaced, ...(changes.append ?? [])])
  await keepDropped(transaction, [...dropped, ...cut, ...appended], now)
  const next: StoredDataset = { ...stored, chunkSizes: sizes, rowCount: sizes.reduce((sum, size) => sum + size, 0), updatedAt: now }
  await transaction.objectStore('datasets').put(next)
  return next
}

export async function deleteDataset(id: string): Promise<void> {
  await write(withBlobStores(['datasets', 'datasetChunks']), 'strict', async transaction => {
    await transaction.objectStore('datasets').delete(id)
    await deleteChunks(transaction, id)
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

interface Rewritten {
  /** Files that are named no more. */
  readonly dropped: readonly string[]
  /** Rows whose place was not found. */
  readonly unplaced: readonly DataRow[]
  /** The first chunk that took in more rows than one may hold. */
  readonly overfull: number | undefined
}

async function rewriteChunks(transaction: WriteTransaction, id: string, sizes: number[], changes: RowChanges): Promise<Rewritten> {
  const put = new Map((changes.put ?? []).map(row => [row.id, row]))
  const remove = new Set(changes.remove ?? [])
  const insert = Map.groupBy(changes.insert ?? [], ({ after }) => after)
  const dropped: string[] = []
  let overfull: number | undefined
  for (let index = 0; index < sizes.length && put.size + remove.size + insert.size > 0; index += 1) {
    const chunk = await recordsIn(transaction).get('datasetChunks', [id, index])
    if (!chunk) continue
    const behind = (anchor: string | null): readonly DataRow[] => {
      const rows = insert.get(anchor)?.map(({ row }) => row) ?? []
      insert.delete(anchor)
      return rows
    }
    let isTouched = index === 0 && insert.has(null)
    const first = index === 0 ? behind(null) : []
    // What cannot be read stays in its place.
    const rest = chunk.rows.flatMap(row => {
      if (!isRow(row)) return [row]
      isTouched ||= put.has(row.id) || remove.has(row.id) || insert.has(row.id)
      const next = remove.delete(row.id) ? [] : [put.get(row.id) ?? row]
      put.delete(row.id)
      return [...next, ...behind(row.id)]
    })
    if (!isTouched) continue
    const rows = [...first, ...rest]
    dropped.push(...(await putChunk(transaction, { ...chunk, rows })))
    sizes[index] = rows.length
    if (rows.length > chunk.rows.length && cutRows(rows).length > 1) overfull ??= index
  }
  return { dropped, unplaced: [...insert.values()].flat().map(({ row }) => row), overfull }
}

/** Cuts the rows from a chunk on into chunks again. One behind it that cannot be read keeps its place, and so does all the rest then. */
async function cutFrom(transaction: WriteTransaction, id: string, sizes: number[], from: number): Promise<readonly string[]> {
  const rows: DatasetChunk['rows'][number][] = []
  for (let index = from; index < sizes.length; index += 1) {
    const chunk = await recordsIn(transaction).get('datasetChunks', [id, index])
    if (!chunk) return []
    for (const row of chunk.rows) rows.push(row)
  }
  const dropped: string[] = []
  sizes.length = from
  for (const chunk of cutRows(rows)) {
    dropped.push(...(await putChunk(transaction, { datasetId: id, index: sizes.length, rows: chunk })))
    sizes.push(chunk.length)
  }
  return dropped
}

async function appendRows(
  transaction: WriteTransaction,
  id: string,
  sizes: number[],
  rows: readonly DataRow[],
): Promise<readonly string[]> {
  if (rows.length === 0) return []
  const dropped: string[] = []
  const last = sizes.length - 1
  const tail = last < 0 ? undefined : await recordsIn(transaction).get('datasetChunks', [id, last])
  if (tail) sizes.pop()
  for (const chunk of cutRows([...(tail?.rows ?? []), ...rows])) {
    dropped.push(...(await putChunk(transaction, { datasetId: id, index: sizes.length, rows: chunk })))
    sizes.push(chunk.length)
  }
  return dropped
}

/** Returns the files that the chunk no longer names. */
async function putChunk(transaction: WriteTransaction, chunk: DatasetChunk): Promise<readonly string[]> {
  await transaction.objectStore('datasetChunks').put(chunk)
  return changeOwnedBlobs(transaction, { store: 'datasetChunks', key: [chunk.datasetId, chunk.index] }, chunk.rows)
}

/** For use inside a larger transaction over datasetChunks and the stores of files. */
export async function deleteChunks(transaction: WriteTransaction, id: string): Promise<void> {
  await transaction.objectStore('datasetChunks').delete(belongingTo(id))
  await disownBlobs(transaction, { store: 'datasetChunks', key: [id] })
}

/** Takes the damaged rows of a chunk away, or the chunk where it cannot be read at all. */
export async function dropDamagedRows(id: string, index: number): Promise<void> {
  await write(withBlobStores(['datasets', 'datasetChunks']), 'strict', async transaction => {
    const records = recordsIn(transaction)
    const [stored, chunk] = [await records.get('datasets', id), await records.get('datasetChunks', [id, index])]
    const rows = chunk?.rows.filter(isRow) ?? []
    const dropped = await putChunk(transaction, { datasetId: id, index, rows })
    await keepDropped(transaction, dropped, systemClock.date())
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
