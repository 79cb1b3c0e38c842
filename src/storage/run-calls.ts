import type { CallKey } from '@/engine/lm/lm'
import { recordsIn } from './checked-records'
import { read } from './db'
import { belongingTo } from './key-ranges'
import type { RunId, StoredRunCall } from './records'

/** Every LM call a run used or failed at, each once. */
export async function listRunCalls(runId: RunId): Promise<StoredRunCall[]> {
  return read(['runCalls'], transaction => recordsIn(transaction).getAll('runCalls', belongingTo(runId)))
}

/** Some calls of a run by their keys. */
export async function readRunCalls(runId: RunId, keys: readonly CallKey[]): Promise<StoredRunCall[]> {
  const found = await read(['runCalls'], transaction => {
    const records = recordsIn(transaction)
    return Promise.all(keys.map(key => records.get('runCalls', [runId, key])))
  })
  return found.filter(call => call !== undefined)
}

/** Calls that failed for good: a replay fails at the same places. */
export async function failedRunCalls(runId: RunId): Promise<ReadonlyMap<CallKey, StoredRunCall>> {
  const calls = await listRunCalls(runId)
  return new Map(calls.filter(call => call.error !== undefined).map(call => [call.key, call]))
}
