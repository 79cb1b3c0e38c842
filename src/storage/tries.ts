import { announce } from './change-notices'
import { recordsIn } from './checked-records'
import { read, write } from './db'
import { belongingTo } from './key-ranges'
import type { TryId, TryRecord } from './records'

/** The tries and checks of a project, newest first. */
export async function listTries(projectId: string): Promise<TryRecord[]> {
  const tries = await read(['tries'], async transaction => {
    const records = recordsIn(transaction)
    // What does not even say whose it is can only be told as damaged.
    records.sift('tries', await records.strays('tries', 'byProject'))
    return records.getByIndex('tries', 'byProject', belongingTo(projectId))
  })
  return tries.reverse()
}

export async function putTry(record: TryRecord): Promise<void> {
  await write(['tries'], 'relaxed', transaction => transaction.objectStore('tries').put(record))
  announce('tries', record.projectId)
}

export async function deleteTry({ id, projectId }: Pick<TryRecord, 'id' | 'projectId'>): Promise<void> {
  await write(['tries'], 'relaxed', transaction => transaction.objectStore('tries').delete(id))
  announce('tries', projectId)
}

/** The lock that whoever makes a try holds. */
export function tryLockName(id: TryId): string {
  return `${lockPrefix}${id}`
}
const lockPrefix = 'try:'

/** The tries that some tab of this browser is making right now. */
export async function heldTries(): Promise<ReadonlySet<TryId>> {
  const { held = [] } = await navigator.locks.query()
  return new Set(held.flatMap(({ name }) => (name?.startsWith(lockPrefix) ? [name.slice(lockPrefix.length)] : [])))
}
