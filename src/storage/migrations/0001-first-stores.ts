import type { Migration } from './migration'

/** The stores of the first version. A migration never imports the types of today: it must mean the same forever. */
export const firstStores: Migration = {
  version: 1,
  upgrade(database) {
    database.createObjectStore('projects', { keyPath: 'id' })
    database.createObjectStore('versions', { keyPath: 'id' }).createIndex('byProject', ['projectId', 'number'])
    database.createObjectStore('datasets', { keyPath: 'id' })
    database.createObjectStore('datasetChunks', { keyPath: ['datasetId', 'index'] })
    database.createObjectStore('exampleSets', { keyPath: ['hash', 'index'] })
    const runs = database.createObjectStore('runs', { keyPath: 'id' })
    runs.createIndex('byProject', ['projectId', 'createdAt'])
    runs.createIndex('byStatus', 'status')
    database.createObjectStore('runEvents', { keyPath: ['runId', 'seq'] })
    database.createObjectStore('rollouts', { keyPath: ['runId', 'batch', 'index'] })
    database.createObjectStore('lmCalls', { keyPath: 'key' })
    const uses = database.createObjectStore('lmCallUses', { keyPath: 'key' })
    uses.createIndex('byUse', 'usedAt')
    uses.createIndex('byRun', 'runId')
    database.createObjectStore('runCalls', { keyPath: ['runId', 'key'] })
    database.createObjectStore('settings', { keyPath: 'key' })
    database.createObjectStore('quarantine', { keyPath: 'id' })
  },
}
