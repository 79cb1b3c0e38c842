import type { IDBPTransaction } from 'idb'
import {
  eventToVotes,
  projectToVotes,
  rolloutToVotes,
  runToVotes,
  versionToVotes,
  type RunBefore,
} from '@/engine/project/migrations/0002-votes'
import { isJsonObject, type JsonObject } from '@/lib/json'
import type { Migration } from './migration'

type Upgrade = IDBPTransaction<unknown, string[], 'versionchange'>

/** Ensembles, until now lists in the state of every predictor, become programs that vote; projects know the version of their shape. */
export const votes: Migration = {
  version: 4,
  async upgrade(_database, transaction) {
    await eachRecord(transaction, 'projects', null, async project => {
      const { project: now, before } = projectToVotes(project)
      const versions = IDBKeyRange.bound([project['id'], -Infinity], [project['id'], []])
      await eachRecord(transaction, 'versions', { index: 'byProject', range: versions }, version => versionToVotes(version, before))
      return now
    })
    await eachRecord(transaction, 'runs', null, async stored => {
      const { run, before } = runToVotes(stored)
      if (before) await recordOfRun(transaction, stored['id'], before)
      return run
    })
  },
}

/** Events first: they tell which candidates are votes. */
async function recordOfRun(transaction: Upgrade, id: JsonObject[string] | undefined, before: RunBefore): Promise<void> {
  const range = IDBKeyRange.bound([id], [id, []])
  await eachRecord(transaction, 'runEvents', { range }, event => eventToVotes(event, before))
  await eachRecord(transaction, 'rollouts', { range }, rollout => rolloutToVotes(rollout, before))
}

interface Where {
  readonly index?: string
  readonly range: IDBKeyRange
}

/**
 * Writes what `change` makes of each record, where that is another one. A record that cannot be read stays as it is: it is set aside where it
 * is read, and must not keep all the others from being opened.
 */
async function eachRecord(
  transaction: Upgrade,
  name: string,
  where: Where | null,
  change: (record: JsonObject) => JsonObject | Promise<JsonObject>,
): Promise<void> {
  const store = transaction.objectStore(name)
  const source = where?.index === undefined ? store : store.index(where.index)
  const keys = where?.index === undefined ? await store.getAllKeys(where?.range) : await source.getAllKeys(where.range)
  for (const key of keys) {
    const record: unknown = await store.get(key)
    if (!isJsonObject(record)) continue
    const changed = await changedOrSame(record, change)
    if (changed !== record) await store.put(changed)
  }
}

async function changedOrSame(record: JsonObject, change: (record: JsonObject) => JsonObject | Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await change(record)
  } catch (error) {
    // Only a fault of the database itself ends the upgrade.
    if (error instanceof DOMException) throw error
    return record
  }
}
