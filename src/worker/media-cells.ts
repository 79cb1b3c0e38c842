import type { BlobRef } from '@/engine/blobs/blob-ref'
import type { MediaKind } from '@/engine/blobs/media'
import { isSentByAddress, takeInlineMedia, takeMediaCell } from '@/engine/blobs/take-media'
import { isEngineError } from '@/engine/base/errors'
import type { ColumnId, DataRow } from '@/engine/project/project'
import { convertCell } from '@/lib/cell-types'
import { workPool } from '@/lib/work-pool'
import type { Json } from '@/lib/json'
import { settleBlobs, storedBlobs } from '@/storage/blobs'

export interface MediaCells {
  /** The rows with the files of their columns of files stored. */
  take(rows: readonly DataRow[]): Promise<readonly DataRow[]>
  readonly report: {
    /** How many cells hold something that is no such file or could not be had, and why for the first of them. */
    readonly badFiles: number
    readonly badFile?: string
    /** Images that stay at their addresses. */
    readonly linked: number
  }
  /** To be called when the rows are written, or will not be. */
  settle(): Promise<void>
}

/**
 * Takes the files out of rows that come in: `data:` URLs and addresses on the web in `columns` of files, `data:` URLs in the lists and objects
 * of `jsonColumns`.
 */
export function createMediaCells(
  columns: readonly { readonly column: ColumnId; readonly kind: MediaKind }[],
  jsonColumns: readonly ColumnId[] = [],
): MediaCells {
  const taken: BlobRef[] = []
  let badFiles = 0
  let badFile: string | undefined
  let linked = 0
  const options = {
    store: {
      async put(bytes: Uint8Array<ArrayBuffer>, mime: string) {
        const ref = await storedBlobs.put(bytes, mime)
        taken.push(ref)
        return ref
      },
    },
    fetch: (url: string) => fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' }),
  }

  async function cellOf(kind: MediaKind, cell: Json): Promise<Json> {
    try {
      return await takeMediaCell(kind, cell, options)
    } catch (error) {
      if (!isEngineError(error, 'data-invalid')) throw error
      // A browser tells a page nothing of an address that it may not read: the provider may read it all the same.
      if (isSentByAddress(kind, cell) && error.cause instanceof TypeError) {
        linked += 1
        return cell
      }
      badFiles += 1
      badFile ??= error.message
      return cell
    }
  }

  /** A list from a text file stands there as its text; it becomes a list where files are in it. */
  async function jsonCellOf(cell: Json): Promise<Json> {
    const isText = typeof cell === 'string'
    if (isText && !cell.includes(';base64,')) return cell
    const value = isText ? convertCell(cell, 'json') : cell
    const taken = await takeInlineMedia(value, options, words => {
      badFiles += 1
      badFile ??= words
    })
    return taken === value ? cell : taken
  }

  async function rowOf(row: DataRow): Promise<DataRow> {
    const cells: Record<ColumnId, Json> = { ...row.cells }
    for (const column of jsonColumns) cells[column] = await jsonCellOf(cells[column] ?? null)
    for (const { column, kind } of columns) cells[column] = await cellOf(kind, cells[column] ?? null)
    return { ...row, cells }
  }

  return {
    take: async rows => (columns.length + jsonColumns.length === 0 ? rows : workPool(() => 6).map(rows, rowOf)),
    get report() {
      return { badFiles, linked, ...(badFile !== undefined && { badFile }) }
    },
    settle: () => settleBlobs(taken),
  }
}
