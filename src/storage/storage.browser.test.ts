import { blobRefsIn } from '@/engine/blobs/blob-ref'
import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EngineError } from '@/engine/base/errors'
import type { CallRecord, JournalEvent, RolloutRecord, RunTotals } from '@/engine/record/events'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { fromBase64 } from '@/lib/base64'
import { isJsonObject } from '@/lib/json'
import { toyFile, toyProject, toyRows } from '@/testing/toy-project'
import { announce, onChange, storageVersion } from './change-notices'
import { datasetWriter, getDataset, putDataset, readRows } from './datasets'
import { changeRows } from '@/testing/change-rows'
import { closeDatabase, database, openStudio, useDatabase, write } from './db'
import { deleteProject } from './delete-project'
import { getExampleSet, putExampleSet } from './example-sets'
import { addCall, callCacheSize, evictCalls, getCall, touchCalls } from './lm-calls'
import { countPaidCalls, preloadAnswers } from './run-answers'
import { blobs } from './migrations/0005-blobs'
import { importedCalls } from './migrations/0006-imported-calls'
import { migrations } from './migrations/registry'
import { getProject, listProjects, putProject } from './projects'
import { deleteQuarantined, listQuarantine } from './quarantine'
import type { RunRecord } from './records'
import { listRollouts } from './rollouts'
import { listRunCalls } from './run-calls'
import { listEvents } from './run-events'
import { getSpending, putSpending } from './run-spending'
import { addRun, appendToRun, getRun, listRuns, patchRun, takeRun } from './runs'
import { getSetting, putSetting } from './settings'
import { projectBytes, storageInfo } from './usage'
import { listTries, putTry } from './tries'
import { listVersions, putVersion } from './versions'
import { acceptWorkspace, checkWorkspace, readWipeMarker, writeWipeMarker } from './wipe-marker'
import { getBlob } from './blobs'

const name = 'dspy-studio-test'
const fixtures = import.meta.glob<Record<string, unknown[]>>('./migrations/fixtures/*.json', { eager: true, import: 'default' })

beforeEach(async () => {
  await useDatabase(name)
  await deleteDB(name)
  localStorage.removeItem('dspy-studio-workspace')
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(name)
})

describe('projects and versions', () => {
  it('come back as they were saved, the last edited first', async () => {
    await putProject(toyProject())
    await putProject({ ...toyProject(), id: 'newer', updatedAt: 9 })
    expect((await listProjects()).projects.map(project => project.id)).toEqual(['newer', 'project_toy'])
    await closeDatabase()
    expect(await getProject('project_toy')).toEqual(toyProject())
    for (const version of toyFile().versions) {
      await putVersion(version)
      await putVersion({ ...version, id: 'second', number: 2 })
    }
    expect((await listVersions('project_toy')).map(version => version.number)).toEqual([2, 1])
  })

  it('set a damaged record aside instead of failing', async () => {
    await putProject(toyProject())
    const db = await database()
    await db.put('projects', { ...toyProject(), id: 'broken', graph: 'none' } as never)
    expect((await listProjects()).projects.map(project => project.id)).toEqual(['project_toy'])
    expect((await listProjects()).unreadable).toMatchObject([{ id: 'broken', name: 'Toy', error: { code: 'project-invalid' } }])
    await expect(getProject('broken')).rejects.toMatchObject({ code: 'project-invalid' })
    const [entry, ...others] = await listQuarantine()
    expect(others).toEqual([])
    expect(entry).toMatchObject({ store: 'projects', key: 'broken' })
    expect(entry?.reason).toContain('graph')
    if (entry) await deleteQuarantined(entry)
    expect(await listQuarantine()).toEqual([])
    expect(await db.get('projects', 'broken')).toBeUndefined()
  })

  it('tell other tabs of each change', async () => {
    const heard: string[] = []
    const end = onChange(notice => heard.push(`${notice.store} ${notice.id}`))
    const otherTab = new BroadcastChannel('dspy-studio')
    const received = new Promise<unknown>(resolve => otherTab.addEventListener('message', event => resolve(event.data), { once: true }))
    await putProject(toyProject())
    expect(await received).toMatchObject({ store: 'projects', id: 'project_toy', schemaVersion: storageVersion })
    otherTab.postMessage({ store: 'runs', id: 'x', appVersion: '0.1.0', schemaVersion: storageVersion })
    otherTab.postMessage('nonsense')
    await expect.poll(() => heard).toEqual(['projects project_toy', 'runs x'])
    end()
    otherTab.close()
    announce('projects', 'unheard')
    expect(heard).toHaveLength(2)
  })
})

describe('datasets', () => {
  const meta = { id: 'data_toy', name: 'Things', columns: toyFile().dataset?.columns ?? [], createdAt: 1, updatedAt: 1 }

  it('read any range of rows over chunk borders', async () => {
    const rows = toyRows(5_000)
    expect((await putDataset(meta, rows)).rowCount).toBe(5_000)
    expect(await readRows('data_toy')).toEqual(rows)
    expect(await readRows('data_toy', { start: 1_998, count: 5 })).toEqual(rows.slice(1_998, 2_003))
    expect(await readRows('data_toy', { start: 4_999, count: 10 })).toEqual(rows.slice(4_999))
    expect(await readRows('data_toy', { start: 6_000, count: 10 })).toEqual([])
    await expect(readRows('none')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('edit, add and remove rows in place', async () => {
    const rows = toyRows(4_100)
    await putDataset(meta, rows)
    const edited = { id: 'row_3000', cells: { col_text: 'new', col_label: 'tool' } }
    const added = { id: 'row_x', cells: { col_text: 'last', col_label: 'fruit' } }
    const after = await changeRows('data_toy', { put: [edited], remove: ['row_0', 'row_4099'], append: [added] })
    expect(after.rowCount).toBe(4_099)
    const stored = await readRows('data_toy')
    expect(stored).toHaveLength(4_099)
    expect(stored[0]?.id).toBe('row_1')
    expect(stored.find(row => row.id === 'row_3000')).toEqual(edited)
    expect(stored.at(-1)).toEqual(added)
    expect(await readRows('data_toy', { start: 1_999, count: 3 })).toEqual(stored.slice(1_999, 2_002))
  })

  it('are not there until a piecewise import is finished', async () => {
    const writer = datasetWriter(meta)
    await writer.append(toyRows(3))
    expect(await getDataset('data_toy')).toBeUndefined()
    await writer.discard()
    expect(await (await database()).count('datasetChunks')).toBe(0)
  })

  it('keep one example set for equal content', async () => {
    const examples = toyRows(2_500).map(row => ({ id: row.id, inputs: { text: 'x' }, labels: {} }))
    const ref = await putExampleSet(examples)
    expect(await putExampleSet(examples)).toEqual(ref)
    expect(await getExampleSet(ref)).toEqual(examples)
    const db = await database()
    await db.delete('exampleSets', [ref.hash, 1])
    await expect(getExampleSet(ref)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('runs', () => {
  it('keep events, rollouts and calls of one flush together, in order', async () => {
    await addRun(toyRun())
    const { epoch } = await takeRun('run_1', 100)
    await appendToRun(
      'run_1',
      epoch,
      { events: [note(0), note(1)], rollouts: [rollout(0, 0), rollout(0, 1)], calls: [call('k1')], totals: totalsOf(3) },
      200,
    )
    await appendToRun('run_1', epoch, { events: [note(2)], rollouts: [], calls: [call('k1', { cached: true })], totals: totalsOf(4) }, 300)
    expect((await listEvents('run_1')).map(event => event.seq)).toEqual([0, 1, 2])
    expect(await listEvents('run_1', 2)).toEqual([note(2)])
    expect(await listRollouts('run_1', 0)).toHaveLength(2)
    expect(await getRun('run_1')).toMatchObject({ status: 'running', totals: totalsOf(4), heartbeatAt: 300, startedAt: 100 })
    // The paid record stands, though a replay reported the answer again as cached.
    expect(await listRunCalls('run_1')).toMatchObject([{ key: 'k1', cached: false }])
  })

  it('refuse writes of an epoch that is over, all of the flush', async () => {
    await addRun(toyRun())
    const first = await takeRun('run_1', 100)
    const second = await takeRun('run_1', 200)
    expect(second.epoch).toBe(first.epoch + 1)
    await expect(takeRun('run_1', 300, first)).rejects.toMatchObject({ facts: { reason: 'epoch' } })
    const stale = appendToRun(
      'run_1',
      first.epoch,
      { events: [note(0)], rollouts: [rollout(0, 0)], calls: [call('k')], totals: totalsOf(1) },
      300,
    )
    await expect(stale).rejects.toMatchObject({ code: 'storage-failed', facts: { reason: 'epoch' } })
    await expect(patchRun('run_1', first.epoch, { status: 'done' })).rejects.toBeInstanceOf(EngineError)
    const spending = { spent: { calls: 1, tokens: 1, cost: 0 }, open: [] }
    await expect(putSpending('run_1', first.epoch, spending)).rejects.toMatchObject({ facts: { reason: 'epoch' } })
    await putSpending('run_1', second.epoch, spending)
    expect(await listEvents('run_1')).toEqual([])
    expect(await listRunCalls('run_1')).toEqual([])
    await patchRun('run_1', second.epoch, { status: 'done', finish: 'Finished.' })
    expect(await getRun('run_1')).toMatchObject({ status: 'done', finish: 'Finished.' })
    // Whoever saw it running waits for its lock, and must not run it once more when it has come to its end.
    await expect(takeRun('run_1', 400, second)).rejects.toMatchObject({ facts: { reason: 'epoch' } })
  })

  it('let an answer replace a failure that nothing was built on', async () => {
    await addRun(toyRun())
    const { epoch } = await takeRun('run_1', 1)
    const error = { code: 'lm-server', message: 'down' } as const
    const flush = (record: CallRecord) => appendToRun('run_1', epoch, { events: [], rollouts: [], calls: [record], totals: totalsOf(0) }, 1)
    await flush(call('k', { error }))
    await flush(call('k', { error: { ...error, message: 'again' } }))
    expect((await listRunCalls('run_1'))[0]?.error?.message).toBe('down')
    await flush(call('k'))
    expect((await listRunCalls('run_1'))[0]?.error).toBeUndefined()
  })

  it('are listed newest first and go with their project', async () => {
    await putProject(toyProject())
    await putProject({ ...toyProject(), id: 'other', datasetId: 'data_other' })
    await putDataset({ id: 'data_toy', name: 'Things', columns: [], createdAt: 1, updatedAt: 1 }, toyRows(10))
    const ref = await putExampleSet([{ id: 'a', inputs: {}, labels: {} }])
    const kept = await putExampleSet([{ id: 'b', inputs: {}, labels: {} }])
    await addRun({ ...toyRun(), spec: { ...toyRun().spec, data: { split: 'val', train: ref, val: ref } } })
    await addRun({ ...toyRun(), id: 'run_2', createdAt: 20, spec: { ...toyRun().spec, data: { split: 'val', train: ref, val: kept } } })
    await addRun({
      ...toyRun(),
      id: 'run_3',
      projectId: 'other',
      spec: { ...toyRun().spec, data: { split: 'val', train: kept, val: kept } },
    })
    const { epoch } = await takeRun('run_1', 1)
    await appendToRun('run_1', epoch, { events: [note(0)], rollouts: [rollout(0, 0)], calls: [call('k')], totals: totalsOf(1) }, 1)
    const tried = {
      id: 'try_1',
      projectId: 'project_toy',
      kind: 'try',
      title: 'Metric on 3 rows',
      status: 'done',
      startedAt: 1,
      totals: totalsOf(1),
    } as const
    await putTry(tried)
    await putTry({ ...tried, id: 'try_2', projectId: 'other' })
    expect((await listRuns('project_toy')).runs.map(run => run.id)).toEqual(['run_2', 'run_1'])
    expect(await projectBytes('project_toy')).toBeGreaterThan(1_000)
    await deleteProject('project_toy')
    const db = await database()
    expect(await db.getAllKeys('runs')).toEqual(['run_3'])
    for (const store of ['runEvents', 'rollouts', 'runCalls', 'versions', 'datasets', 'datasetChunks'] as const)
      expect(await db.count(store)).toBe(0)
    expect(await db.getAllKeys('tries')).toEqual(['try_2'])
    expect((await db.getAllKeys('exampleSets')).map(([hash]) => hash)).toEqual([kept.hash])
    expect((await listProjects()).projects.map(project => project.id)).toEqual(['other'])
  })
})

describe('LM answers', () => {
  it('stay as they were first written, whoever comes later', async () => {
    const stored = await Promise.all([addCall(answer('k', 'first')), addCall(answer('k', 'second')), addCall(answer('k2', 'other'))])
    expect(stored.map(one => one.response.text)).toEqual(['first', 'first', 'other'])
    expect((await addCall(answer('k', 'third'))).response.text).toBe('first')
    await closeDatabase()
    expect((await getCall('k'))?.response.text).toBe('first')
    expect((await callCacheSize()).count).toBe(2)
  })

  it('are read ahead for a run in one go', async () => {
    await addRun(toyRun())
    const { epoch } = await takeRun('run_1', 1)
    const keys = Array.from({ length: 1_200 }, (_, index) => `k${index}`)
    await Promise.all(keys.map(key => addCall(answer(key, key))))
    await addCall(answer('foreign', 'x'))
    await appendToRun('run_1', epoch, { events: [], rollouts: [], calls: [...keys, 'gone'].map(key => call(key)), totals: totalsOf(0) }, 1)
    const ahead = await preloadAnswers('run_1')
    expect(ahead.size).toBe(1_200)
    expect(ahead.get('k7')?.response.text).toBe('k7')
    expect((await preloadAnswers('run_1', 1)).size).toBeLessThan(600)
    // A small run in a large cache is looked up key by key, to the same end.
    await Promise.all(Array.from({ length: 1_400 }, (_, index) => addCall(answer(`other${index}`, 'x'))))
    expect(await preloadAnswers('run_1')).toEqual(ahead)
  })

  it('make room by age, but not those a run may still need', async () => {
    await addRun(toyRun())
    const { epoch } = await takeRun('run_1', 1)
    for (const [index, key] of ['needed', 'old', 'used', 'new'].entries()) await addCall({ ...answer(key, 'x'.repeat(1_000)), at: index })
    await appendToRun('run_1', epoch, { events: [], rollouts: [], calls: [call('needed')], totals: totalsOf(0) }, 1)
    await touchCalls(['used'], 1_000)
    const { bytes } = await callCacheSize()
    expect((await evictCalls(bytes / 5)).count).toBe(1)
    expect(await getCall('old')).toBeUndefined()
    await evictCalls(bytes / 5)
    expect(await getCall('new')).toBeUndefined()
    expect((await evictCalls(1e9)).count).toBe(1)
    expect(await getCall('needed')).toBeDefined()
    await addCall(answer('unnoted', 'x'), { runId: 'run_1' })
    expect((await evictCalls(1e9)).count).toBe(0)
    await patchRun('run_1', epoch, { status: 'done' })
    expect((await evictCalls(1e9)).count).toBe(2)
  })
})

describe('versions of the database', () => {
  // A version without a fixture would be one that nobody has ever opened again.
  it.each(migrations.map(step => step.version))('open a database of version %i with everything readable', async version => {
    const old = await openStudio(name, migrations.slice(0, version))
    const fixture = fixtures[`./migrations/fixtures/v${version}.json`]
    if (!fixture) throw new Error(`migrations/fixtures/v${version}.json is missing: export a database of that version`)
    expect(Object.keys(fixture)).toEqual(expect.arrayContaining([...old.objectStoreNames].filter(store => store !== 'quarantine')))
    for (const [store, values] of Object.entries(fixture)) {
      // As JSON knows it, but for bytes; the test is whether it is read.
      for (const value of values) await old.put(store as 'projects', (store === 'blobData' ? withBytes(value) : value) as never)
    }
    old.close()
    expect((await listProjects()).projects.map(project => project.name)).toEqual(['Toy'])
    expect(await readRows('data_toy')).toHaveLength(2)
    expect(await listVersions('project_toy')).toHaveLength(1)
    expect((await listRuns('project_toy')).runs).toHaveLength(1)
    expect(await listEvents('run_1')).toHaveLength(1)
    expect(await listRollouts('run_1')).toHaveLength(1)
    expect(await listRunCalls('run_1')).toHaveLength(1)
    expect(await getCall('k')).toBeDefined()
    expect(await getSetting('theme', z.string())).toBe('dark')
    expect((await getSpending('run_1'))?.lost.calls).toBe(version >= 2 ? 1 : undefined)
    expect((await listTries('project_toy')).map(({ totals }) => totals.calls)).toEqual(version >= 3 ? [3] : [])
    expect(await countPaidCalls('run_1')).toBe(version >= importedCalls.version ? 1 : 0)
    const image = blobRefsIn(await readRows('data_toy'))[0]
    expect(image && (await getBlob(image))?.length).toBe(version >= blobs.version ? image?.bytes : undefined)
    expect(await listQuarantine()).toEqual([])
  })

  it('stay as they were when a migration fails', async () => {
    await putSetting('theme', 'dark')
    await closeDatabase()
    const failing = { version: migrations.length + 1, upgrade: () => Promise.reject(new Error('cannot')) }
    await expect(openStudio(name, [...migrations, failing])).rejects.toThrow('cannot')
    expect(await getSetting('theme', z.string())).toBe('dark')
  })

  it('are numbered from 1 without a gap', () => {
    expect(migrations.map(step => step.version)).toEqual(migrations.map((_, index) => index + 1))
  })
})

describe('the workspace marker', () => {
  it('tells a lost workspace from a new one', async () => {
    const newId = () => 'db_1'
    expect(await checkWorkspace(newId)).toEqual({})
    writeWipeMarker({ projectCount: 2 })
    expect(await checkWorkspace(newId)).toEqual({})
    await closeDatabase()
    await deleteDB(name)
    expect((await checkWorkspace(() => 'db_2')).lost).toMatchObject({ projectCount: 2, databaseId: 'db_1' })
    await acceptWorkspace(() => 'db_2', 0)
    expect(await checkWorkspace(newId)).toEqual({})
    expect(readWipeMarker()?.databaseId).toBe('db_2')
  })
})

it('puts what the browser refuses into words, and undoes the write', async () => {
  await putProject(toyProject())
  const full = write(['projects'], 'strict', async transaction => {
    await transaction.objectStore('projects').delete('project_toy')
    throw new DOMException('no room', 'QuotaExceededError')
  })
  await expect(full).rejects.toMatchObject({ code: 'storage-full' })
  expect(await getProject('project_toy')).toBeDefined()
})

it('says how much is stored', async () => {
  await addCall(answer('k', 'x'))
  const info = await storageInfo()
  expect(info.callCache.count).toBe(1)
  expect(info.quota).toBeGreaterThan(0)
  expect(typeof info.isPersisted).toBe('boolean')
})

it('lets a newer tab upgrade and then writes no more', async () => {
  await putProject(toyProject())
  // A tab of a newer build asks for the next version: this one has to give way at once.
  const newer = await openDB(name, migrations.length + 1)
  await expect(putProject(toyProject())).rejects.toMatchObject({ code: 'storage-failed', facts: { reason: 'outdated' } })
  newer.close()
})

function withBytes(value: unknown): unknown {
  return isJsonObject(value) ? { ...value, data: fromBase64(String(value['data'])) } : value
}

function totalsOf(calls: number): RunTotals {
  return { calls, cachedCalls: 0, failedCalls: 0, inputTokens: 0, outputTokens: 0, cost: 0, unpricedCalls: 0, answered: calls }
}

function note(seq: number): JournalEvent {
  return { type: 'note', text: `note ${seq}`, seq, at: seq }
}

function rollout(batch: number, index: number): RolloutRecord {
  return {
    batch,
    index,
    candidate: 'c',
    stage: 's',
    purpose: 'evaluate',
    rollout: { exampleId: `row_${index}`, trace: [], score: 1, ms: 1 },
  }
}

function call(key: string, patch: Partial<CallRecord> = {}): CallRecord {
  const usage = { inputTokens: 1, outputTokens: 1 }
  return { key, purpose: 'evaluate', model: 'sandbox', cached: false, attempts: 1, failedAttempts: 0, usage, ms: 1, ...patch }
}

function answer(key: string, text: string): StoredCall {
  const usage = { inputTokens: 1, outputTokens: 1 }
  const request = { model: 'm', messages: [{ role: 'user', content: key } as const], settings: {} }
  return { key, rollout: 0, request, response: { text, finish: 'stop', usage, ms: 1 }, at: 1 }
}

function toyRun(): RunRecord {
  const project = toyProject()
  const [model] = project.models
  if (!model) throw new Error('the toy project has a model')
  const set = { hash: 'none', count: 0 }
  return {
    id: 'run_1',
    projectId: project.id,
    kind: 'evaluate',
    title: 'Evaluate val',
    status: 'queued',
    createdAt: 10,
    epoch: 0,
    heartbeatAt: 0,
    totals: totalsOf(0),
    spec: {
      schemaVersion: 1,
      engineVersion: '0.1.0',
      kind: 'evaluate',
      title: 'Evaluate val',
      graph: project.graph,
      state: project.state,
      metric: project.metric,
      models: { task: model, prompt: model, overrides: {} },
      data: { split: 'val', train: set, val: set },
      seed: 0,
      concurrency: 4,
      maxErrors: 10,
      budget: {},
    },
  }
}
