import type { BlobRef } from '@/engine/blobs/blob-ref'
import { blobRefOf, isWhole, type BlobStore } from '@/engine/blobs/blob-store'
import { announce } from './change-notices'
import { deleteUnlessNeeded, isOwned } from './blob-owners'
import { damageNoted, noteDamage, noteId, recordsIn } from './checked-records'
import { read, write } from './db'
import { readRecord } from './record-readers'
import type { StoredBlob } from './schema'
import { systemClock } from '@/lib/system-clock'

/**
 * Stores a file, once, and claims it: until the claim is settled the file stays, whoever deletes what. Settle it when the record that
 * names the file is written, or will not be. A claim that nobody settles, because the tab was closed, ends after a day.
 */
export async function putBlob(bytes: Uint8Array<ArrayBuffer>, mime: string, now: number = systemClock.date()): Promise<BlobRef> {
  const ref = blobRefOf(bytes, mime)
  const hash = ref.$blob
  await damageNoted()
  await write(['blobs', 'blobData', 'quarantine'], 'strict', async transaction => {
    const known = await recordsIn(transaction).get('blobs', hash)
    const claims = (known?.claims ?? 0) + 1
    await transaction.objectStore('blobs').put({ hash, mime: known?.mime ?? ref.mime, bytes: ref.bytes, claims, claimedAt: now })
    // Also where it is known: what is stored may be damaged, and this is not.
    await transaction.objectStore('blobData').put({ hash, data: bytes })
    await transaction.objectStore('quarantine').delete(noteId('blobData', hash))
  })
  announce('blobs', hash)
  return ref
}

/** Ends the claims of as many `putBlob`. Files that nothing names then are deleted. */
export async function settleBlobs(refs: readonly BlobRef[]): Promise<void> {
  if (refs.length === 0) return
  await write(['blobs', 'blobData', 'blobOwners'], 'strict', async transaction => {
    for (const { $blob } of refs) {
      const blob = await recordsIn(transaction).get('blobs', $blob)
      if (!blob) continue
      const settled = { ...blob, claims: Math.max(0, blob.claims - 1) }
      if (!(await deleteUnlessNeeded(transaction, settled))) await transaction.objectStore('blobs').put(settled)
    }
  })
  announce('blobs')
}

/** The bytes of a file; undefined where they are missing or damaged, which is noted in `quarantine`. */
export async function getBlob({
  $blob: hash,
  bytes: size,
}: Pick<BlobRef, '$blob' | 'bytes'>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return (await storedFile(hash, size))?.bytes
}

/** A file by its name alone, for a backup. Where the record of its type is damaged, the values that name it still say its type. */
export async function storedFile(
  hash: string,
  size?: number,
): Promise<{ readonly mime: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined> {
  const [known, value] = await read(['blobs', 'blobData'], transaction =>
    Promise.all([recordsIn(transaction).get('blobs', hash), transaction.objectStore('blobData').get(hash) as Promise<unknown>]),
  )
  const reading = value === undefined ? undefined : readRecord('blobData', value)
  if (reading?.ok && isWhole({ $blob: hash, bytes: size ?? reading.value.data.length }, reading.value.data))
    return { mime: known?.mime ?? unknownMime, bytes: reading.value.data }
  const differs = 'file: its bytes are not those that were stored'
  const reason = reading === undefined ? 'file: is named by a record and is not here' : reading.ok ? differs : reading.error.message
  noteDamage('blobData', hash, reason)
  return undefined
}

/** Puts a record in place of one that is damaged, where the file itself is whole. Values that name the file say its type themselves. */
export async function mendBlob(hash: string, now: number): Promise<void> {
  await write(['blobs', 'blobData', 'blobOwners'], 'strict', async transaction => {
    const data = await recordsIn(transaction).get('blobData', hash)
    const mended: StoredBlob = { hash, mime: unknownMime, bytes: data?.data.length ?? 0, claims: 1, claimedAt: now }
    await (data ? transaction.objectStore('blobs').put(mended) : transaction.objectStore('blobs').delete(hash))
  })
  announce('blobs', hash)
}
const unknownMime = 'application/octet-stream'

/** What reads the files of requests. What it is given is claimed until `settleBlobs`. */
export const storedBlobs: BlobStore = { put: putBlob, get: getBlob }

/** How many files there are, about how large they are, and how many are known to be damaged or missing. */
export function blobStorageSize(): Promise<{ readonly count: number; readonly bytes: number; readonly damaged: number }> {
  return read(['blobs', 'quarantine'], async transaction => {
    const blobs = await recordsIn(transaction).getAll('blobs')
    const damaged = await transaction.objectStore('quarantine').count(notedFiles())
    return { count: blobs.length, bytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0), damaged }
  })
}

/**
 * Ends claims older than a day, deletes the files that only they kept, and forgets that files are missing which nobody names any more. Call
 * it when a page starts. What a live page has claimed is younger, or has an owner by now.
 */
export async function sweepBlobs(now: number = systemClock.date()): Promise<number> {
  const isClean = await read(['blobs', 'quarantine'], async transaction => {
    const noted = await transaction.objectStore('quarantine').count(notedFiles())
    return noted === 0 && !(await recordsIn(transaction).getAll('blobs')).some(isStale)
  })
  if (isClean) return 0
  return write(['blobs', 'blobData', 'blobOwners', 'quarantine'], 'strict', async transaction => {
    let deleted = 0
    for (const note of await recordsIn(transaction).getAll('quarantine', notedFiles())) {
      if (!(await isOwned(transaction, String(note.key)))) await transaction.objectStore('quarantine').delete(note.id)
    }
    for (const blob of await recordsIn(transaction).getAll('blobs')) {
      if (!isStale(blob)) continue
      if (await deleteUnlessNeeded(transaction, { ...blob, claims: 0 })) deleted += 1
      else await transaction.objectStore('blobs').put({ ...blob, claims: 0 })
    }
    return deleted
  })

  function isStale({ claims, claimedAt }: StoredBlob): boolean {
    return claims > 0 && claimedAt < now - claimMs
  }
}

const claimMs = 24 * 3600_000
/** All that the quarantine says about the bytes of files: see `noteId`. */
function notedFiles(): IDBKeyRange {
  return IDBKeyRange.bound('blobData:', 'blobData;')
}
