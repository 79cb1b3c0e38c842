import type { IDBPDatabase, IDBPTransaction } from 'idb'

/** One numbered step. Runs inside the upgrade transaction: if it throws, the database stays as it was. */
export interface Migration {
  readonly version: number
  upgrade(database: IDBPDatabase, transaction: IDBPTransaction<unknown, string[], 'versionchange'>): void | Promise<void>
}
