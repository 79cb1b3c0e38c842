import type { BlobRef } from '@/engine/blobs/blob-ref'
import { checkBlobSize } from '@/engine/blobs/blob-store'
import { takeImage } from '@/engine/blobs/take-image'
import type { ColumnId, DataRow } from '@/engine/project/project'
import { settleBlobs, storedBlobs } from '@/storage/blobs'
import { setCell } from './dataset-commands'

/**
 * Stores an image: a file, or what an address leads to. Throws with a sentence to show. The image is kept for a day where no row, demo or
 * run comes to name it.
 */
export async function storeImage(given: Blob | string): Promise<BlobRef> {
  const options = { store: storedBlobs, fetch: (url: string) => fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' }) }
  if (typeof given === 'string') return takeImage(given, options)
  checkBlobSize(given.size, given instanceof File ? `"${given.name}"` : 'This image')
  return takeImage(new Uint8Array(await given.arrayBuffer()), options)
}

/** Stores an image as the value of a cell. */
export async function setImageCell(
  datasetId: string,
  row: DataRow,
  { column, given }: { readonly column: ColumnId; readonly given: Blob | string },
): Promise<void> {
  const ref = await storeImage(given)
  try {
    await setCell(datasetId, row, { column, value: ref })
  } finally {
    await settleBlobs([ref])
  }
}
