import type { Migration } from './migration'

/** The answers of runs that came from a file, apart from the cache that all other runs share. */
export const importedCalls: Migration = {
  version: 6,
  upgrade(database) {
    database.createObjectStore('importedCalls', { keyPath: ['runId', 'key'] }).createIndex('byPayer', 'paidBy')
  },
}
