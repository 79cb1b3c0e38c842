import { EngineError } from '@/engine/base/errors'
import { addSpent, nothingSpent, type SpendNote, type Spent } from '@/engine/lm/spend'
import { recordsIn } from './checked-records'
import { read, write, type WriteTransaction } from './db'
import type { RunId } from './records'
import { answeredKeys } from './run-answers'
import type { StoredSpending } from './schema'

/** Undefined for a run that never asked a model elsewhere. */
export async function getSpending(runId: RunId): Promise<StoredSpending | undefined> {
  return read(['runSpending'], transaction => recordsIn(transaction).get('runSpending', runId))
}

/** Requests that had left and have no stored answer, at their worst case: when the run was last heard of, and in all of its attempts. */
export interface UnseenSpending {
  readonly last: Spent
  readonly all: Spent
}

export function unseenSpending(runId: RunId): Promise<UnseenSpending> {
  return read(['runSpending', 'runs', 'lmCalls', 'importedCalls'], async transaction => {
    const { open = [], lost = nothingSpent } = (await recordsIn(transaction).get('runSpending', runId)) ?? {}
    const keys = open.flatMap(({ key }) => (key === undefined ? [] : [key]))
    const answered = await answeredKeys(transaction, runId, keys)
    const last = open
      .filter(({ key }) => key === undefined || !answered.has(key))
      .reduce((sum: Spent, one) => addSpent(sum, { ...one, calls: 1 }), nothingSpent)
    return { last, all: addSpent(lost, last) }
  })
}

/** Replaces what a run may have spent. Refused once the run has been taken over: then nothing more may be sent from here. */
export async function putSpending(runId: RunId, epoch: number, note: SpendNote): Promise<void> {
  await write(['runSpending'], 'strict', async transaction => {
    const before = (await recordsIn(transaction).get('runSpending', runId)) ?? blank(runId, epoch)
    if (before.epoch !== epoch) throw takenOver(epoch, before.epoch)
    await transaction.objectStore('runSpending').put({ ...before, spent: note.spent, open: note.open })
  })
}

/** Sets down what of the open requests of killed attempts turned out to be lost; the answered ones are in the records. */
export async function settleSpending(runId: RunId, epoch: number, settled: Pick<StoredSpending, 'spent' | 'lost'>): Promise<void> {
  await write(['runSpending'], 'strict', async transaction => {
    const before = (await recordsIn(transaction).get('runSpending', runId)) ?? blank(runId, epoch)
    if (before.epoch !== epoch) throw takenOver(epoch, before.epoch)
    await transaction.objectStore('runSpending').put({ ...before, ...settled, open: [] })
  })
}

/** Keeps the run's note of answers that were being read when an attempt ended; '' is none. Need not outlive a power cut: the engine's end is what it is for. */
export async function noteReading(runId: RunId, epoch: number, note: string): Promise<void> {
  await write(['runSpending'], 'relaxed', async transaction => {
    const { reading: _before, ...kept } = (await recordsIn(transaction).get('runSpending', runId)) ?? blank(runId, epoch)
    if (kept.epoch !== epoch) throw takenOver(epoch, kept.epoch)
    await transaction.objectStore('runSpending').put({ ...kept, ...(note !== '' && { reading: note }) })
  })
}

/** For use inside a larger transaction: from now on only this epoch may send. */
export async function takeSpending(transaction: WriteTransaction, runId: RunId, epoch: number): Promise<void> {
  const before = (await recordsIn(transaction).get('runSpending', runId)) ?? blank(runId, epoch)
  await transaction.objectStore('runSpending').put({ ...before, epoch })
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
  return { runId, epoch, spent: nothingSpent, open: [], lost: nothingSpent }
}
