import { takeBlobs, type TakenBlobs } from '@/engine/blobs/blob-entry'
import type { BlobRef } from '@/engine/blobs/blob-ref'
import { blobRefOf, isWhole, type BlobStore } from '@/engine/blobs/blob-store'
import { announce } from './change-notices'
import { deleteUnlessNeeded, isOwned } from './blob-owners'
import { read, write } from './db'
import { quarantine, quarantineId } from './quarantine'
import { storedBlobDataSchema, storedBlobSchema } from './record-schemas'

/**
 * Stores a file, once, and claims it: until the claim is settled the file stays, whoever deletes what. Settle it when the record that
 * names the file is written, or will not be. A claim that nobody settles, because the tab was closed, ends after a day.
 */
export async function putBlob(bytes: Uint8Array<ArrayBuffer>, mime: string, now: number = Date.now()): Promise<BlobRef> {
  const ref = blobRefOf(bytes, mime)
  const hash = ref.$blob
  await write(['blobs', 'blobData', 'quarantine'], 'strict', async transaction => {
    const known = await transaction.objectStore('blobs').get(hash)
    const claims = (known?.claims ?? 0) + 1
    await transaction.objectStore('blobs').put({ hash, mime: known?.mime ?? ref.mime, bytes: ref.bytes, claims, claimedAt: now })
    // Also where it is known: what is stored may be damaged, and this is not.
    await transaction.objectStore('blobData').put({ hash, data: bytes })
    await transaction.objectStore('quarantine').delete(quarantineId('blobs', hash))
  })
  announce('blobs', hash)
  return ref
}

/** Ends the claims of as many `putBlob`. Files that nothing names then are deleted. */
export async function settleBlobs(refs: readonly BlobRef[]): Promise<void> {
  if (refs.length === 0) return
  await write(['blobs', 'blobData', 'blobOwners'], 'strict', async transaction => {
    for (const { $blob } of refs) {
      const blob = await transaction.objectStore('blobs').get($blob)
      if (!blob) continue
      const settled = { ...blob, claims: Math.max(0, blob.claims - 1) }
      if (!(await deleteUnlessNeeded(transaction, settled))) await transaction.objectStore('blobs').put(settled)
    }
  })
  announce('blobs', 'all')
}

/** The bytes of a file; undefined where they are missing or damaged, which is noted in `quarantine`. */
export async function getBlob({
  $blob: hash,
  bytes: size,
}: Pick<BlobRef, '$blob' | 'bytes'>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const value = await read(['blobData'], transaction => transaction.objectStore('blobData').get(hash))
  const stored = storedBlobDataSchema.safeParse(value)
  if (stored.success && isWhole({ $blob: hash, bytes: size }, stored.data.data)) return stored.data.data
  await quarantine(
    'blobs',
    hash,
    value === undefined ? 'file: is named by a record and is not here' : 'file: its bytes are not those that were stored',
  )
  return undefined
}

/** Stores the files that came inside another; claims them until `settleBlobs`. What is missing is noted. */
export function takeStoredBlobs(entries: unknown, ...values: readonly unknown[]): Promise<TakenBlobs> {
  return takeBlobs(storedBlobs, { entries, values })
}

/** What reads the files of requests. */
export const storedBlobs: BlobStore = { put: putBlob, get: getBlob }

/** How many files there are, about how large they are, and how many are known to be damaged or missing. */
export function blobStorageSize(): Promise<{ readonly count: number; readonly bytes: number; readonly damaged: number }> {
  return read(['blobs', 'quarantine'], async transaction => {
    const blobs = await transaction.objectStore('blobs').getAll()
    const damaged = await transaction.objectStore('quarantine').count(notedBlobs())
    return { count: blobs.length, bytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0), damaged }
  })
}

/**
 * Ends claims older than a day, deletes the files that only they kept, and forgets that files are missing which nobody names any more.
 * Call it when a page starts. What a live page has claimed is
 * younger, or has an owner by now.
 */
export async function sweepBlobs(now: number = Date.now()): Promise<number> {
  const isClean = await read(['blobs', 'quarantine'], async transaction => {
    const [blobs, noted] = await Promise.all([
      transaction.objectStore('blobs').getAll(),
      transaction.objectStore('quarantine').count(notedBlobs()),
    ])
    return noted === 0 && !blobs.some(isStale)
  })
  if (isClean) return 0
  return write(['blobs', 'blobData', 'blobOwners', 'quarantine'], 'strict', async transaction => {
    let deleted = 0
    for (const note of await transaction.objectStore('quarantine').getAll(notedBlobs())) {
      if (!(await isOwned(transaction, String(note.key)))) await transaction.objectStore('quarantine').delete(note.id)
    }
    for (const blob of await transaction.objectStore('blobs').getAll()) {
      if (!isStale(blob)) continue
      if (await deleteUnlessNeeded(transaction, { ...blob, claims: 0 })) deleted += 1
      else await transaction.objectStore('blobs').put({ ...blob, claims: 0 })
    }
    return deleted
  })

  function isStale(value: unknown): boolean {
    const blob = storedBlobSchema.safeParse(value)
    return blob.success && blob.data.claims > 0 && blob.data.claimedAt < now - claimMs
  }
}

const claimMs = 24 * 3600_000
/** All that the quarantine says about files: see `quarantineId`. */
function notedBlobs(): IDBKeyRange {
  return IDBKeyRange.bound('blobs:', 'blobs;')
}
