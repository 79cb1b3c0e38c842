import type { CallKey } from '@/engine/lm/lm'
import { read } from './db'
import { belongingTo } from './key-ranges'
import { checkedAll, keyField } from './quarantine'
import { storedRunCallSchema } from './record-schemas'
import type { RunId, StoredRunCall } from './records'

/** Every LM call a run used or failed at, each once. */
export async function listRunCalls(runId: RunId): Promise<StoredRunCall[]> {
  const values = await read(['runCalls'], transaction => transaction.objectStore('runCalls').getAll(belongingTo(runId)))
  return checkedAll('runCalls', storedRunCallSchema, values, value => [runId, keyField(value, 'key')])
}

/** Some calls of a run by their keys. */
export async function readRunCalls(runId: RunId, keys: readonly CallKey[]): Promise<StoredRunCall[]> {
  const values = await read(['runCalls'], transaction =>
    Promise.all(keys.map(key => transaction.objectStore('runCalls').get([runId, key]))),
  )
  const found = values.filter(value => value !== undefined)
  return checkedAll('runCalls', storedRunCallSchema, found, value => [runId, keyField(value, 'key')])
}

/** Calls that failed for good: a replay fails at the same places. */
export async function failedRunCalls(runId: RunId): Promise<ReadonlyMap<CallKey, StoredRunCall>> {
  const calls = await listRunCalls(runId)
  return new Map(calls.filter(call => call.error !== undefined).map(call => [call.key, call]))
}
