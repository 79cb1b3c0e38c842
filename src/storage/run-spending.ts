import { EngineError } from '@/engine/base/errors'
import type { SpendNote } from '@/engine/lm/spend'
import { read, write, type WriteTransaction } from './db'
import { checked } from './quarantine'
import { spendingSchema } from './record-schemas'
import type { RunId } from './records'
import type { StoredSpending } from './schema'

/** Undefined for a run that never asked a model elsewhere. */
export async function getSpending(runId: RunId): Promise<StoredSpending | undefined> {
  const value = await read(['runSpending'], transaction => transaction.objectStore('runSpending').get(runId))
  return checked('runSpending', runId, spendingSchema, value)
}

/** How many requests had left when the run was last heard of and have no stored answer. */
export function unseenRequests(runId: RunId): Promise<number> {
  return read(['runSpending', 'lmCalls'], async transaction => {
    const { open = [] } = (await transaction.objectStore('runSpending').get(runId)) ?? {}
    const calls = transaction.objectStore('lmCalls')
    const stored = await Promise.all(open.flatMap(({ key }) => (key === undefined ? [] : [calls.count(key)])))
    return open.length - stored.filter(count => count > 0).length
  })
}

/** Replaces what a run may have spent. Refused once the run has been taken over: then nothing more may be sent from here. */
export async function putSpending(runId: RunId, epoch: number, note: SpendNote): Promise<void> {
  await write(['runSpending'], 'strict', async transaction => {
    const store = transaction.objectStore('runSpending')
    const before = (await store.get(runId)) ?? blank(runId, epoch)
    if (before.epoch !== epoch) throw takenOver(epoch, before.epoch)
    await store.put({ ...before, spent: note.spent, open: note.open })
  })
}

/** Sets down what of the open requests of killed attempts turned out to be lost; the answered ones are in the records. */
export async function settleSpending(runId: RunId, epoch: number, settled: Pick<StoredSpending, 'spent' | 'lost'>): Promise<void> {
  await write(['runSpending'], 'strict', async transaction => {
    const store = transaction.objectStore('runSpending')
    const before = (await store.get(runId)) ?? blank(runId, epoch)
    if (before.epoch !== epoch) throw takenOver(epoch, before.epoch)
    await store.put({ ...before, ...settled, open: [] })
  })
}

/** For use inside a larger transaction: from now on only this epoch may send. */
export async function takeSpending(transaction: WriteTransaction, runId: RunId, epoch: number): Promise<void> {
  const store = transaction.objectStore('runSpending')
  await store.put({ ...((await store.get(runId)) ?? blank(runId, epoch)), epoch })
}

export function takenOver(epoch: number, current: number): EngineError {
  return new EngineError(
    'storage-failed',
    'This run has been taken over by another tab. Watch it there; nothing more is written from here.',
    {
      reason: 'epoch',
      epoch,
      current,
    },
  )
}

function blank(runId: RunId, epoch: number): StoredSpending {
  const none = { calls: 0, tokens: 0, cost: 0 }
  return { runId, epoch, spent: none, open: [], lost: none }
}
