import type { Migration } from './migration'

/** Places for files that values and messages name, and for who names them: a file lies here once, and goes with the last of its owners. */
export const blobs: Migration = {
  version: 5,
  upgrade(database) {
    database.createObjectStore('blobs', { keyPath: 'hash' })
    database.createObjectStore('blobData', { keyPath: 'hash' })
    const owners = database.createObjectStore('blobOwners', { keyPath: ['hash', 'store', 'owner'] })
    owners.createIndex('byOwner', ['store', 'owner'])
  },
}
