import { announce } from './change-notices'
import { read, write } from './db'
import { belongingTo } from './key-ranges'
import { checkedAll, keyField } from './quarantine'
import { tryRecordSchema } from './record-schemas'
import type { TryId, TryRecord } from './records'

/** The tries and checks of a project, newest first. */
export async function listTries(projectId: string): Promise<TryRecord[]> {
  const values = await read(['tries'], transaction => transaction.objectStore('tries').index('byProject').getAll(belongingTo(projectId)))
  const tries = await checkedAll('tries', tryRecordSchema, values, value => keyField(value, 'id'))
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
