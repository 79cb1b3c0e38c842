import type { Migration } from './migration'

/** Gives each run a book of what it may have spent, apart from its record: it is written before every request. */
export const runSpending: Migration = {
  version: 2,
  upgrade(database) {
    database.createObjectStore('runSpending', { keyPath: 'runId' })
  },
}
