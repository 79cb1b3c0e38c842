import type { BlobRef } from '@/engine/blobs/blob-ref'
import { checkBlobSize } from '@/engine/blobs/blob-store'
import { onUse } from '@/lib/on-use'
import { storedBlobs } from '@/storage/blobs'

const images = onUse(() => import('@/engine/blobs/take-image'))

/**
 * Stores an image: a file, or what an address leads to. Throws with a sentence to show. The image is kept for a day where no row, demo or
 * run comes to name it.
 */
export async function storeImage(given: Blob | string): Promise<BlobRef> {
  const options = { store: storedBlobs, fetch: (url: string) => fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' }) }
  const { takeImage } = await images()
  if (typeof given === 'string') return takeImage(given, options)
  checkBlobSize(given.size, given instanceof File ? `"${given.name}"` : 'This image')
  return takeImage(new Uint8Array(await given.arrayBuffer()), options)
}
