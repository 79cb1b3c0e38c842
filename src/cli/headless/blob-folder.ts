import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blobRefsIn } from '@/engine/blobs/blob-ref'
import { blobRefOf, isWhole, type BlobStore } from '@/engine/blobs/blob-store'
import { writeWhole } from './write-whole'

/** Files in a folder, each under the hash of its bytes. The folder is made when the first one comes. */
export function blobFolder(folder: string): BlobStore {
  const pathOf = (hash: string): string => join(folder, hash)
  const get: BlobStore['get'] = async ref => {
    const path = pathOf(ref.$blob)
    const bytes = existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined
    return bytes && isWhole(ref, bytes) ? bytes : undefined
  }
  return {
    get,
    async put(bytes, mime) {
      const ref = blobRefOf(bytes, mime)
      if (await get(ref)) return ref
      mkdirSync(folder, { recursive: true })
      writeWhole(pathOf(ref.$blob), bytes)
      return ref
    },
  }
}

/** Copies the files that values name to another store; what it has already stays. */
export async function copyBlobs(from: Pick<BlobStore, 'get'>, to: BlobStore, ...values: readonly unknown[]): Promise<void> {
  for (const ref of blobRefsIn(...values)) {
    const bytes = await from.get(ref)
    if (bytes) await to.put(bytes, ref.mime)
  }
}
