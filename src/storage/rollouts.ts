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

/** Where a rollout lies: they are read in this order. */
export interface RolloutPlace {
  readonly batch: number
  readonly index: number
}

/** The rollouts at some places of a run, in the order they are asked for; none where a place holds none, or a damaged one. */
export async function readRollouts(runId: RunId, places: readonly RolloutPlace[]): Promise<StoredRollout[]> {
  const values = await read(['rollouts'], transaction =>
    Promise.all(places.map(({ batch, index }) => transaction.objectStore('rollouts').get([runId, batch, index]))),
  )
  const found = values.filter(value => value !== undefined)
  return checkedAll('rollouts', storedRolloutSchema, found, value => [runId, keyField(value, 'batch'), keyField(value, 'index')])
}

/** At most `count` rollouts of a run from a place on, that one included. Damaged ones are left out, so fewer is no sign of the end. */
export async function readRolloutPage(
  runId: RunId,
  { batch, index }: RolloutPlace,
  count: number,
): Promise<{ readonly rollouts: readonly StoredRollout[]; readonly next?: RolloutPlace }> {
  const range = IDBKeyRange.bound([runId, batch, index], [runId, []])
  const [keys, values] = await read(['rollouts'], transaction => {
    const store = transaction.objectStore('rollouts')
    return Promise.all([store.getAllKeys(range, count + 1), store.getAll(range, count)])
  })
  const beyond = keys[count]
  const rollouts = await checkedAll('rollouts', storedRolloutSchema, values, value => [
    runId,
    keyField(value, 'batch'),
    keyField(value, 'index'),
  ])
  return { rollouts, ...(beyond && { next: { batch: beyond[1], index: beyond[2] } }) }
}
