import type { z } from 'zod'
import type { Json } from '@/lib/json'
import { announce } from './change-notices'
import { read, write, type StoreName } from './db'
import type { QuarantinedRecord } from './schema'
import { disownBlobs, withBlobStores } from './blob-owners'

/**
 * A stored record as its schema has it; undefined for one that is damaged. That one is noted in `quarantine` with its id and
 * stays where it is: a later version may read it, and one bad record never takes a page down.
 */
export async function checked<T>(store: StoreName, key: Json, schema: z.ZodType<T>, value: unknown): Promise<T | undefined> {
  if (value === undefined) return undefined
  const result = schema.safeParse(value)
  // The value itself, not the parsed copy: a field that a later version added survives being read and written here.
  if (result.success) return value as T
  const issue = result.error.issues[0]
  await quarantine(store, key, `${issue?.path.map(String).join('.') || 'record'}: ${issue?.message ?? 'not readable'}`)
  return undefined
}

/** The readable ones of many records, in their order. */
export async function checkedAll<T>(
  store: StoreName,
  schema: z.ZodType<T>,
  values: readonly unknown[],
  keyOf: (value: unknown) => Json,
): Promise<T[]> {
  const good: T[] = []
  for (const value of values) {
    const result = schema.safeParse(value)
    if (result.success) good.push(value as T) // As in `checked`.
    else await checked(store, keyOf(value), schema, value)
  }
  return good
}

export function listQuarantine(): Promise<QuarantinedRecord[]> {
  return read(['quarantine'], transaction => transaction.objectStore('quarantine').getAll())
}

/** Deletes a damaged record for good. */
export async function deleteQuarantined(record: QuarantinedRecord): Promise<void> {
  // The name was written by `checked`, from a store that existed then; the key is what IndexedDB gave as its key.
  const store = record.store as StoreName
  await write(withBlobStores([store, 'quarantine']), 'strict', async transaction => {
    await transaction.objectStore(store).delete(record.key as IDBValidKey & string)
    if (store === 'blobs') await transaction.objectStore('blobData').delete(String(record.key))
    // Of a run and an example set, other records remain.
    if (store === 'projects' || store === 'versions' || store === 'datasetChunks' || store === 'lmCalls')
      await disownBlobs(transaction, { store, key: keyParts(record.key) })
    await transaction.objectStore('quarantine').delete(record.id)
  })
  announce('quarantine', record.id)
}

function keyParts(key: Json): (string | number)[] {
  return (Array.isArray(key) ? key : [key]).filter(part => typeof part === 'string' || typeof part === 'number')
}

/** A field of an unknown value, to name a record that cannot be read. */
export function keyField(value: unknown, field: string): Json {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined
  return typeof found === 'string' || typeof found === 'number' ? found : null
}

export function quarantineId(store: StoreName, key: Json): string {
  return `${store}:${JSON.stringify(key)}`
}

/** Notes that a record cannot be used, and why. */
export async function quarantine(store: StoreName, key: Json, reason: string): Promise<void> {
  const id = quarantineId(store, key)
  try {
    const isNew = await write(['quarantine'], 'relaxed', async transaction => {
      const known = await transaction.objectStore('quarantine').get(id)
      if (!known) await transaction.objectStore('quarantine').put({ id, store, key, reason, at: Date.now() })
      return !known
    })
    if (isNew) announce('quarantine', id)
  } catch {
    // The note is a courtesy: without space for it, the record is still left out.
  }
}
