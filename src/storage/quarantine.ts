import { announce } from './change-notices'
import { damageNoted } from './checked-records'
import { write, type StoreName, type WriteTransaction } from './db'
import { isSound, readRecord } from './record-readers'
import type { QuarantinedRecord } from './schema'

/** What was found damaged and still is: a record that was written anew or has gone since is noted no longer. */
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
  await write(isStored ? [record.store as StoreName, 'quarantine'] : ['quarantine'], 'strict', async transaction => {
    if (isStored) await transaction.objectStore(record.store as StoreName).delete(record.key as never)
    await transaction.objectStore('quarantine').delete(record.id)
  })
  announce('quarantine', record.id)
  if (isStored) announce(record.store, String(record.key))
}

/** A note about a line of a file has no record here; it stays until somebody takes it away. */
async function isDamaged(transaction: WriteTransaction, { store, key }: QuarantinedRecord): Promise<boolean> {
  if (!isStore(transaction, store)) return true
  const value: unknown = await transaction.objectStore(store).get(key as never)
  return value !== undefined && !isSound(store, value)
}

/** The name was written by this or by another version. */
function isStore(transaction: WriteTransaction, name: string): name is StoreName {
  return [...transaction.db.objectStoreNames].some(store => store === name)
}
