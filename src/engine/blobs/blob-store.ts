import { formatBytes } from '@/lib/byte-size'
import { sha256OfBytes } from '@/lib/hash'
import { fileWords, mimePattern, type BlobRef } from './blob-ref'
import { EngineError } from '../base/errors'

/** Bytes by their sha-256. Each host brings its own: a database, a folder, memory. */
export interface BlobStore {
  /** Keeps bytes, once, however often they come. Throws as `blobRefOf` does. */
  put(bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<BlobRef>
  /** Undefined where they are not there, or are not those of their name any more. */
  get(ref: Pick<BlobRef, '$blob' | 'bytes'>): Promise<Uint8Array<ArrayBuffer> | undefined>
}

/** What providers take of one image, recording or file lies between 20 and 50 MB; a browser's storage is not for more. */
export const maxBlobBytes = 20_000_000

/** The name of bytes. Throws `data-invalid` for more of them than are kept, for none, and for a type that is none. */
export function blobRefOf(bytes: Uint8Array<ArrayBuffer>, mime: string): BlobRef {
  checkBlobSize(bytes.length)
  const type = mime.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!mimePattern.test(type)) throw new EngineError('data-invalid', `"${mime}" is not a file type, such as image/png.`, { mime })
  return { $blob: sha256OfBytes(bytes), mime: type, bytes: bytes.length }
}

/** As `blobRefOf`, before the bytes are read. */
export function checkBlobSize(size: number, name = 'This file'): void {
  if (size === 0) throw new EngineError('data-invalid', `${name} is empty. Choose another one.`, { bytes: 0 })
  if (size <= maxBlobBytes) return
  throw new EngineError(
    'data-invalid',
    `${name} has ${formatBytes(size)}; at most ${formatBytes(maxBlobBytes)} can be kept and sent. Make it smaller, then choose it again.`,
    { bytes: size, most: maxBlobBytes },
  )
}

/** True where the bytes are those that the reference names. */
export function isWhole({ $blob, bytes: size }: Pick<BlobRef, '$blob' | 'bytes'>, bytes: Uint8Array<ArrayBuffer>): boolean {
  return bytes.length === size && sha256OfBytes(bytes) === $blob
}

/** The bytes of a reference. Throws `blob-missing`. */
export async function readBlob(store: Pick<BlobStore, 'get'> | undefined, ref: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await store?.get(ref)
  if (bytes) return bytes
  throw new EngineError(
    'blob-missing',
    `A file that is asked for (${fileWords(ref)}) is not stored here, or is damaged. Choose it again, or restore a backup that holds it.`,
    { blob: ref.$blob, isRetryable: false },
  )
}

/** Blobs in memory, for what ends with its process. */
export function memoryBlobs(): BlobStore & { readonly size: number } {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()
  return {
    get size() {
      return kept.size
    },
    async put(bytes, mime) {
      const ref = blobRefOf(bytes, mime)
      if (!kept.has(ref.$blob)) kept.set(ref.$blob, bytes.slice())
      return ref
    },
    get: async ({ $blob }) => kept.get($blob),
  }
}
