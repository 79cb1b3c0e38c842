import { noTotals } from '@/engine/record/totals'
import { deleteDB } from 'idb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Project } from '@/engine/project/project'
import { putBlob } from '@/storage/blobs'
import { closeDatabase, database } from '@/storage/db'
import { getProject } from '@/storage/projects'
import { heldRuns } from '@/storage/run-locks'
import { listEvents } from '@/storage/run-events'
import { listRollouts } from '@/storage/rollouts'
import { getRun, patchRun } from '@/storage/runs'
import { damageRecord, damageWays, storeNames, type DamageableStore, type DamageWay } from '@/testing/damage'
import { toyFile } from '@/testing/toy-project'
import { createEngineClient, type EngineClient } from './client'

let engine: EngineClient
let project: Project
let count = 0
const rows = 12

beforeAll(async () => {
  await closeDatabase()
  await deleteDB('dspy-studio')
  engine = createEngineClient()
})
beforeEach(async () => {
  const id = await engine.importProject(toyFile(rows))
  const stored = await getProject(id)
  if (!stored) throw new Error('not imported')
  project = stored
})
afterAll(async () => {
  engine.dispose()
  await closeDatabase()
})

/** A run that says it is running while nobody runs it, with half of its story and rows written; its answers are all there. */
async function interrupted(split: 'all' | 'train' = 'all'): Promise<string> {
  count += 1
  // Asked by no other run, so that what is damaged was this run's own.
  const state = { classify: { instructions: `Asked by number ${count}.`, demos: [] } }
  const runId = await engine.createRun({ project: { ...project, state }, kind: 'evaluate', split })
  await engine.startRun(runId)
  const db = await database()
  const events = await listEvents(runId)
  for (const { seq } of events.slice(-2)) await db.delete('runEvents', [runId, seq])
  for (const { batch, index } of (await listRollouts(runId)).slice(rows / 2)) await db.delete('rollouts', [runId, batch, index])
  const run = await getRun(runId)
  if (!run) throw new Error('no run')
  await patchRun(runId, run.epoch, { status: 'running' })
  await db.put('runSpending', {
    runId,
    epoch: run.epoch,
    spent: { calls: rows, tokens: 1, cost: 0 },
    open: [],
    lost: { calls: 0, tokens: 0, cost: 0 },
  })
  return runId
}

/** A record of each store that the resume of a run comes across. */
async function recordOf(store: DamageableStore, runId: string): Promise<IDBValidKey> {
  const db = await database()
  const run = await getRun(runId)
  const call = (await db.getAllKeys('runCalls')).find(([owner]) => owner === runId)?.[1] ?? ''
  const answer = await db.get('lmCalls', call)
  if (answer) await db.put('importedCalls', { ...answer, runId })
  const blob = await putBlob(new TextEncoder().encode('a picture'), 'image/png')
  const keys: Readonly<Record<DamageableStore, IDBValidKey>> = {
    projects: project.id,
    versions: (await db.getAllKeys('versions'))[0] ?? '',
    datasets: project.datasetId ?? '',
    datasetChunks: [project.datasetId ?? '', 0],
    exampleSets: [run?.spec.data.val.hash ?? '', 0],
    runs: runId,
    runEvents: [runId, 1],
    rollouts: [runId, 0, 2],
    lmCalls: call,
    importedCalls: [runId, call],
    lmCallUses: call,
    runCalls: [runId, call],
    runSpending: runId,
    settings: 'databaseId',
    tries: 'try_1',
    blobs: blob.$blob,
    blobData: blob.$blob,
    quarantine: 'note',
  }
  return keys[store]
}

/** Without these nobody can know what the run was asked to do, or on what: it says so. */
const lost: Partial<Record<DamageableStore, { readonly outcome: string; readonly status: string | undefined }>> = {
  runs: { outcome: 'storage-failed', status: undefined },
  exampleSets: { outcome: 'not-found', status: 'failed' },
}
const cases = storeNames.flatMap(store => damageWays.map((way): [DamageableStore, DamageWay] => [store, way]))

describe.each(cases)('with a record of %s that has %s', (store, way) => {
  it('an unfinished run resumes, or says why it cannot, and another one resumes', async () => {
    const [runId, other] = [await interrupted(), await interrupted('train')]
    const db = await database()
    await db.put('settings', { key: 'databaseId', value: 'db' })
    await db.put('tries', {
      id: 'try_1',
      projectId: project.id,
      kind: 'try',
      title: 'Metric',
      status: 'done',
      startedAt: 1,
      totals: noTotals,
    })
    await db.put('quarantine', { id: 'note', store: 'backup', key: 1, reason: 'a line', at: 1 })
    await damageRecord(db, store, way, await recordOf(store, runId))
    const fate = lost[store] ?? { outcome: 'ended', status: 'done' }
    const outcome = await engine.startRun(runId).then(
      () => 'ended',
      (error: unknown) => (error as { code?: string }).code,
    )
    const run = await getRun(runId).catch(() => undefined)
    expect({ outcome, status: run?.status, divergence: run?.divergence }).toEqual({ ...fate, divergence: undefined })
    // The one answer that cannot be read is asked for again, and counts.
    expect(run?.status === 'done' ? run.totals.calls : rows).toBe(rows + (store === 'lmCalls' ? 1 : 0))
    await engine.startRun(other)
    expect((await getRun(other))?.status).toBe('done')
    expect(await heldRuns()).toEqual(new Set())
  })
})

describe('a run on rows that can no longer be read', () => {
  it('resumes once the same rows are stored again by another run', async () => {
    const runId = await interrupted()
    await damageRecord(await database(), 'exampleSets', 'nothing but its key', await recordOf('exampleSets', runId))
    await expect(engine.startRun(runId)).rejects.toMatchObject({ code: 'not-found' })
    await engine.createRun({ project, kind: 'evaluate', split: 'all' })
    await engine.startRun(runId)
    expect(await getRun(runId)).toMatchObject({ status: 'done' })
  })
})
