import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isEngineError } from '@/engine/base/errors'
import type { BlobRef } from '@/engine/blobs/blob-ref'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { noTotals } from '@/engine/record/totals'
import { damageRecord, damageWays, storeNames, type DamageableStore, type DamageWay } from '@/testing/damage'
import { storeToyRun } from '@/testing/stored-run'
import { toyFile, toyProject, toyRows } from '@/testing/toy-project'
import { onChange } from './change-notices'
import { getBlob, putBlob } from './blobs'
import { getDataset, listDatasets, putDataset, readRows } from './datasets'
import { changeRows } from '@/testing/change-rows'
import { closeDatabase, database, useDatabase } from './db'
import { deleteProject } from './delete-project'
import { getExampleSet, putExampleSet } from './example-sets'
import { addCall, callCacheSize, evictCalls, getCall, touchCalls } from './lm-calls'
import { addModelFacts, listModelFacts } from './model-facts'
import { getProject, listProjects, putProject } from './projects'
import { deleteQuarantined, listQuarantine } from './quarantine'
import type { RunRecord } from './records'
import { removeDamaged } from './remove-damaged'
import { getRollout, listRollouts, readRolloutPage } from './rollouts'
import { addAnswer, answerOf, answersOf, paidAnswers, preloadAnswers } from './run-answers'
import { failedRunCalls, listRunCalls } from './run-calls'
import { listEvents } from './run-events'
import { getSpending, putSpending, unseenSpending } from './run-spending'
import { addRun, deleteRun, getRun, listRuns, takeRun } from './runs'
import { getSetting, putSetting } from './settings'
import { projectBytes, runBytes, storageInfo } from './usage'
import { listTries, putTry } from './tries'
import { listVersions, putVersion } from './versions'
import { checkWorkspace, readWipeMarker, writeWipeMarker } from './wipe-marker'

/** More than fit into one chunk. */
const rowCount = 2_100
let databases = 0
let run: RunRecord
let image: BlobRef
const meta = { id: 'data_toy', name: 'Things', columns: toyFile().dataset?.columns ?? [], createdAt: 1, updatedAt: 1 }

beforeEach(async () => {
  localStorage.removeItem('dspy-studio-workspace')
  await useDatabase(`damaged-${(databases += 1)}`)
  await putProject(toyProject())
  await putProject({ ...toyProject(), id: 'other', name: 'Other' })
  for (const version of toyFile().versions) {
    await putVersion(version)
    await putVersion({ ...version, id: 'version_2', number: 2 })
  }
  await putDataset(meta, toyRows(rowCount))
  image = await putBlob(new TextEncoder().encode('a picture'), 'image/png')
  await putDataset({ ...meta, id: 'data_other' }, [...toyRows(3), { id: 'row_image', cells: { col_text: image } }])
  run = await storeToyRun({ val: 6, spec: { kind: 'evaluate' } })
  const db = await database()
  for (const use of await db.getAll('lmCallUses')) await db.put('lmCallUses', { ...use, runId: run.id })
  await storeToyRun({ id: 'run_z', val: 4, spec: { kind: 'evaluate' } })
  const imported = { ...run, id: 'run_imported', projectId: 'other', importedAt: 5 }
  await addRun(imported)
  await addAnswer(imported, importedAnswer)
  await putSpending(run.id, run.epoch, { spent: { calls: 1, tokens: 1, cost: 0 }, open: [] })
  await addModelFacts([{ model: 'm', endpoint: 'e', refused: ['temperature'] }])
  await checkWorkspace(() => 'db_1')
  writeWipeMarker({ projectCount: 2 })
  await putSetting('notifyWhenDone', true)
  await putTry({
    id: 'try_1',
    projectId: 'project_toy',
    kind: 'try',
    title: 'Metric on 3 rows',
    status: 'done',
    startedAt: 1,
    totals: noTotals,
  })
})
afterEach(async () => {
  const name = (await database()).name
  await closeDatabase()
  await deleteDB(name)
})

const importedAnswer: StoredCall = {
  key: 'k',
  rollout: 0,
  request: { model: 'm', messages: [{ role: 'user', content: 'q' }], settings: {} },
  response: { text: 'a', finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1 },
  at: 1,
}

/** Everything the studio asks of its storage, one after the other; what each gave, or the error of ours that it threw. */
async function askEverything(): Promise<ReadonlyMap<string, unknown>> {
  const { id, spec } = run
  const key = (await (await database()).getAllKeys('lmCalls'))[0] ?? ''
  const asks: Readonly<Record<string, () => Promise<unknown>>> = {
    listProjects: () => listProjects(),
    getProject: () => getProject('project_toy'),
    listVersions: () => listVersions('project_toy'),
    listDatasets: () => listDatasets(),
    getDataset: () => getDataset('data_toy'),
    readRows: () => readRows('data_toy'),
    readSomeRows: () => readRows('data_toy', { start: 1_999, count: 90 }),
    getExampleSet: () => getExampleSet(spec.data.val),
    listRuns: () => listRuns('project_toy'),
    getRun: () => getRun(id),
    listEvents: () => listEvents(id),
    listRollouts: () => listRollouts(id),
    getRollout: () => getRollout(id, 0, 0),
    readRolloutPage: () => readRolloutPage(id, { batch: 0, index: 0 }, 500),
    listRunCalls: () => listRunCalls(id),
    failedRunCalls: () => failedRunCalls(id),
    getCall: () => getCall(key),
    answersOf: () => allOf(answersOf(id, [key])),
    preloadAnswers: () => preloadAnswers(id),
    paidAnswers: () => paidAnswers(id),
    answerOfImported: () => answerOf('run_imported', 'k'),
    importedAhead: () => preloadAnswers('run_imported'),
    getSpending: () => getSpending(id),
    unseenSpending: () => unseenSpending(id),
    callCacheSize: () => callCacheSize(),
    listModelFacts: () => listModelFacts(),
    getSetting: () => getSetting('notifyWhenDone', z.boolean()),
    getBlob: () => getBlob(image),
    listTries: () => listTries('project_toy'),
    projectBytes: () => projectBytes('project_toy'),
    runBytes: () => runBytes(id),
    storageInfo: () => storageInfo(),
    checkWorkspace: () => checkWorkspace(() => 'db_new'),
  }
  const answers = new Map<string, unknown>()
  for (const [name, ask] of Object.entries(asks)) {
    answers.set(
      name,
      await ask().catch((error: unknown) => {
        if (!isEngineError(error)) throw new Error(`${name}: ${String(error)}`, { cause: error })
        return error.code
      }),
    )
  }
  return answers
}

async function allOf<T>(pages: AsyncGenerator<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}

/** What may differ once a record of a store is damaged; everything else has to be as it was. */
const touched: Readonly<Record<DamageableStore, readonly string[]>> = {
  projects: ['listProjects', 'getProject', 'projectBytes'],
  versions: ['listVersions', 'projectBytes'],
  datasets: ['listDatasets', 'getDataset', 'readRows', 'readSomeRows'],
  datasetChunks: ['readRows', 'readSomeRows', 'projectBytes'],
  exampleSets: ['getExampleSet'],
  runs: ['listRuns', 'getRun', 'projectBytes'],
  runEvents: ['listEvents', 'projectBytes', 'runBytes'],
  rollouts: ['listRollouts', 'getRollout', 'readRolloutPage', 'projectBytes', 'runBytes'],
  lmCalls: ['getCall', 'answersOf', 'preloadAnswers', 'paidAnswers'],
  importedCalls: ['answerOfImported', 'importedAhead', 'runBytes'],
  lmCallUses: ['callCacheSize', 'paidAnswers', 'storageInfo', 'runBytes'],
  runCalls: ['listRunCalls', 'failedRunCalls', 'paidAnswers', 'projectBytes', 'runBytes'],
  runSpending: ['getSpending', 'unseenSpending'],
  settings: ['getSetting'],
  tries: ['listTries'],
  blobs: ['storageInfo'],
  blobData: ['getBlob', 'storageInfo'],
  quarantine: [],
}
/** Which record is damaged, where the first of a store is not one that matters here. */
const keys: Partial<Record<DamageableStore, () => IDBValidKey>> = {
  projects: () => 'project_toy',
  datasets: () => 'data_toy',
  datasetChunks: () => ['data_toy', 1],
  exampleSets: () => [run.spec.data.val.hash, 0],
  runs: () => run.id,
  runEvents: () => [run.id, 2],
  settings: () => 'notifyWhenDone',
}
const cases = storeNames
  .flatMap(store => damageWays.map((way): [DamageableStore, DamageWay] => [store, way]))
  .filter(([store]) => store !== 'quarantine')

describe.each(cases)('a record of %s with %s', (store, way) => {
  it('is left out and named, once, and nothing else is touched', async () => {
    const before = await askEverything()
    const db = await database()
    const key = await damageRecord(db, store, way, keys[store]?.())
    const heard: string[] = []
    const end = onChange(notice => void (notice.store === 'quarantine' && heard.push(notice.id ?? 'all')))
    const after = await askEverything()
    const wasTouched = touched[store]
    const differing = [...before.keys()].filter(name => JSON.stringify(after.get(name)) !== JSON.stringify(before.get(name)))
    // The estimate of the whole origin moves by itself.
    expect(differing.filter(name => !wasTouched.includes(name) && name !== 'storageInfo')).toEqual([])
    const noted = await listQuarantine()
    expect(noted).toMatchObject([{ store, key }])
    await askEverything()
    expect(await listQuarantine()).toHaveLength(1)
    expect(heard).toEqual([noted[0]?.id])
    end()
  })

  it('stops neither what is written beside it nor deleting it', async () => {
    const db = await database()
    await damageRecord(db, store, way, keys[store]?.())
    const settle = (work: Promise<unknown>) =>
      work.catch((error: unknown) => {
        if (!isEngineError(error)) throw error
      })
    await settle(
      changeRows('data_toy', {
        put: [{ id: 'row_10', cells: { col_text: 'new' } }],
        append: toyRows(1).map(row => ({ ...row, id: 'added' })),
      }),
    )
    await settle(takeRun(run.id, 9))
    await settle(touchCalls(await db.getAllKeys('lmCalls'), 5))
    await putExampleSet([{ id: 'e', inputs: {}, labels: {} }])
    await evictCalls(10)
    await addModelFacts([{ model: 'n', endpoint: 'e', refused: ['seed'] }])
    await deleteRun('run_z')
    for (const record of await listQuarantine()) await removeDamaged(record)
    expect(await listQuarantine()).toEqual([])
    await deleteProject('project_toy')
    expect((await listProjects()).projects.map(({ id }) => id)).toEqual(['other'])
  })
})

describe('rows of a dataset', () => {
  it('are lost one by one, never with their neighbours, and the others keep their places', async () => {
    const db = await database()
    const chunk = await db.get('datasetChunks', ['data_toy', 1])
    const broken = [5, null, { id: 'row_2002' }, { id: 3, cells: {} }]
    await db.put('datasetChunks', { ...chunk, rows: chunk?.rows.map((row, at) => (at < broken.length ? broken[at] : row)) } as never)
    const rows = await readRows('data_toy')
    expect(rows).toHaveLength(rowCount - broken.length)
    expect((await readRows('data_toy', { start: 1_999, count: 6 })).map(row => row.id)).toEqual(['row_1999', 'row_2004'])
    await changeRows('data_toy', { remove: ['row_2005'], put: [{ id: 'row_2006', cells: { col_text: 'new' } }] })
    expect((await readRows('data_toy')).find(row => row.id === 'row_2006')?.cells).toEqual({ col_text: 'new' })
    const [note] = await listQuarantine()
    expect(note).toMatchObject({ store: 'datasetChunks', key: ['data_toy', 1] })
    if (note) await removeDamaged(note)
    expect(await listQuarantine()).toEqual([])
    expect(await readRows('data_toy')).toHaveLength(rowCount - broken.length - 1)
    expect((await getDataset('data_toy'))?.rowCount).toBe(rowCount - broken.length - 1)
  })
})

describe('what is damaged', () => {
  it('is named no longer once it was written again', async () => {
    const key = (await (await database()).getAllKeys('lmCalls'))[0] ?? ''
    const whole = await getCall(key)
    if (!whole) throw new Error('no answer is stored')
    await damageRecord(await database(), 'lmCalls', 'nothing but its key', key)
    expect(await getCall(key)).toBeUndefined()
    expect(await listQuarantine()).toHaveLength(1)
    await addCall(whole)
    expect(await listQuarantine()).toEqual([])
    expect(await getCall(key)).toEqual(whole)
  })

  it('may be a note about damage itself, which is dropped', async () => {
    const db = await database()
    await damageRecord(db, 'settings', 'another object', 'notifyWhenDone')
    await getSetting('notifyWhenDone', z.boolean())
    await listQuarantine()
    for (const way of damageWays) {
      await damageRecord(db, 'quarantine', way)
      expect(await listQuarantine()).toEqual([])
      await getSetting('notifyWhenDone', z.boolean())
      const [note] = await listQuarantine()
      expect(note).toMatchObject({ store: 'settings', key: 'notifyWhenDone' })
    }
    const [note] = await listQuarantine()
    if (note) await deleteQuarantined(note)
    expect(await getSetting('notifyWhenDone', z.boolean())).toBeUndefined()
  })

  it('among the facts about models costs that entry alone', async () => {
    await addModelFacts([{ model: 'n', endpoint: 'e', refused: ['seed'] }])
    const db = await database()
    const setting = await db.get('settings', 'model-facts')
    const entries = Array.isArray(setting?.value) ? setting.value : []
    await db.put('settings', { key: 'model-facts', value: [entries[0] ?? null, { model: 7 }, ...entries.slice(1), null] })
    expect(await listModelFacts()).toHaveLength(2)
    await addModelFacts([{ model: 'o', endpoint: 'e', refused: ['seed'] }])
    expect((await listModelFacts()).map(({ model }) => model).sort()).toEqual(['m', 'n', 'o'])
  })

  it.each(damageWays)('of the workspace’s own note, with %s, never makes it lost', async way => {
    await damageRecord(await database(), 'settings', way, 'databaseId')
    expect(await checkWorkspace(() => 'db_new')).toEqual({})
    expect(readWipeMarker()).toMatchObject({ databaseId: 'db_1', projectCount: 2 })
    expect(await checkWorkspace(() => 'db_new')).toEqual({})
    expect((await listProjects()).projects).toHaveLength(2)
    expect(await listQuarantine()).toEqual([])
  })
})
