import type { Json } from '@/lib/json'
import { announce } from './change-notices'
import { disownBlobs, isOwned, withBlobStores } from './blob-owners'
import { damageNoted } from './checked-records'
import { write, type StoreName, type WriteTransaction } from './db'
import { isSound, readRecord } from './record-readers'
import type { QuarantinedRecord } from './schema'

/** What was found damaged and still is: a record that was written again or has gone since is noted no longer. */
export async function listQuarantine(): Promise<QuarantinedRecord[]> {
  await damageNoted()
  const stores = await write(['quarantine'], 'relaxed', async transaction => [...transaction.db.objectStoreNames])
  return write(stores, 'relaxed', async transaction => {
    const quarantine = transaction.objectStore('quarantine')
    const entries: QuarantinedRecord[] = []
    let cursor = await quarantine.openCursor()
    while (cursor) {
      const entry = readRecord('quarantine', cursor.value)
      if (entry.ok && (await isDamaged(transaction, entry.value))) entries.push(entry.value)
      else await cursor.delete()
      cursor = await cursor.continue()
    }
    return entries
  })
}

/** The record as it lies in the database, to be looked at or kept elsewhere. */
export function quarantinedValue({ store, key }: QuarantinedRecord): Promise<unknown> {
  return write([store as StoreName], 'relaxed', async transaction => {
    return transaction.objectStore(store as StoreName).get(key as never)
  })
}

/** Deletes a damaged record for good. */
export async function deleteQuarantined(record: QuarantinedRecord): Promise<void> {
  const isStored = await write(['quarantine'], 'relaxed', async transaction => isStore(transaction, record.store))
  const stores: StoreName[] = isStored
    ? [...new Set([...withBlobStores([record.store as StoreName]), 'quarantine' as const])]
    : ['quarantine']
  await write(stores, 'strict', async transaction => {
    if (isStored) await deleteRecord(transaction, record.store as StoreName, record.key)
    await transaction.objectStore('quarantine').delete(record.id)
  })
  announce('quarantine', record.id)
  if (isStored) announce(record.store, String(record.key))
}

async function deleteRecord(transaction: WriteTransaction, store: StoreName, key: Json): Promise<void> {
  await transaction.objectStore(store).delete(key as never)
  if (store === 'blobData') await transaction.objectStore('blobs').delete(String(key))
  // Of a run and an example set, other records remain.
  if (store === 'versions' || store === 'lmCalls') await disownBlobs(transaction, { store, key: [String(key)] })
}

/** A note about a line of a file has no record here; it stays until somebody takes it away. */
async function isDamaged(transaction: WriteTransaction, { store, key }: QuarantinedRecord): Promise<boolean> {
  if (!isStore(transaction, store)) return true
  const value: unknown = await transaction.objectStore(store).get(key as never)
  if (value === undefined) return store === 'blobData' && isMissed(transaction, String(key))
  return !isSound(store, value)
}

/** A file that is not there is missed as long as a record names it, or is about to. */
async function isMissed(transaction: WriteTransaction, hash: string): Promise<boolean> {
  return (await isOwned(transaction, hash)) || (await transaction.objectStore('blobs').count(hash)) > 0
}

/** The name was written by this or by another version. */
function isStore(transaction: WriteTransaction, name: string): name is StoreName {
  return [...transaction.db.objectStoreNames].some(store => store === name)
}
