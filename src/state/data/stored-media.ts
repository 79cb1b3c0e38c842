import type { FileRef } from '@/engine/blobs/blob-ref'
import { checkBlobSize } from '@/engine/blobs/blob-store'
import type { MediaKind } from '@/engine/blobs/media'
import { onUse } from '@/lib/on-use'
import { storedBlobs } from '@/storage/blobs'

const taking = onUse(() => import('@/engine/blobs/take-media'))

/**
 * Stores an image, a recording or another file: a file of this computer, or what an address leads to. Throws with a sentence to show. What
 * is stored is kept for a day where no row, demo or run comes to name it.
 */
export async function storeMedia(kind: MediaKind, given: Blob | string): Promise<FileRef> {
  const options = { store: storedBlobs, fetch: (url: string) => fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' }) }
  const { takeMedia } = await taking()
  if (typeof given === 'string') return takeMedia(kind, given, options)
  const name = given instanceof File ? given.name : undefined
  checkBlobSize(given.size, name === undefined ? 'This file' : `"${name}"`)
  const named = { mime: given.type, ...(name !== undefined && { name }) }
  return takeMedia(kind, new Uint8Array(await given.arrayBuffer()), { ...options, named })
}
