import type { StoreName, StudioDatabase } from '@/storage/db'

/** How a record may be damaged so that the database still holds it: its key has to stay. */
export const damageWays = ['a missing field', 'a field of another type', 'nothing but its key', 'another object'] as const
export type DamageWay = (typeof damageWays)[number]

/** A field of each store that nobody can do without. */
export const neededFields = {
  projects: 'graph',
  versions: 'state',
  datasets: 'columns',
  datasetChunks: 'rows',
  exampleSets: 'examples',
  runs: 'spec',
  runEvents: 'type',
  rollouts: 'rollout',
  lmCalls: 'response',
  importedCalls: 'response',
  lmCallUses: 'bytes',
  runCalls: 'usage',
  runSpending: 'spent',
  settings: 'value',
  tries: 'totals',
  blobs: 'claims',
  blobData: 'data',
  quarantine: 'reason',
} as const satisfies Record<DamageableStore, string>

/** All of a note of who needs a file is its key: the database itself takes no damaged one. */
export type DamageableStore = Exclude<StoreName, 'blobOwners'>

export const storeNames = Object.keys(neededFields) as readonly DamageableStore[]

/** Damages one record where it lies, and returns its key. */
export async function damageRecord(
  database: StudioDatabase,
  store: DamageableStore,
  way: DamageWay,
  key?: IDBValidKey,
): Promise<IDBValidKey> {
  const [first] = key === undefined ? await database.getAllKeys(store) : [key]
  if (first === undefined) throw new Error(`${store} holds nothing to damage`)
  const record: Readonly<Record<string, unknown>> = Object(await database.get(store, first as never))
  const { keyPath } = database.transaction(store).store
  const keyFields = Array.isArray(keyPath) ? keyPath : [String(keyPath)]
  const keys = Object.fromEntries(keyFields.map(field => [field, record[field]]))
  const { [neededFields[store]]: needed, ...others } = record
  const damaged = {
    'a missing field': others,
    'a field of another type': { ...record, [neededFields[store]]: typeof needed === 'number' ? 'seven' : 7 },
    'nothing but its key': keys,
    'another object': { ...keys, colour: 'green', parts: [1, { deep: null }], when: new Date(0) },
  }[way]
  await database.put(store, damaged as never) // As a fault, or another program, would have left it.
  return first
}
