import type { Example } from '@/engine/base/example'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import type { CallRecord, JournalEvent, RolloutRecord } from '@/engine/record/events'
import { ownBlobs, storesFor } from './blob-owners'
import { announce } from './change-notices'
import { write } from './db'
import { putExamples } from './example-sets'
import type { RunRecord } from './records'

export interface ImportedRecord {
  readonly train: readonly Example[]
  readonly val: readonly Example[]
  readonly events: readonly JournalEvent[]
  readonly rollouts: readonly RolloutRecord[]
  readonly calls: readonly CallRecord[]
  readonly answers: readonly StoredCall[]
}

/** Stores a run that came from a file, with its rows, its answers and all that is recorded of it, in one transaction: all of it or nothing. */
export async function addImportedRun(run: RunRecord & Required<Pick<RunRecord, 'importedAt'>>, record: ImportedRecord): Promise<void> {
  const stores = storesFor(['exampleSets', 'runs', 'runEvents', 'rollouts', 'runCalls', 'importedCalls'], run, record)
  await write(stores, 'strict', async transaction => {
    const runId = run.id
    await Promise.all([
      putExamples(transaction, record.train),
      putExamples(transaction, record.val),
      transaction.objectStore('runs').add(run),
      ...record.events.map(event => transaction.objectStore('runEvents').add({ ...event, runId })),
      ...record.rollouts.map(rollout => transaction.objectStore('rollouts').add({ ...rollout, runId })),
      ...record.calls.map(call => transaction.objectStore('runCalls').add({ ...call, runId })),
      ...record.answers.map(call => transaction.objectStore('importedCalls').add({ ...call, runId })),
      ownBlobs(transaction, { store: 'runs', key: [runId] }, run, record.events, record.rollouts, record.calls, record.answers),
    ])
  })
  announce('runs', run.id)
}
