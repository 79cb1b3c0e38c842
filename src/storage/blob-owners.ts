import { blobRefsIn } from '@/engine/blobs/blob-ref'
import type { JsonObject } from '@/lib/json'
import { recordsIn } from './checked-records'
import { read, write, type StoreName, type WriteTransaction } from './db'
import { belongingTo } from './key-ranges'
import type { BlobOwnerStore, StoredBlob } from './schema'
import { announce } from './change-notices'
import { systemClock } from '@/lib/system-clock'

/**
 * Who needs which file. Every transaction that writes or deletes a record also writes down which files the record names, so that the two
 * can never disagree, whenever a tab is closed or killed. A file goes in the very transaction in which its last owner goes, unless
 * somebody has claimed it (see `blobs.ts`).
 */
export interface BlobOwner {
  readonly store: BlobOwnerStore
  /** The key of the record; of a run, an example set: of the whole of it. */
  readonly key: readonly (string | number)[]
}

const ownerStores = ['blobs', 'blobData', 'blobOwners'] as const satisfies readonly StoreName[]

/** Whom a stored record makes an owner; undefined for one that names no files of its own. */
export function ownerOf(store: StoreName, record: JsonObject): BlobOwner | undefined {
  const key = (name: string): string | number => {
    const part = record[name]
    return typeof part === 'string' || typeof part === 'number' ? part : ''
  }
  switch (store) {
    case 'projects':
    case 'versions':
    case 'runs':
      return { store, key: [key('id')] }
    case 'datasetChunks':
      return { store, key: [key('datasetId'), key('index')] }
    case 'exampleSets':
      return { store, key: [key('hash')] }
    case 'lmCalls':
      return { store, key: [key('key')] }
    case 'runEvents':
    case 'rollouts':
    case 'importedCalls':
      return { store: 'runs', key: [key('runId')] }
    default:
      return undefined
  }
}

/** The stores of a transaction that only adds records: those of files are among them where the records name some. */
export function storesFor(stores: readonly StoreName[], ...values: readonly unknown[]): StoreName[] {
  return blobRefsIn(...values).length === 0 ? [...stores] : withBlobStores(stores)
}

/** The stores of a transaction that replaces or deletes records. */
export function withBlobStores(stores: readonly StoreName[]): StoreName[] {
  return [...stores, ...ownerStores]
}

/** For use inside the transaction that adds these values, whose stores come from `storesFor`. */
export async function ownBlobs(transaction: WriteTransaction, { store, key }: BlobOwner, ...values: readonly unknown[]): Promise<void> {
  for (const { $blob } of blobRefsIn(...values)) {
    await transaction.objectStore('blobOwners').put({ hash: $blob, store, owner: [...key] })
  }
}

/**
 * For use inside the transaction that puts a value in place of what its owner held. Returns the files that it no longer names: hand them to
 * `keepDropped` when all of the transaction is written.
 */
export async function changeOwnedBlobs(transaction: WriteTransaction, owner: BlobOwner, value: unknown): Promise<readonly string[]> {
  const named = new Set(blobRefsIn(value).map(({ $blob }) => $blob))
  const owners = transaction.objectStore('blobOwners')
  const before = await owners.index('byOwner').getAllKeys([owner.store, [...owner.key]])
  const dropped = before.filter(([hash]) => !named.has(hash))
  for (const key of dropped) await owners.delete(key)
  await ownBlobs(transaction, owner, value)
  return dropped.map(([hash]) => hash)
}

/**
 * After a record was written in place of another: what it names no longer is not held by it any more. Apart from the write itself, which
 * has to be short: it may be the last thing a page does before it is closed. Where this is cut off or fails, the files stay until the next
 * write.
 */
export async function forgetDropped(store: 'projects' | 'versions', written: { readonly id: string }): Promise<void> {
  try {
    await forget(store, written)
  } catch {
    // The record itself is on disk.
  }
}

async function forget(store: 'projects' | 'versions', { id, ...written }: { readonly id: string }): Promise<void> {
  const named = new Set(blobRefsIn(written).map(({ $blob }) => $blob))
  const held = await read(['blobOwners'], transaction =>
    transaction
      .objectStore('blobOwners')
      .index('byOwner')
      .getAllKeys([store, [id]]),
  )
  if (held.every(([hash]) => named.has(hash))) return
  await write(withBlobStores([store]), 'strict', async transaction => {
    // Somebody may have written another one since.
    const now: unknown = await transaction.objectStore(store).get(id)
    await keepDropped(transaction, await changeOwnedBlobs(transaction, { store, key: [id] }, now), systemClock.date())
  })
}

/** Claims files that nothing names any more after an edit, for a day: whoever took them out may take that back. */
export async function keepDropped(transaction: WriteTransaction, hashes: readonly string[], now: number): Promise<void> {
  for (const hash of new Set(hashes)) {
    if (await isOwned(transaction, hash)) continue
    const blob = await recordsIn(transaction).get('blobs', hash)
    if (blob) await transaction.objectStore('blobs').put({ ...blob, claims: blob.claims + 1, claimedAt: now })
  }
}

/** For use inside the transaction that deletes every record of a store whose key begins like this. */
export async function disownBlobs(transaction: WriteTransaction, { store, key }: BlobOwner): Promise<void> {
  const owners = transaction.objectStore('blobOwners')
  const range = IDBKeyRange.bound([store, [...key]], [store, [...key, []]])
  const keys = await owners.index('byOwner').getAllKeys(range)
  for (const owned of keys) await owners.delete(owned)
  for (const hash of new Set(keys.map(([first]) => first))) {
    // Whoever claimed a file whose record is damaged is not known any more.
    const blob = await recordsIn(transaction).get('blobs', hash)
    await deleteUnlessNeeded(transaction, blob ?? { hash, claims: 0 })
  }
}

/** True where it was deleted. */
export async function deleteUnlessNeeded(
  transaction: WriteTransaction,
  { hash, claims }: Pick<StoredBlob, 'hash' | 'claims'>,
): Promise<boolean> {
  if (claims > 0 || (await isOwned(transaction, hash))) return false
  await transaction.objectStore('blobs').delete(hash)
  await transaction.objectStore('blobData').delete(hash)
  transaction.done.then(
    () => announce('blobs', hash),
    () => undefined,
  )
  return true
}

export async function isOwned(transaction: WriteTransaction, hash: string): Promise<boolean> {
  return (await transaction.objectStore('blobOwners').count(belongingTo(hash))) > 0
}
