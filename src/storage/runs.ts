import { EngineError } from '@/engine/base/errors'
import { isJsonObject } from '@/lib/json'
import { raiseLimits, type Limits } from '@/engine/run/plan/raise-limits'
import type { JournalBatch } from '@/engine/run/base/ports'
import type { CallRecord } from '@/engine/record/events'
import { announce } from './change-notices'
import { recordsIn } from './checked-records'
import { read, write, type ReadTransaction, type WriteTransaction } from './db'
import { belongingTo } from './key-ranges'
import type { RunId, RunRecord, RunStatus } from './records'
import { takeSpending, takenOver } from './run-spending'
import { unreadable, type Unreadable } from './unreadable'
import { disownBlobs, ownBlobs, storesFor, withBlobStores } from './blob-owners'

export interface RunList {
  /** Newest first. */
  readonly runs: readonly RunRecord[]
  readonly unreadable: readonly Unreadable[]
}

/** The runs of a project, those whose record cannot be read among them. */
export async function listRuns(projectId: string): Promise<RunList> {
  const { good, damaged } = await read(['runs'], async transaction => {
    const records = recordsIn(transaction)
    const indexed = await transaction.objectStore('runs').index('byProject').getAll(belongingTo(projectId))
    const strays = await records.strays('runs', 'byProject')
    // A run that does not even say whose it is shows everywhere, rather than nowhere.
    const own = strays.filter(run => !isJsonObject(run) || typeof run.projectId !== 'string' || run.projectId === projectId)
    return records.sift('runs', [...indexed, ...own])
  })
  return { runs: good.toReversed(), unreadable: damaged.map(unreadable) }
}

/** Undefined where there is none. Throws `storage-failed` for a run whose record is damaged. */
export async function getRun(id: RunId): Promise<RunRecord | undefined> {
  return read(['runs'], transaction => runIn(transaction, id))
}

/** Where a run stood when somebody looked. */
export type RunStand = Pick<RunRecord, 'epoch' | 'status'>

/** Whether somebody took the run, or ended it, since it stood there: two that resume it at once see the same. */
export function hasMoved(run: RunStand | undefined, seen: RunStand): boolean {
  return run?.epoch !== seen.epoch || run.status !== seen.status
}

export async function addRun(record: RunRecord): Promise<void> {
  await write(storesFor(['runs'], record), 'strict', async transaction => {
    await transaction.objectStore('runs').add(record)
    await ownBlobs(transaction, { store: 'runs', key: [record.id] }, record)
  })
  announce('runs', record.id)
}

/**
 * Takes a run over: raises its epoch, so that whoever ran it before can write no more, and marks it `running`. Take the run's
 * lock first. With `seen` it is taken only where nobody else has taken it, or ended it, since it stood there.
 */
export async function takeRun(id: RunId, now: number, seen?: RunStand): Promise<RunRecord> {
  const taken = await write(['runs', 'runSpending'], 'strict', async transaction => {
    const run = seen === undefined ? await runIn(transaction, id) : await ownedRun(transaction, id, seen.epoch)
    if (!run) throw missing(id)
    if (seen && hasMoved(run, seen)) throw takenOver(seen.epoch, run.epoch)
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
  await write(storesFor(['runs'], patch), patch.status === undefined ? 'relaxed' : 'strict', async transaction => {
    const run = await ownedRun(transaction, id, epoch)
    await transaction.objectStore('runs').put({ ...run, ...patch })
    await ownBlobs(transaction, { store: 'runs', key: [id] }, patch)
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
  await write(storesFor(['runs', 'runEvents', 'rollouts', 'runCalls'], batch.events, batch.rollouts), 'relaxed', async transaction => {
    const run = await ownedRun(transaction, id, epoch)
    const events = transaction.objectStore('runEvents')
    const rollouts = transaction.objectStore('rollouts')
    await Promise.all([
      ...batch.events.map(event => events.put({ ...event, runId: id })),
      ...batch.rollouts.map(rollout => rollouts.put({ ...rollout, runId: id })),
      ...batch.calls.map(call => putRunCall(transaction, id, call)),
      ownBlobs(transaction, { store: 'runs', key: [id] }, batch.events, batch.rollouts),
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
    const run = await runIn(transaction, id)
    if (!run) throw missing(id)
    await transaction.objectStore('runs').put({ ...run, spec: raiseLimits(run.spec, limits) })
  })
  announce('runs', id)
}

/** Deletes a run with its events, rollouts and the list of its calls; the answers stay in the call cache, but for those of an imported run. */
export async function deleteRun(id: RunId): Promise<void> {
  await write(
    withBlobStores(['runs', 'runEvents', 'rollouts', 'runCalls', 'runSpending', 'importedCalls', 'exampleSets']),
    'strict',
    async transaction => {
      await removeRun(transaction, id)
      await removeUnusedExampleSets(transaction)
    },
  )
  announce('runs', id)
}

/** For use inside a larger transaction over runs, runEvents, rollouts, runCalls, runSpending, importedCalls and the stores of files. */
export async function removeRun(transaction: WriteTransaction, id: RunId): Promise<void> {
  await transaction.objectStore('runs').delete(id)
  await transaction.objectStore('runEvents').delete(belongingTo(id))
  await transaction.objectStore('rollouts').delete(belongingTo(id))
  await transaction.objectStore('runCalls').delete(belongingTo(id))
  await transaction.objectStore('runSpending').delete(id)
  await transaction.objectStore('importedCalls').delete(belongingTo(id))
  await disownBlobs(transaction, { store: 'runs', key: [id] })
}

/** For use inside a larger transaction over runs, exampleSets and the stores of files. */
export async function removeUnusedExampleSets(transaction: WriteTransaction): Promise<void> {
  const runs = await recordsIn(transaction).getAll('runs')
  // Nobody knows which rows a damaged run was made with.
  if (runs.length < (await transaction.objectStore('runs').count())) return
  const used = new Set(runs.flatMap(run => [run.spec.data.train.hash, run.spec.data.val.hash]))
  const store = transaction.objectStore('exampleSets')
  for (const [hash, index] of await store.getAllKeys()) {
    if (used.has(hash)) continue
    await store.delete([hash, index])
    await disownBlobs(transaction, { store: 'exampleSets', key: [hash] })
  }
}

/**
 * A replay meets an answer as cached that an earlier attempt paid for: of several records of one call the paid one stays, and else
 * the first. A failure gives way to the answer that came when it was tried again, and one that nothing was built on to a later one.
 */
async function putRunCall(transaction: WriteTransaction, runId: RunId, call: CallRecord): Promise<void> {
  const store = transaction.objectStore('runCalls')
  const known = await recordsIn(transaction).get('runCalls', [runId, call.key])
  const isPaidLater = known?.cached === true && call.error === undefined && !call.cached
  const isBinding = known && (known.error === undefined || (call.error !== undefined && !known.unsettled))
  if (isBinding && !isPaidLater) return
  await store.put({ ...call, runId })
}

async function runIn(transaction: ReadTransaction | WriteTransaction, id: RunId): Promise<RunRecord | undefined> {
  const value: unknown = await (transaction as ReadTransaction).objectStore('runs').get(id)
  const { good, damaged } = recordsIn(transaction).sift('runs', value === undefined ? [] : [value])
  if (damaged[0] === undefined) return good[0]
  throw new EngineError(
    'storage-failed',
    `The record of this run is damaged and cannot be read (${damaged[0].error.message}). Delete the run, or bring it back from a backup.`,
    { reason: 'damaged', id },
  )
}

/** Looked up with every flush, in the form in which it was taken over: whoever owns it has read and checked it then. */
async function ownedRun(transaction: WriteTransaction, id: RunId, epoch: number): Promise<RunRecord> {
  const run = await transaction.objectStore('runs').get(id)
  if (!run) throw missing(id)
  if (run.epoch !== epoch) throw takenOver(epoch, run.epoch)
  return run
}

function missing(id: RunId): EngineError {
  return new EngineError('not-found', 'This run is no longer stored in this browser.', { id })
}
