import type { BlobRef } from '@/engine/blobs/blob-ref'
import { getBlob, sweepBlobs } from '@/storage/blobs'
import { onChange } from '@/storage/change-notices'
import { notify } from './session/notices'
import { invalidate, queryKeys } from './session/query-client'

/** A file to show or to save; undefined where it is missing or damaged. */
export async function loadBlob(ref: BlobRef): Promise<Blob | undefined> {
  const bytes = await getBlob(ref)
  return bytes && new Blob([bytes], { type: ref.mime })
}

/** Tells when files turn out to be missing or damaged, and deletes those that nobody needs any more. */
export function watchBlobs(): void {
  let told = false
  onChange(({ store, id }) => {
    if (store === 'blobs') invalidate(queryKeys.storageInfo())
    if (store !== 'quarantine' || !id.startsWith('blobs:')) return
    invalidate(queryKeys.storageInfo())
    if (told) return
    told = true
    setTimeout(() => (told = false), quietMs)
    notify({
      title: 'A file is missing or damaged',
      detail:
        'An image or file that is named here is not stored whole in this browser. Choose it again, or restore a backup that holds it.',
      tone: 'warn',
    })
  })
  // What cannot be tidied now is tidied at the next start.
  sweepBlobs().catch(() => undefined)
}

/** Thirty of them are one piece of news. */
const quietMs = 10_000
