import type { JournalEvent } from '@/engine/record/events'
import { read } from './db'
import { checkedAll, keyField } from './quarantine'
import { storedEventSchema } from './record-schemas'
import type { RunId } from './records'

/** The events of a run in their order, from `fromSeq` on. */
export async function listEvents(runId: RunId, fromSeq = 0): Promise<JournalEvent[]> {
  const values = await read(['runEvents'], transaction =>
    transaction.objectStore('runEvents').getAll(IDBKeyRange.bound([runId, fromSeq], [runId, []])),
  )
  const stored = await checkedAll('runEvents', storedEventSchema, values, value => [runId, keyField(value, 'seq')])
  return stored.map(({ runId: _runId, ...event }) => event)
}
