import { recordsIn } from './checked-records'
import { read } from './db'
import { belongingTo } from './key-ranges'
import type { RunId, StoredRollout } from './records'

/** The rollouts of a run, or of one batch of it, by batch and index. */
export async function listRollouts(runId: RunId, batch?: number): Promise<StoredRollout[]> {
  const range = batch === undefined ? belongingTo(runId) : belongingTo(runId, batch)
  return read(['rollouts'], transaction => recordsIn(transaction).getAll('rollouts', range))
}

export async function getRollout(runId: RunId, batch: number, index: number): Promise<StoredRollout | undefined> {
  return read(['rollouts'], transaction => recordsIn(transaction).get('rollouts', [runId, batch, index]))
}

/** Where a rollout lies: they are read in this order. */
export interface RolloutPlace {
  readonly batch: number
  readonly index: number
}

/** The rollouts at some places of a run, in the order they are asked for; none where a place holds none, or a damaged one. */
export async function readRollouts(runId: RunId, places: readonly RolloutPlace[]): Promise<StoredRollout[]> {
  const found = await read(['rollouts'], transaction => {
    const records = recordsIn(transaction)
    return Promise.all(places.map(({ batch, index }) => records.get('rollouts', [runId, batch, index])))
  })
  return found.filter(rollout => rollout !== undefined)
}

/** At most `count` rollouts of a run from a place on, that one included. Damaged ones are left out, so fewer is no sign of the end. */
export async function readRolloutPage(
  runId: RunId,
  { batch, index }: RolloutPlace,
  count: number,
): Promise<{ readonly rollouts: readonly StoredRollout[]; readonly next?: RolloutPlace }> {
  const range = IDBKeyRange.bound([runId, batch, index], [runId, []])
  const [keys, rollouts] = await read(['rollouts'], transaction =>
    Promise.all([
      transaction.objectStore('rollouts').getAllKeys(range, count + 1),
      recordsIn(transaction).getAll('rollouts', range, count),
    ]),
  )
  const beyond = keys[count]
  return { rollouts, ...(beyond && { next: { batch: beyond[1], index: beyond[2] } }) }
}
