import type { Paid, StoredCall } from '@/engine/lm/kept/call-store'
import { isToolKey } from '@/engine/lm/kept/tool-call'
import type { CallKey } from '@/engine/lm/lm'
import type { PaidAnswer } from '@/engine/run/recording/spent-before'
import { ownBlobs, storesFor } from './blob-owners'
import { recordsIn } from './checked-records'
import { roughSize } from './chunks'
import { read, write, type ReadTransaction } from './db'
import { inBatches } from './in-batches'
import { belongingTo } from './key-ranges'
import { addCall } from './lm-calls'
import type { RunId, RunRecord } from './records'
import type { ImportedCall } from './schema'

/**
 * The answers of a run. A run that was made here shares the call cache with all others. One that came from a file has its answers beside
 * it, those it pays for later among them: whoever wrote the file may have written anything under any key, so they serve this run alone.
 */
export async function answerOf(runId: RunId, key: CallKey): Promise<StoredCall | undefined> {
  return read(['runs', 'lmCalls', 'importedCalls'], async transaction => (await lookUp(transaction, runId))(key))
}

/** The stored ones of many answers, some hundred at a time, in the order of their keys. */
export async function* answersOf(runId: RunId, keys: readonly CallKey[]): AsyncGenerator<readonly StoredCall[]> {
  for (let start = 0; start < keys.length; start += readAhead) {
    const found = await readAnswers(runId, keys.slice(start, start + readAhead))
    yield found.filter(call => call !== undefined)
  }
}

/** Reads the answers of a run one by one; those that are asked for at the same time share a transaction. */
export function answerReader(runId: RunId): (key: CallKey) => Promise<StoredCall | undefined> {
  return inBatches((keys: readonly CallKey[]) => readAnswers(runId, keys))
}

function readAnswers(runId: RunId, keys: readonly CallKey[]): Promise<readonly (StoredCall | undefined)[]> {
  return read(['runs', 'lmCalls', 'importedCalls'], async transaction => Promise.all(keys.map(await lookUp(transaction, runId))))
}

/** Stores an answer where the run has its own, unless the key has one already; returns what is stored from then on, once it is on disk. */
export function addAnswer(
  { id, importedAt }: Pick<RunRecord, 'id' | 'importedAt'>,
  call: StoredCall,
  paid: Paid = {},
): Promise<StoredCall> {
  if (importedAt === undefined) return addCall(call, { ...paid, runId: id })
  const { entry, cost } = paid
  return writeImported({ ...call, runId: id, paidBy: id, ...(entry !== undefined && { entry }), ...(cost !== undefined && { cost }) })
}

const writeImported = inBatches((batch: readonly ImportedCall[]) =>
  write(storesFor(['importedCalls'], batch), 'strict', async transaction => {
    const store = transaction.objectStore('importedCalls')
    const stored = new Map<string, Promise<StoredCall>>()
    const put = async (call: ImportedCall): Promise<StoredCall> => {
      const known = await recordsIn(transaction).get('importedCalls', [call.runId, call.key])
      if (known) return plainCall(known)
      await Promise.all([store.put(call), ownBlobs(transaction, { store: 'runs', key: [call.runId] }, call)])
      return plainCall(call)
    }
    return Promise.all(
      batch.map(call => {
        const place = `${call.runId} ${call.key}`
        const first = stored.get(place) ?? put(call)
        stored.set(place, first)
        return first
      }),
    )
  }),
)

/** An answer without its prompt, which is the larger part by far and which a replay has anyway. */
export type AnswerOnly = Pick<StoredCall, 'key' | 'response'>

/**
 * The stored answers that a run has used, read in one transaction: a replay of thousands of calls would otherwise wait for each.
 * Beyond `maxBytes` it stops, and the replay reads the rest one by one.
 */
export function preloadAnswers(runId: RunId, maxBytes = 256 * 1024 * 1024): Promise<Map<CallKey, AnswerOnly>> {
  return read(['runs', 'runCalls', 'lmCalls', 'importedCalls'], async transaction => {
    const records = recordsIn(transaction)
    const answers = new Map<CallKey, AnswerOnly>()
    let bytes = 0
    const take = (calls: readonly StoredCall[], isWanted: (key: CallKey) => boolean): void => {
      for (const { key, response } of calls) {
        if (!isWanted(key)) continue
        answers.set(key, { key, response })
        bytes += roughSize(response)
      }
    }
    if (await isImported(transaction, runId)) {
      const store = transaction.objectStore('importedCalls')
      for (let range: IDBKeyRange = belongingTo(runId); bytes < maxBytes;) {
        const last = (await store.getAllKeys(range, readAhead)).at(-1)
        if (last === undefined) break
        take(await records.getAll('importedCalls', range, readAhead), () => true)
        range = IDBKeyRange.bound(last, [runId, []], true)
      }
      return answers
    }
    const wanted = (await transaction.objectStore('runCalls').getAllKeys(belongingTo(runId))).map(([, key]) => key)
    const keys = new Set(wanted)
    const store = transaction.objectStore('lmCalls')
    // Where most of the cache is this run's, reading through all of it beats looking up each.
    if (keys.size * 2 > (await store.count())) {
      let range: IDBKeyRange | null = null
      while (bytes < maxBytes) {
        const page: readonly string[] = await store.getAllKeys(range, readAhead)
        const last = page.at(-1)
        if (last === undefined) break
        take(await records.getAll('lmCalls', range, readAhead), key => keys.has(key))
        range = IDBKeyRange.lowerBound(last, true)
      }
    } else {
      for (let start = 0; start < wanted.length && bytes < maxBytes; start += readAhead) {
        const found = await Promise.all(wanted.slice(start, start + readAhead).map(key => records.get('lmCalls', key)))
        take(
          found.filter(call => call !== undefined),
          key => keys.has(key),
        )
      }
    }
    return answers
  })
}
const readAhead = 500

/** How many stored answers a run paid for. */
export function countPaidCalls(runId: RunId): Promise<number> {
  return read(['lmCallUses', 'importedCalls'], async transaction => {
    const shared = await transaction.objectStore('lmCallUses').index('byRun').getAllKeys(runId)
    const own = await transaction.objectStore('importedCalls').index('byPayer').getAllKeys(runId)
    return [...shared, ...own.map(([, key]) => key)].filter(key => !isToolKey(key)).length
  })
}

/** The answers that a run paid for, whether or not it lived to note them: each once, with what it cost. */
export function paidAnswers(runId: RunId): Promise<readonly PaidAnswer[]> {
  return read(['runs', 'runCalls', 'lmCalls', 'lmCallUses', 'importedCalls'], async transaction => {
    const records = recordsIn(transaction)
    const get = await lookUp(transaction, runId)
    const uses = [
      ...(await records.getByIndex('lmCallUses', 'byRun', IDBKeyRange.only(runId))),
      ...(await records.getByIndex('importedCalls', 'byPayer', IDBKeyRange.only(runId))),
    ]
    const noted = new Map((await records.getAll('runCalls', belongingTo(runId))).map(call => [call.key, call]))
    const found = await Promise.all(
      uses.map(async ({ key, entry, cost }) => {
        const paid = { key, ...(entry !== undefined && { entry }), ...(cost !== undefined && { cost }) }
        const { model, usage, cost: notedCost } = noted.get(key) ?? {}
        if (model !== undefined && usage !== undefined)
          return { ...(notedCost !== undefined && { cost: notedCost }), ...paid, model, usage }
        const call = await get(key)
        if (!call) return undefined
        const { model: asked, endpoint } = call.request
        return { ...paid, model: asked, ...(endpoint !== undefined && { endpoint }), usage: call.response.usage }
      }),
    )
    return found.filter(call => call !== undefined)
  })
}

/** How many of these keys have a stored answer of the run. For use inside a transaction over runs, lmCalls and importedCalls. */
export async function answeredKeys(transaction: ReadTransaction, runId: RunId, keys: readonly CallKey[]): Promise<ReadonlySet<CallKey>> {
  const isOwn = await isImported(transaction, runId)
  const counts = await Promise.all(
    keys.map(key => (isOwn ? transaction.objectStore('importedCalls').count([runId, key]) : transaction.objectStore('lmCalls').count(key))),
  )
  return new Set(keys.filter((_, at) => (counts[at] ?? 0) > 0))
}

async function lookUp(transaction: ReadTransaction, runId: RunId): Promise<(key: CallKey) => Promise<StoredCall | undefined>> {
  const records = recordsIn(transaction)
  const isOwn = await isImported(transaction, runId)
  return async key => {
    if (!isOwn) return records.get('lmCalls', key)
    const found = await records.get('importedCalls', [runId, key])
    return found && plainCall(found)
  }
}

/** Also of a run whose record is damaged otherwise. */
async function isImported(transaction: ReadTransaction, runId: RunId): Promise<boolean> {
  const run: unknown = await transaction.objectStore('runs').get(runId)
  return (Object(run) as Partial<RunRecord>).importedAt !== undefined
}

function plainCall({ key, rollout, request, response, at }: ImportedCall): StoredCall {
  return { key, rollout, request, response, at }
}
