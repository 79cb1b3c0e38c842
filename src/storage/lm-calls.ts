import type { CallKey } from '@/engine/lm/lm'
import type { Paid, StoredCall } from '@/engine/lm/call-store'
import type { PaidAnswer } from '@/engine/run/recording/spent-before'
import { roughSize } from './chunks'
import { read, write } from './db'
import { belongingTo } from './key-ranges'
import { checked } from './quarantine'
import { storedCallSchema } from './record-schemas'
import type { RunId } from './records'
import { unfinishedStatuses } from './runs'

/** The request and the answer under a key, for a trace or a replay. */
export async function getCall(key: CallKey): Promise<StoredCall | undefined> {
  return checked('lmCalls', key, storedCallSchema, await read(['lmCalls'], transaction => transaction.objectStore('lmCalls').get(key)))
}

/** The stored ones of many answers, some hundred at a time, in the order of their keys. */
export async function* getCalls(keys: readonly CallKey[]): AsyncGenerator<readonly StoredCall[]> {
  for (let start = 0; start < keys.length; start += readAhead) {
    yield await read(['lmCalls'], async transaction => {
      const store = transaction.objectStore('lmCalls')
      const values = await Promise.all(keys.slice(start, start + readAhead).map(key => store.get(key)))
      return values.filter(value => storedCallSchema.safeParse(value).success).filter(value => value !== undefined)
    })
  }
}

/** The run that paid for an answer, which of its models it paid, and what. */
export type Payer = Paid & { readonly runId: RunId }

/** Stores an answer unless the key has one already; returns what is stored from then on. Resolves when it is on disk. */
export function addCall(call: StoredCall, payer?: Payer): Promise<StoredCall> {
  return new Promise((resolve, reject) => {
    waiting.push({ call, payer, resolve, reject })
    if (!isWriting) void writeWaiting()
  })
}

/** An answer without its prompt, which is the larger part by far and which a replay has anyway. */
export type AnswerOnly = Pick<StoredCall, 'key' | 'response'>

/**
 * The stored answers that a run has used, read in one transaction: a replay of thousands of calls would otherwise wait for each.
 * Beyond `maxBytes` it stops, and the replay reads the rest one by one.
 */
export function preloadAnswers(runId: RunId, maxBytes = 256 * 1024 * 1024): Promise<Map<CallKey, AnswerOnly>> {
  return read(['runCalls', 'lmCalls'], async transaction => {
    const wanted = (await transaction.objectStore('runCalls').getAllKeys(belongingTo(runId))).map(([, key]) => key)
    const keys = new Set(wanted)
    const store = transaction.objectStore('lmCalls')
    const answers = new Map<CallKey, AnswerOnly>()
    let bytes = 0
    const take = (values: readonly unknown[]): void => {
      for (const value of values) {
        const call = storedCallSchema.safeParse(value)
        if (!call.success || !keys.has(call.data.key)) continue
        const { key, response } = call.data
        answers.set(key, { key, response })
        bytes += roughSize(response)
      }
    }
    // Where most of the cache is this run's, reading through all of it beats looking up each.
    if (keys.size * 2 > (await store.count())) {
      let range: IDBKeyRange | null = null
      while (bytes < maxBytes) {
        const values: StoredCall[] = await store.getAll(range, readAhead)
        const last = values.at(-1)
        if (!last) break
        take(values)
        range = IDBKeyRange.lowerBound(last.key, true)
      }
    } else {
      for (let start = 0; start < wanted.length && bytes < maxBytes; start += readAhead)
        take(await Promise.all(wanted.slice(start, start + readAhead).map(key => store.get(key))))
    }
    return answers
  })
}
const readAhead = 500

/** How many stored answers a run paid for. */
export function countPaidCalls(runId: RunId): Promise<number> {
  return read(['lmCallUses'], transaction => transaction.objectStore('lmCallUses').index('byRun').count(runId))
}

/** The answers that a run paid for, whether or not it lived to note them: each once, with what it cost. */
export function paidAnswers(runId: RunId): Promise<readonly PaidAnswer[]> {
  return read(['runCalls', 'lmCalls', 'lmCallUses'], async transaction => {
    const uses = await transaction.objectStore('lmCallUses').index('byRun').getAll(runId)
    const noted = new Map((await transaction.objectStore('runCalls').getAll(belongingTo(runId))).map(call => [call.key, call]))
    const found = await Promise.all(
      uses.map(async ({ key, entry, cost }) => {
        const paid = { key, ...(entry !== undefined && { entry }), ...(cost !== undefined && { cost }) }
        const { model, usage, cost: notedCost } = noted.get(key) ?? {}
        if (model !== undefined && usage !== undefined)
          return { ...(notedCost !== undefined && { cost: notedCost }), ...paid, model, usage }
        const call = await transaction.objectStore('lmCalls').get(key)
        if (!call) return undefined
        const { model: asked, endpoint } = call.request
        return { ...paid, model: asked, ...(endpoint !== undefined && { endpoint }), usage: call.response.usage }
      }),
    )
    return found.filter(call => call !== undefined)
  })
}

/** Notes that these answers were used, so that they are among the last to be thrown out. */
export async function touchCalls(keys: Iterable<CallKey>, now: number): Promise<void> {
  await write(['lmCallUses'], 'relaxed', async transaction => {
    const store = transaction.objectStore('lmCallUses')
    for (const key of keys) {
      const use = await store.get(key)
      if (use) await store.put({ ...use, usedAt: now })
    }
  })
}

/** Size of the call cache: how many answers, and about how many bytes. */
export function callCacheSize(): Promise<{ readonly count: number; readonly bytes: number }> {
  return read(['lmCallUses'], async transaction => {
    const uses = await transaction.objectStore('lmCallUses').getAll()
    return { count: uses.length, bytes: uses.reduce((sum, use) => sum + use.bytes, 0) }
  })
}

/**
 * Throws out answers, the least recently used first, until about `bytes` are free; never one of a run that may still go on.
 * Returns what was freed, which is less when nothing more may go.
 */
export function evictCalls(bytes: number): Promise<{ readonly count: number; readonly bytes: number }> {
  return write(['lmCalls', 'lmCallUses', 'runs', 'runCalls'], 'relaxed', async transaction => {
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
      const use = cursor.value
      // The second: an answer that its run paid for and had no time to note.
      if (!needed.has(use.key) && !unfinished.has(use.runId)) {
        await transaction.objectStore('lmCalls').delete(use.key)
        await cursor.delete()
        freed.count += 1
        freed.bytes += use.bytes
      }
      cursor = await cursor.continue()
    }
    return freed
  })
}

interface WaitingCall {
  readonly call: StoredCall
  readonly payer: Payer | undefined
  resolve(stored: StoredCall): void
  reject(error: unknown): void
}
let waiting: WaitingCall[] = []
let isWriting = false

/** Answers that arrive while one transaction is under way share the next one: a strict write costs the same for one or fifty. */
async function writeWaiting(): Promise<void> {
  isWriting = true
  while (waiting.length > 0) {
    const batch = waiting
    waiting = []
    try {
      const stored = await writeCalls(batch)
      batch.forEach((item, index) => item.resolve(stored[index] ?? item.call))
    } catch (error) {
      for (const item of batch) item.reject(error)
    }
  }
  isWriting = false
}

function writeCalls(batch: readonly WaitingCall[]): Promise<StoredCall[]> {
  return write(['lmCalls', 'lmCallUses'], 'strict', async transaction => {
    const store = transaction.objectStore('lmCalls')
    return Promise.all(
      batch.map(async ({ call, payer }) => {
        const known = storedCallSchema.safeParse(await store.get(call.key))
        if (known.success) return known.data
        await Promise.all([
          store.put(call),
          transaction.objectStore('lmCallUses').put({ key: call.key, usedAt: call.at, bytes: roughSize(call), ...payer }),
        ])
        return call
      }),
    )
  })
}
