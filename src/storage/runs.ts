import { EngineError } from '@/engine/base/errors'
import { raiseLimits, type Limits } from '@/engine/run/plan/raise-limits'
import type { JournalBatch } from '@/engine/run/ports'
import type { CallRecord } from '@/engine/record/events'
import { announce } from './change-notices'
import { read, write, type WriteTransaction } from './db'
import { belongingTo } from './key-ranges'
import { checked, checkedAll, keyField } from './quarantine'
import { runRecordSchema } from './record-schemas'
import type { RunId, RunRecord, RunStatus } from './records'
import { takeSpending, takenOver } from './run-spending'

/** Runs that may still go on: their answers are never thrown out of the call cache. */
export const unfinishedStatuses: readonly RunStatus[] = ['queued', 'running', 'paused', 'stopped', 'capped', 'failed']

/** The runs of a project, newest first. */
export async function listRuns(projectId: string): Promise<RunRecord[]> {
  const values = await read(['runs'], transaction => transaction.objectStore('runs').index('byProject').getAll(belongingTo(projectId)))
  const runs = await checkedAll('runs', runRecordSchema, values, value => keyField(value, 'id'))
  return runs.reverse()
}

export async function getRun(id: RunId): Promise<RunRecord | undefined> {
  return checked('runs', id, runRecordSchema, await read(['runs'], transaction => transaction.objectStore('runs').get(id)))
}

export async function addRun(record: RunRecord): Promise<void> {
  await write(['runs'], 'strict', transaction => transaction.objectStore('runs').add(record))
  announce('runs', record.id)
}

/**
 * Takes a run over: raises its epoch, so that whoever ran it before can write no more, and marks it `running`. Take the run's
 * lock first.
 */
export async function takeRun(id: RunId, now: number): Promise<RunRecord> {
  const taken = await write(['runs', 'runSpending'], 'strict', async transaction => {
    const run = await transaction.objectStore('runs').get(id)
    if (!run) throw missing(id)
    await takeSpending(transaction, id, run.epoch + 1)
    const { endedAt: _endedAt, finish: _finish, error: _error, ...kept } = run
    const next: RunRecord = { ...kept, status: 'running', epoch: run.epoch + 1, startedAt: run.startedAt ?? now, heartbeatAt: now }
    await transaction.objectStore('runs').put(next)
    return next
  })
  announce('runs', id)
  return taken
}

/** Changes the head of a run that this epoch still owns. */
export async function patchRun(
  id: RunId,
  epoch: number,
  patch: Partial<Omit<RunRecord, 'id' | 'projectId' | 'kind' | 'spec' | 'createdAt' | 'epoch'>>,
): Promise<void> {
  await write(['runs'], patch.status === undefined ? 'relaxed' : 'strict', async transaction => {
    const run = await ownedRun(transaction, id, epoch)
    await transaction.objectStore('runs').put({ ...run, ...patch })
  })
  // A heartbeat is for whoever asks, not news.
  if (Object.keys(patch).some(key => key !== 'heartbeatAt' && key !== 'activeMs')) announce('runs', id)
}

/** What one flush of a run writes, in one transaction, with the time that its attempts have run so far. Refused when the run has been taken over. */
export async function appendToRun(
  id: RunId,
  epoch: number,
  batch: JournalBatch & { readonly status?: RunStatus },
  now: number,
  activeMs?: number,
): Promise<void> {
  await write(['runs', 'runEvents', 'rollouts', 'runCalls'], 'relaxed', async transaction => {
    const run = await ownedRun(transaction, id, epoch)
    const events = transaction.objectStore('runEvents')
    const rollouts = transaction.objectStore('rollouts')
    await Promise.all([
      ...batch.events.map(event => events.put({ ...event, runId: id })),
      ...batch.rollouts.map(rollout => rollouts.put({ ...rollout, runId: id })),
      ...batch.calls.map(call => putRunCall(transaction, id, call)),
      transaction.objectStore('runs').put({
        ...run,
        status: batch.status ?? run.status,
        totals: batch.totals,
        heartbeatAt: now,
        ...(activeMs !== undefined && { activeMs }),
      }),
    ])
  })
  announce('runEvents', id, {
    events: batch.events.map(({ seq }) => seq),
    rollouts: batch.rollouts.map(({ batch: number, index }) => ({ batch: number, index })),
    calls: batch.calls.map(({ key }) => key),
  })
}

/** Sets new limits for a run that nobody is running, so that it can go on after one was reached. */
export async function setRunLimits(id: RunId, limits: Limits): Promise<void> {
  await write(['runs'], 'strict', async transaction => {
    const run = await transaction.objectStore('runs').get(id)
    if (!run) throw missing(id)
    await transaction.objectStore('runs').put({ ...run, spec: raiseLimits(run.spec, limits) })
  })
  announce('runs', id)
}

/** Deletes a run with its events, rollouts and the list of its calls; the answers stay in the call cache. */
export async function deleteRun(id: RunId): Promise<void> {
  await write(['runs', 'runEvents', 'rollouts', 'runCalls', 'runSpending', 'exampleSets'], 'strict', async transaction => {
    await removeRun(transaction, id)
    await removeUnusedExampleSets(transaction)
  })
  announce('runs', id)
}

/** For use inside a larger transaction over runs, runEvents, rollouts, runCalls and runSpending. */
export async function removeRun(transaction: WriteTransaction, id: RunId): Promise<void> {
  await transaction.objectStore('runs').delete(id)
  await transaction.objectStore('runEvents').delete(belongingTo(id))
  await transaction.objectStore('rollouts').delete(belongingTo(id))
  await transaction.objectStore('runCalls').delete(belongingTo(id))
  await transaction.objectStore('runSpending').delete(id)
}

/** For use inside a larger transaction over runs and exampleSets. */
export async function removeUnusedExampleSets(transaction: WriteTransaction): Promise<void> {
  const runs = await transaction.objectStore('runs').getAll()
  const used = new Set(runs.flatMap(run => [run.spec.data.train.hash, run.spec.data.val.hash]))
  const store = transaction.objectStore('exampleSets')
  for (const [hash, index] of await store.getAllKeys()) {
    if (!used.has(hash)) await store.delete([hash, index])
  }
}

/**
 * A replay meets an answer as cached that an earlier attempt paid for: of several records of one call the paid one stays, and else
 * the first. A failure gives way to the answer that came when it was tried again, and one that nothing was built on to a later one.
 */
async function putRunCall(transaction: WriteTransaction, runId: RunId, call: CallRecord): Promise<void> {
  const store = transaction.objectStore('runCalls')
  const known = await store.get([runId, call.key])
  const isPaidLater = known?.cached === true && call.error === undefined && !call.cached
  const isBinding = known && (known.error === undefined || (call.error !== undefined && !known.unsettled))
  if (isBinding && !isPaidLater) return
  await store.put({ ...call, runId })
}

async function ownedRun(transaction: WriteTransaction, id: RunId, epoch: number): Promise<RunRecord> {
  const run = await transaction.objectStore('runs').get(id)
  if (!run) throw missing(id)
  if (run.epoch !== epoch) throw takenOver(epoch, run.epoch)
  return run
}

function missing(id: RunId): EngineError {
  return new EngineError('not-found', 'This run is no longer stored in this browser.', { id })
}
