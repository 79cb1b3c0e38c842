import type { CallRecord, JournalEvent, RolloutRecord } from '@/engine/record/events'
import { announce } from './change-notices'
import { write } from './db'
import type { RunRecord } from './records'

/** Stores a run that was made elsewhere, with all that is recorded of it, in one transaction. */
export async function addRunWithRecord(
  run: RunRecord,
  record: { readonly events: readonly JournalEvent[]; readonly rollouts: readonly RolloutRecord[]; readonly calls: readonly CallRecord[] },
): Promise<void> {
  await write(['runs', 'runEvents', 'rollouts', 'runCalls'], 'strict', async transaction => {
    const runId = run.id
    await Promise.all([
      transaction.objectStore('runs').add(run),
      ...record.events.map(event => transaction.objectStore('runEvents').add({ ...event, runId })),
      ...record.rollouts.map(rollout => transaction.objectStore('rollouts').add({ ...rollout, runId })),
      ...record.calls.map(call => transaction.objectStore('runCalls').add({ ...call, runId })),
    ])
  })
  announce('runs', run.id)
}
