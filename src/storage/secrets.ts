import { lastLetters } from '@/engine/lm/keys/take-key'
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { storageError } from './storage-error'

/**
 * Keys the user asked to remember, in a database of their own that no export or backup opens. Each is encrypted with a key that
 * the browser holds and never gives out: a copy of the records alone is worth nothing. It does not protect against somebody
 * who runs code on this origin.
 */
interface SecretsSchema extends DBSchema {
  secrets: { key: string; value: StoredSecret }
  vault: { key: 'key'; value: CryptoKey }
}
interface StoredSecret {
  readonly origin: string
  readonly last4: string
  readonly iv: Uint8Array<ArrayBuffer>
  readonly sealed: ArrayBuffer
}

const databaseName = 'dspy-studio-secrets'

/** Encrypts and stores the key of one exact origin. */
export async function rememberSecret(origin: string, secret: string): Promise<void> {
  await withSecrets(async database => {
    const key = await vaultKey(database)
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bytes(origin) }, key, bytes(secret))
    await database.put('secrets', { origin, last4: lastLetters(secret), iv, sealed })
  })
}

/** The remembered keys by their origins. The origin is part of the seal, so a record moved to another one does not open. */
export function recallAllSecrets(): Promise<ReadonlyMap<string, string>> {
  return withSecrets(async database => {
    const stored = await database.getAll('secrets')
    const key = await database.get('vault', 'key')
    const opened = new Map<string, string>()
    if (!(key instanceof CryptoKey)) return opened
    for (const { origin, iv, sealed } of stored) {
      try {
        const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: bytes(origin) }, key, sealed)
        opened.set(origin, new TextDecoder().decode(plain))
      } catch {
        // Damaged or tampered with: the user is asked for the key again.
      }
    }
    return opened
  })
}

export function listSecrets(): Promise<readonly { readonly origin: string; readonly last4: string }[]> {
  return withSecrets(async database =>
    (await database.getAll('secrets')).map(({ origin, last4 }) => ({ origin, last4: typeof last4 === 'string' ? last4 : '' })),
  )
}

export function forgetSecret(origin: string): Promise<void> {
  return withSecrets(database => database.delete('secrets', origin))
}

/** Forgets every key and the one they were sealed with. */
export function forgetAllSecrets(): Promise<void> {
  return withSecrets(async database => {
    const transaction = database.transaction(['secrets', 'vault'], 'readwrite', { durability: 'strict' })
    await transaction.objectStore('secrets').clear()
    await transaction.objectStore('vault').clear()
    await transaction.done
  })
}

async function vaultKey(database: IDBPDatabase<SecretsSchema>): Promise<CryptoKey> {
  const known = await database.get('vault', 'key')
  // Anything else there seals nothing; what was sealed before is asked for again.
  if (known instanceof CryptoKey) return known
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  // Two tabs may make one at once: the first to store wins, and both use that one.
  const transaction = database.transaction('vault', 'readwrite', { durability: 'strict' })
  const winner = await transaction.store.get('key')
  const isUsable = winner instanceof CryptoKey
  if (!isUsable) await transaction.store.put(made, 'key')
  await transaction.done
  return isUsable ? winner : made
}

/** Opened for each use and closed again: keys are rare, and an open connection would block deleting the database. */
async function withSecrets<T>(work: (database: IDBPDatabase<SecretsSchema>) => Promise<T>): Promise<T> {
  try {
    const database = await openDB<SecretsSchema>(databaseName, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('secrets', { keyPath: 'origin' })
        fresh.createObjectStore('vault')
      },
    })
    try {
      return await work(database)
    } finally {
      database.close()
    }
  } catch (error) {
    throw storageError(error)
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
