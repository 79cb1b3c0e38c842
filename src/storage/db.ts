import { openDB, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import { EngineError } from '@/engine/base/errors'
import { setStorageState, storageState } from './change-notices'
import type { Migration } from './migrations/migration'
import { migrations as allMigrations } from './migrations/registry'
import type { StudioSchema } from './schema'
import { storageError } from './storage-error'

export type StudioDatabase = IDBPDatabase<StudioSchema>
export type StoreName = StoreNames<StudioSchema>
export type ReadTransaction = IDBPTransaction<StudioSchema, StoreName[], 'readonly'>
export type WriteTransaction = IDBPTransaction<StudioSchema, StoreName[], 'readwrite'>

/** `strict` survives a power cut and is for what cannot be had again: projects, run states, paid answers. */
export type Durability = 'strict' | 'relaxed'

let name = 'dspy-studio'
let opened: Promise<StudioDatabase> | undefined

/** One connection for this page or worker, opened on first use. */
export function database(): Promise<StudioDatabase> {
  opened ??= openStudio(name).catch((error: unknown) => {
    opened = undefined
    throw storageError(error)
  })
  return opened
}

/** Opens under another name, so that a test or a second workspace touches nothing else. */
export async function useDatabase(databaseName: string): Promise<void> {
  await closeDatabase()
  name = databaseName
}

export async function closeDatabase(): Promise<void> {
  const open = opened
  opened = undefined
  const connection = await open?.catch(() => undefined)
  connection?.close()
}

/**
 * Brings the database of that name to the newest version, step by step in one transaction. A step that fails leaves the old
 * version as it was, and its error is thrown.
 */
export async function openStudio(databaseName: string, migrations: readonly Migration[] = allMigrations): Promise<StudioDatabase> {
  let failure: unknown
  const opening = openDB<StudioSchema>(databaseName, migrations.length, {
    async upgrade(untyped, oldVersion, _newVersion, transaction) {
      transaction.done.catch(() => undefined)
      try {
        for (const step of migrations.filter(({ version }) => version > oldVersion)) {
          // A migration speaks of the stores of its own version, which the schema of today cannot type.
          await step.upgrade(untyped as unknown as IDBPDatabase, transaction as unknown as Parameters<Migration['upgrade']>[1])
        }
      } catch (error) {
        failure = error
        transaction.abort()
      }
    },
    blocked: () => setStorageState('blocked'),
    blocking: (_current, next, event) => {
      // Holding on would leave the newer tab waiting forever. A deleted database has no next version and is made again.
      if (next !== null) setStorageState('outdated')
      else opened = undefined
      if (event.target instanceof IDBDatabase) event.target.close()
    },
    terminated: () => {
      opened = undefined
    },
  })
  const connection = await opening.catch((error: unknown) => {
    throw failure ?? error
  })
  setStorageState('open')
  return connection
}

/** Reads in one transaction, so that what belongs together is seen together. */
export async function read<T>(stores: StoreName[], work: (transaction: ReadTransaction) => Promise<T>): Promise<T> {
  try {
    return await work((await database()).transaction(stores, 'readonly'))
  } catch (error) {
    throw storageError(error)
  }
}

/** Writes in one transaction: all of it or nothing. Resolves when it is complete, not when its requests have succeeded. */
export async function write<T>(
  stores: StoreName[],
  durability: Durability,
  work: (transaction: WriteTransaction) => Promise<T>,
): Promise<T> {
  if (storageState() === 'outdated') {
    throw new EngineError(
      'storage-failed',
      'A newer version of DSPy Studio is open in another tab, so this one no longer saves. Reload the page.',
      { reason: 'outdated' },
    )
  }
  const transaction = await begin(stores, durability)
  // Heard now: when `work` fails, nobody waits for `done` any more, and an unheard rejection is reported as a bug.
  const done = transaction.done.catch((error: unknown) => {
    throw storageError(transaction.error ?? error)
  })
  done.catch(() => undefined)
  try {
    const result = await work(transaction)
    await done
    return result
  } catch (error) {
    abort(transaction)
    if (error instanceof DOMException && error.name === 'AbortError') await done
    throw storageError(error)
  }
}

async function begin(stores: StoreName[], durability: Durability): Promise<WriteTransaction> {
  try {
    return (await database()).transaction(stores, 'readwrite', { durability })
  } catch (error) {
    throw storageError(error)
  }
}

function abort(transaction: WriteTransaction): void {
  try {
    transaction.abort()
  } catch {
    // It has ended already, which is what was wanted.
  }
}
