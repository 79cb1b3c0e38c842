import type { CallKey } from '@/engine/lm/lm'
import type { Paid, StoredCall } from '@/engine/lm/kept/call-store'
import { recordsIn } from './checked-records'
import { roughSize } from './chunks'
import { read, write } from './db'
import { inBatches } from './in-batches'
import { belongingTo } from './key-ranges'
import { unfinishedStatuses, type RunId } from './records'
import { disownBlobs, ownBlobs, storesFor, withBlobStores } from './blob-owners'

/** The request and the answer that the cache has under a key. What a run has is found by `answerOf`. */
export async function getCall(key: CallKey): Promise<StoredCall | undefined> {
  return read(['lmCalls'], transaction => recordsIn(transaction).get('lmCalls', key))
}

/** The run that paid for an answer, which of its models it paid, and what. */
export type Payer = Paid & { readonly runId: RunId }

/** Stores an answer unless the key has one already; returns what is stored from then on. Resolves when it is on disk. */
export function addCall(call: StoredCall, payer?: Payer): Promise<StoredCall> {
  return writeCall({ call, payer })
}

/** Notes that these answers were used, so that they are among the last to be thrown out. */
export async function touchCalls(keys: Iterable<CallKey>, now: number): Promise<void> {
  await write(['lmCallUses'], 'relaxed', async transaction => {
    const store = transaction.objectStore('lmCallUses')
    for (const key of keys) {
      const use = await recordsIn(transaction).get('lmCallUses', key)
      if (use) await store.put({ ...use, usedAt: now })
    }
  })
}

/** Size of the call cache: how many answers, and about how many bytes. */
export function callCacheSize(): Promise<{ readonly count: number; readonly bytes: number }> {
  return read(['lmCallUses'], async transaction => {
    const uses = await recordsIn(transaction).getAll('lmCallUses')
    return { count: uses.length, bytes: uses.reduce((sum, use) => sum + use.bytes, 0) }
  })
}

/**
 * Throws out answers, the least recently used first, until about `bytes` are free; never one of a run that may still go on.
 * Returns what was freed, which is less when nothing more may go.
 */
export function evictCalls(bytes: number): Promise<{ readonly count: number; readonly bytes: number }> {
  return write(withBlobStores(['lmCalls', 'lmCallUses', 'runs', 'runCalls']), 'relaxed', async transaction => {
    const needed = new Set<CallKey>()
    const unfinished = new Set<string | undefined>()
    for (const status of unfinishedStatuses) {
      for (const runId of await transaction.objectStore('runs').index('byStatus').getAllKeys(status)) {
        unfinished.add(runId)
        for (const [, key] of await transaction.objectStore('runCalls').getAllKeys(belongingTo(runId))) needed.add(key)
      }
    }
    const freed = { count: 0, bytes: 0 }
    let cursor = await transaction.objectStore('lmCallUses').index('byUse').openCursor()
    while (cursor && freed.bytes < bytes) {
      const [use] = recordsIn(transaction).sift('lmCallUses', [cursor.value]).good
      // The last: an answer that its run paid for and had no time to note.
      if (use && !needed.has(use.key) && !unfinished.has(use.runId)) {
        await transaction.objectStore('lmCalls').delete(use.key)
        await disownBlobs(transaction, { store: 'lmCalls', key: [use.key] })
        await cursor.delete()
        freed.count += 1
        freed.bytes += use.bytes
      }
      cursor = await cursor.continue()
    }
    return freed
  })
}

interface PaidCall {
  readonly call: StoredCall
  readonly payer: Payer | undefined
}

const writeCall = inBatches((batch: readonly PaidCall[]) => {
  const stores = storesFor(
    ['lmCalls', 'lmCallUses'],
    batch.map(({ call }) => call),
  )
  return write(stores, 'strict', async transaction => {
    const store = transaction.objectStore('lmCalls')
    const stored = new Map<CallKey, Promise<StoredCall>>()
    const put = async ({ call, payer }: PaidCall): Promise<StoredCall> => {
      const known = await recordsIn(transaction).get('lmCalls', call.key)
      if (known) return known
      await Promise.all([
        store.put(call),
        ownBlobs(transaction, { store: 'lmCalls', key: [call.key] }, call),
        transaction.objectStore('lmCallUses').put({ key: call.key, usedAt: call.at, bytes: roughSize(call), ...payer }),
      ])
      return call
    }
    return Promise.all(
      batch.map(item => {
        const first = stored.get(item.call.key) ?? put(item)
        stored.set(item.call.key, first)
        return first
      }),
    )
  })
})
