import type { BlobRef } from '@/engine/blobs/blob-ref'
import { takeImageCell } from '@/engine/blobs/take-image'
import { isEngineError } from '@/engine/base/errors'
import type { ColumnId, DataRow } from '@/engine/project/project'
import { workPool } from '@/lib/work-pool'
import type { Json } from '@/lib/json'
import { settleBlobs, storedBlobs } from '@/storage/blobs'

export interface ImageCells {
  /** The rows with the images of their image columns stored. */
  take(rows: readonly DataRow[]): Promise<readonly DataRow[]>
  /** How many cells hold something that is not an image or could not be had, and why for the first of them. */
  readonly report: { readonly badImages: number; readonly badImage?: string }
  /** To be called when the rows are written, or will not be. */
  settle(): Promise<void>
}

/** Takes the images out of rows that come in: `data:` URLs and addresses on the web. */
export function createImageCells(columns: readonly ColumnId[]): ImageCells {
  const taken: BlobRef[] = []
  let badImages = 0
  let badImage: string | undefined
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

  async function cellOf(cell: Json): Promise<Json> {
    try {
      return await takeImageCell(cell, options)
    } catch (error) {
      if (!isEngineError(error, 'data-invalid')) throw error
      badImages += 1
      badImage ??= error.message
      return cell
    }
  }

  async function rowOf(row: DataRow): Promise<DataRow> {
    const cells: Record<ColumnId, Json> = { ...row.cells }
    for (const column of columns) cells[column] = await cellOf(cells[column] ?? null)
    return { ...row, cells }
  }

  return {
    take: async rows => (columns.length === 0 ? rows : workPool(() => 6).map(rows, rowOf)),
    get report() {
      return { badImages, ...(badImage !== undefined && { badImage }) }
    },
    settle: () => settleBlobs(taken),
  }
}
