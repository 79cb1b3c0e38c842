import type { BlobRef } from '@/engine/blobs/blob-ref'
import { getBlob, sweepBlobs } from '@/storage/blobs'
import { onChange } from '@/storage/change-notices'
import { invalidate, queryKeys } from './session/query-client'

/**
 * A file to show or to save; undefined where it is missing or damaged. Whoever made the file of a project chose its type: what is no image and no recording is bytes, so
 * that its address opens nothing in a tab of the studio's own origin.
 */
export async function loadBlob(ref: BlobRef): Promise<Blob | undefined> {
  const bytes = await getBlob(ref)
  return bytes && new Blob([bytes], { type: /^(?:image|audio)\//.test(ref.mime) ? ref.mime : 'application/octet-stream' })
}

/** Keeps what the storage panel says of files up to date, and deletes those that nobody needs any more. What is damaged, `watchDamage` tells. */
export function watchBlobs(): void {
  onChange(({ store, id }) => {
    if (store === 'blobs' || (store === 'quarantine' && id?.startsWith('blobData:'))) invalidate(queryKeys.storageInfo())
  })
  // What cannot be tidied now is tidied at the next start.
  sweepBlobs().catch(() => undefined)
}
