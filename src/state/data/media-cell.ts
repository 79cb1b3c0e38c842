import { isBlobRef } from '@/engine/blobs/blob-ref'
import type { MediaKind } from '@/engine/blobs/media'
import type { ColumnId, DataRow } from '@/engine/project/project'
import { settleBlobs } from '@/storage/blobs'
import { setCell } from './dataset-commands'
import { storeMedia } from './stored-media'

/** Stores an image, a recording or a file as the value of a cell. */
export async function setMediaCell(
  datasetId: string,
  row: DataRow,
  { column, kind, given }: { readonly column: ColumnId; readonly kind: MediaKind; readonly given: Blob | string },
): Promise<void> {
  const ref = await storeMedia(kind, given)
  try {
    await setCell(datasetId, row, { column, value: ref })
  } finally {
    await settleBlobs(isBlobRef(ref) ? [ref] : [])
  }
}
