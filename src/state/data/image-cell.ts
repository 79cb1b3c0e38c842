import type { ColumnId, DataRow } from '@/engine/project/project'
import { settleBlobs } from '@/storage/blobs'
import { setCell } from './dataset-commands'
import { storeImage } from './images'

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
