import type { JournalEvent } from '@/engine/record/events'
import { recordsIn } from './checked-records'
import { read } from './db'
import type { RunId } from './records'

/** The events of a run in their order, from `fromSeq` on. Where one is damaged, its number is missing: see `gapsOf`. */
export async function listEvents(runId: RunId, fromSeq = 0): Promise<JournalEvent[]> {
  const range = IDBKeyRange.bound([runId, fromSeq], [runId, []])
  const stored = await read(['runEvents'], transaction => recordsIn(transaction).getAll('runEvents', range))
  return stored.map(({ runId: _runId, ...event }) => event)
}
