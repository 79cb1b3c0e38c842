import { cutText } from '@/lib/cut-text'
import type { IndexNames, StoreKey } from 'idb'
import type { ErrorJson } from '@/engine/base/errors'
import type { Json } from '@/lib/json'
import { announce } from './change-notices'
import { write, type ReadTransaction, type StoreName, type WriteTransaction } from './db'
import { readRecord, type StoreValue } from './record-readers'
import type { StudioSchema } from './schema'
import { systemClock } from '@/lib/system-clock'

/** A record that cannot be read: it stays where it is, since a later version may read it. */
export interface Damaged {
  readonly key: Json
  readonly value: unknown
  readonly error: ErrorJson
}

export interface Sifted<S extends StoreName> {
  readonly good: StoreValue<S>[]
  readonly damaged: readonly Damaged[]
}

/**
 * The one way to take records out of the database. A damaged one is left out and noted in `quarantine`, so that it never takes a page or
 * a run down with it.
 */
export interface CheckedRecords {
  /** Undefined for one that is not there, and for a damaged one. */
  get<S extends StoreName>(store: S, key: StoreKey<StudioSchema, S>): Promise<StoreValue<S> | undefined>
  getAll<S extends StoreName>(store: S, range?: IDBKeyRange | null, count?: number): Promise<StoreValue<S>[]>
  /** The same in the order of an index. */
  getByIndex<S extends StoreName>(store: S, index: IndexNames<StudioSchema, S>, range: IDBKeyRange): Promise<StoreValue<S>[]>
  /** What an index does not know, since what it sorts by is damaged in the record. */
  strays<S extends StoreName>(store: S, index: IndexNames<StudioSchema, S>): Promise<readonly unknown[]>
  /** Both kinds, for a list that shows what it cannot read. */
  sift<S extends StoreName>(store: S, values: readonly unknown[]): Sifted<S>
}

export function recordsIn(transaction: ReadTransaction | WriteTransaction): CheckedRecords {
  // The two kinds of transaction read alike, but their types cannot be called as one.
  const storeOf = (name: StoreName) => (transaction as ReadTransaction).objectStore(name)
  const sift = <S extends StoreName>(name: S, values: readonly unknown[]): Sifted<S> => {
    const good: StoreValue<S>[] = []
    const damaged: Damaged[] = []
    for (const value of values) {
      const reading = readRecord(name, value)
      if (reading.ok) {
        good.push(reading.value)
        continue
      }
      const key = keyOf(storeOf(name).keyPath, value)
      damaged.push({ key, value, error: reading.error })
      noteDamage(name, key, reading.error.message)
    }
    return { good, damaged }
  }
  return {
    sift,
    async get(name, key) {
      const value: unknown = await storeOf(name).get(key as never)
      return value === undefined ? undefined : sift(name, [value]).good[0]
    },
    async getAll(name, range, count) {
      return sift(name, await storeOf(name).getAll(range, count)).good
    },
    async getByIndex(name, index, range) {
      return sift(
        name,
        await storeOf(name)
          .index(index as never)
          .getAll(range),
      ).good
    },
    async strays(name, index) {
      const store = storeOf(name)
      const [all, indexed] = await Promise.all([store.getAllKeys(), store.index(index as never).getAllKeys()])
      if (all.length === indexed.length) return []
      const known = new Set(indexed.map(String))
      return Promise.all(all.filter(key => !known.has(String(key))).map(key => store.get(key as never)))
    },
  }
}

/** Notes that a record is damaged. Soon, in a transaction of its own: reading goes on. */
export function noteDamage(store: string, key: Json, reason: string): void {
  const id = noteId(store, key)
  waiting.set(id, { id, store, key, reason: cutText(reason, 500), at: systemClock.date() })
  flushing ??= Promise.resolve().then(flush)
}

export function noteId(store: string, key: Json): string {
  return `${store}:${JSON.stringify(key)}`
}

/** Resolves when everything that was found damaged is noted. */
export async function damageNoted(): Promise<void> {
  while (flushing) await flushing
}

let flushing: Promise<void> | undefined
const waiting = new Map<string, StoreValue<'quarantine'>>()

async function flush(): Promise<void> {
  const notes = [...waiting.values()]
  waiting.clear()
  try {
    const fresh = await write(['quarantine'], 'relaxed', async transaction => {
      const quarantine = transaction.objectStore('quarantine')
      const known = new Set(await quarantine.getAllKeys())
      const unknown = notes.filter(note => !known.has(note.id))
      await Promise.all(unknown.map(note => quarantine.put(note)))
      return unknown
    })
    for (const { id } of fresh) announce('quarantine', id)
  } catch {
    // The note is a courtesy: without room for it, the record is still left out.
  }
  flushing = waiting.size > 0 ? flush() : undefined
}

/** The key lies in the record, and the database took it only with a key that is one. */
function keyOf(path: string | readonly string[] | null, value: unknown): Json {
  const part = (name: string): Json => Reflect.get(Object(value), name) as string | number
  return Array.isArray(path) ? path.map(part) : part(String(path))
}
