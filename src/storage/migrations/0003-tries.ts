import type { Migration } from './migration'

/** What asked a model without being a run: tries of a metric, checks of an export, tests of a connection. */
export const tries: Migration = {
  version: 3,
  upgrade(database) {
    database.createObjectStore('tries', { keyPath: 'id' }).createIndex('byProject', ['projectId', 'startedAt'])
  },
}
