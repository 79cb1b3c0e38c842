import { read } from './db'
import { belongingTo } from './key-ranges'
import { checked, checkedAll, keyField } from './quarantine'
import { storedRolloutSchema } from './record-schemas'
import type { RunId, StoredRollout } from './records'

/** The rollouts of a run, or of one batch of it, by batch and index. */
export async function listRollouts(runId: RunId, batch?: number): Promise<StoredRollout[]> {
  const range = batch === undefined ? belongingTo(runId) : belongingTo(runId, batch)
  const values = await read(['rollouts'], transaction => transaction.objectStore('rollouts').getAll(range))
  return checkedAll('rollouts', storedRolloutSchema, values, value => [runId, keyField(value, 'batch'), keyField(value, 'index')])
}

export async function getRollout(runId: RunId, batch: number, index: number): Promise<StoredRollout | undefined> {
  const value = await read(['rollouts'], transaction => transaction.objectStore('rollouts').get([runId, batch, index]))
  return checked('rollouts', [runId, batch, index], storedRolloutSchema, value)
}
