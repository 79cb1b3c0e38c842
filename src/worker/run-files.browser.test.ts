import { blobRefsIn, type BlobRef } from '@/engine/blobs/blob-ref'
import { deleteDB } from 'idb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Project } from '@/engine/project/project'
import { toBase64 } from '@/lib/base64'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { getBlob, putBlob, settleBlobs } from '@/storage/blobs'
import { closeDatabase } from '@/storage/db'
import { deleteProject } from '@/storage/delete-project'
import { callCacheSize, evictCalls } from '@/storage/lm-calls'
import { getProject } from '@/storage/projects'
import { listRollouts } from '@/storage/rollouts'
import { listRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import { deleteRun, getRun, patchRun } from '@/storage/runs'
import { toyFile } from '@/testing/toy-project'
import { createEngineClient, type EngineClient } from './client'

let engine: EngineClient
let project: Project
let runId: string

beforeAll(async () => {
  await closeDatabase()
  await deleteDB('dspy-studio')
  engine = createEngineClient()
  const stored = await getProject(await engine.importProject(toyFile(60)))
  if (!stored) throw new Error('not imported')
  project = stored
  runId = await engine.createRun({ project, kind: 'compile' })
  await engine.startRun(runId)
})
afterAll(async () => {
  engine.dispose()
  await closeDatabase()
})

describe('a replay', () => {
  it('runs the whole record again, sends nothing, writes nothing, and reaches the same digest', async () => {
    const before = [await getRun(runId), await listEvents(runId)]
    const progress: number[] = []
    const report = await engine.replayRun(runId, answered => progress.push(answered))
    expect(report).toMatchObject({ isSame: true, calls: 0, missingCalls: 0, recordedDigest: (await getRun(runId))?.digest })
    expect(report.cachedCalls).toBeGreaterThan(20)
    expect(progress.at(-1)).toBe(report.cachedCalls)
    expect([await getRun(runId), await listEvents(runId)]).toEqual(before)
  })

  it('is refused while the run is under way', async () => {
    const queued = await engine.createRun({ project, kind: 'evaluate' })
    await expect(engine.replayRun(queued)).rejects.toMatchObject({ code: 'params-invalid' })
    await expect(engine.replayRun('none')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a run file', () => {
  it('holds no key, and opens in another browser with its whole record, where it replays to the same digest', async () => {
    await engine.setKey('https://api.example.com/v1', 'sk-canary-4321', true)
    const file = await engine.exportRun(runId)
    expect(await file.text()).not.toContain('canary')
    const run = await getRun(runId)
    const before = [await listEvents(runId), (await listRollouts(runId)).length, (await listRunCalls(runId)).length]
    await deleteRun(runId)
    expect((await evictCalls(1e12)).count).toBeGreaterThan(20)
    expect((await callCacheSize()).count).toBe(0)

    const imported = await engine.importRun(project.id, file)
    expect(imported.runId).not.toBe(runId)
    expect(imported.differingAnswers).toBe(0)
    expect(await getRun(imported.runId)).toEqual({ ...run, id: imported.runId })
    expect([
      await listEvents(imported.runId),
      (await listRollouts(imported.runId)).length,
      (await listRunCalls(imported.runId)).length,
    ]).toEqual(before)
    expect(await engine.replayRun(imported.runId)).toMatchObject({ isSame: true, digest: run?.digest, calls: 0 })
    await engine.forgetAllKeys()
    expect(await engine.keys()).toEqual([])
    runId = imported.runId
  })

  it('is refused with the place of the fault, and leaves nothing behind', async () => {
    const parsed = parseJson(await (await engine.exportRun(runId)).text())
    if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('not an object')
    const good: JsonObject = parsed.value
    const refused = (file: unknown) => engine.importRun(project.id, new Blob([typeof file === 'string' ? file : JSON.stringify(file)]))
    await expect(refused('hello')).rejects.toMatchObject({ code: 'project-invalid' })
    await expect(refused({ format: 'dspy-studio-project' })).rejects.toMatchObject({ code: 'project-invalid' })
    await expect(refused({ ...good, schemaVersion: 9 })).rejects.toMatchObject({ code: 'project-newer' })
    await expect(refused({ ...good, events: [{ type: 'run-start' }] })).rejects.toThrow('events.0')
    await expect(refused({ ...good, train: [] })).rejects.toThrow('train rows')
    await expect(refused(JSON.stringify(good).replace(/"key":"[0-9a-f]{8}/g, '"key":"00000000'))).rejects.toThrow('another request')
    await expect(refused(JSON.stringify(good).replace('"events":', '"__proto__":{"polluted":1},"events":'))).rejects.toThrow('__proto__')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    await expect(engine.importRun('gone', new Blob(['{}']))).rejects.toMatchObject({ code: 'not-found' })
  })

  it('of an unfinished run opens as a stopped one', async () => {
    const queued = await engine.createRun({ project, kind: 'evaluate' })
    const { runId: copy } = await engine.importRun(project.id, await engine.exportRun(queued))
    expect(await getRun(copy)).toMatchObject({ status: 'stopped' })
  })
})

describe('a run file with images', () => {
  const bytes = new TextEncoder().encode('an image of the run')

  /** A run of two rows, one with an image, as a file; nothing of it is left here. */
  async function exported(): Promise<{ readonly file: Blob; readonly image: BlobRef }> {
    const image = await putBlob(bytes, 'image/png')
    const toy = toyFile(2)
    const rows = toy.dataset?.rows.map((row, index) => (index === 0 ? { ...row, cells: { ...row.cells, col_text: image } } : row)) ?? []
    const dataset = { name: 'Pictures', columns: toy.dataset?.columns ?? [], rows }
    const pictured = await getProject(await engine.importProject({ ...toy, dataset }))
    await settleBlobs([image])
    if (!pictured) throw new Error('not imported')
    const id = await engine.createRun({ project: pictured, kind: 'evaluate', split: 'all' })
    await engine.startRun(id)
    const file = await engine.exportRun(id)
    await deleteProject(pictured.id)
    await evictCalls(1e12)
    return { file, image }
  }

  it('has each once, and brings it to a browser that has none', async () => {
    const { file, image } = await exported()
    expect((await file.text()).split(toBase64(bytes))).toHaveLength(2)
    expect(await getBlob(image)).toBeUndefined()
    const imported = await engine.importRun(project.id, file)
    expect(imported.missingFiles).toBe(0)
    expect(await getBlob(image)).toEqual(bytes)
    expect(blobRefsIn(await listRollouts(imported.runId))).toEqual([image])
    expect(await engine.replayRun(imported.runId)).toMatchObject({ isSame: true, calls: 0 })
    await deleteRun(imported.runId)
    expect(await getBlob(image)).toEqual(bytes)
    await evictCalls(1e12)
    expect(await getBlob(image)).toBeUndefined()
  })

  it('opens with one that is damaged, and says so', async () => {
    const { file, image } = await exported()
    const spoilt = new Blob([(await file.text()).replace(toBase64(bytes), toBase64(new TextEncoder().encode('an image of a rnu')))])
    const imported = await engine.importRun(project.id, spoilt)
    expect(imported.missingFiles).toBe(1)
    expect(await getRun(imported.runId)).toMatchObject({ status: 'done' })
    expect(await getBlob(image)).toBeUndefined()
    await deleteRun(imported.runId)
    await evictCalls(1e12)
  })
})

it('raises caps only above what is used, and then goes on to the end', async () => {
  const state = { classify: { instructions: 'Asked here alone.', demos: [] } }
  const capped = { ...project, state, run: { ...project.run, budget: { maxCalls: 60 } } }
  const id = await engine.createRun({ project: capped, kind: 'compile' })
  const unlimited = await engine.createRun({ project: { ...capped, run: { ...capped.run, budget: {} } }, kind: 'compile' })
  const record = await getRun(id)
  await patchRun(id, record?.epoch ?? 0, { status: 'capped', totals: { ...(record?.totals ?? noTotals), calls: 60 } })
  await expect(engine.raiseCaps(id, { budget: { maxCalls: 60 } })).rejects.toMatchObject({ code: 'budget-too-small', facts: { used: 60 } })
  await engine.raiseCaps(id, { budget: { maxCalls: 1_000 } })
  await engine.startRun(id)
  expect(await getRun(id)).toMatchObject({ status: 'done', spec: { budget: { maxCalls: 1_000 } } })
  await engine.startRun(unlimited)
  expect((await getRun(unlimited))?.digest).toBe((await getRun(id))?.digest)
})

it('allows more errors only above what failed, and then ends as a run that allowed them from the start', async () => {
  const throwing = "(example) => { if (/[02468]$/.test(example.inputs.text)) throw new Error('Even.'); return 1 }"
  const failing = {
    ...project,
    metric: { kind: 'code', params: { source: throwing } },
    optimizer: { id: 'bootstrap-few-shot', params: { 'bootstrap-few-shot': { max_errors: 4 } } },
  }
  const withErrors = (maxErrors: number) => ({ ...failing, run: { ...project.run, maxErrors } })
  const id = await engine.createRun({ project: withErrors(4), kind: 'compile' })
  await engine.startRun(id)
  expect(await getRun(id)).toMatchObject({ status: 'failed', error: { code: 'too-many-errors', facts: { failed: 4 } } })
  await expect(engine.raiseCaps(id, { budget: {}, maxErrors: 4 })).rejects.toMatchObject({ code: 'budget-too-small', facts: { used: 4 } })
  await engine.raiseCaps(id, { budget: {}, maxErrors: 500 })
  expect(await getRun(id)).toMatchObject({ spec: { maxErrors: 500, optimizer: { params: { max_errors: 500 } } } })
  await engine.startRun(id)
  const resumed = await getRun(id)
  expect(resumed).toMatchObject({ status: 'done' })
  const free = { ...withErrors(500), optimizer: { id: 'bootstrap-few-shot', params: { 'bootstrap-few-shot': { max_errors: 500 } } } }
  const fresh = await engine.createRun({ project: free, kind: 'compile' })
  await engine.startRun(fresh)
  expect(resumed?.digest).toBe((await getRun(fresh))?.digest)
  expect(resumed?.divergence).toBeUndefined()
})

it('counts every member of an ensemble', async () => {
  const [id, own] = Object.entries(project.state)[0] ?? []
  if (id === undefined || own === undefined) throw new Error('the toy project has a predictor')
  const { instructions, demos } = own
  const members = [1, 2, 3].map(n => ({ instructions: `${instructions} ${n}`, demos }))
  const together = { ...project, state: { ...project.state, [id]: { ...own, ensemble: { reduce: 'majority' as const, members } } } }
  const [one, three] = [
    await engine.estimate({ project, kind: 'evaluate' }),
    await engine.estimate({ project: together, kind: 'evaluate' }),
  ]
  expect(three.total.expected).toBe(3 * one.total.expected)
})

it('says what a run will take on disk and in time, once a run was measured', async () => {
  const { bytes, ms } = await engine.estimate({ project, kind: 'compile' })
  expect(bytes.expected).toBeGreaterThan(20_000)
  expect(bytes.free).toBeGreaterThan(0)
  expect(ms?.expected).toBeGreaterThanOrEqual(0)
})

it('prices each call at the model that answers it', async () => {
  const [task] = project.models
  if (!task) throw new Error('the toy project has a model')
  const teacher = {
    ...task,
    id: 'teacher',
    model: 'teacher',
    price: { input: 10 * (task.price?.input ?? 0), output: 10 * (task.price?.output ?? 0) },
  }
  const optimizer = { id: 'bootstrap-few-shot', params: {} }
  const state = { classify: { instructions: 'Name the kind of thing.', demos: [] } }
  const same = { ...project, optimizer, state }
  const dear = { ...same, models: [task, teacher], roles: { ...project.roles, teacher: 'teacher' } }
  const [cheap, costly] = [
    await engine.estimate({ project: same, kind: 'compile' }),
    await engine.estimate({ project: dear, kind: 'compile' }),
  ]
  const bootstraps = cheap.calls.find(call => call.purpose === 'bootstrap')?.expected ?? 0
  const perCall = (cheap.cost?.expected ?? 0) / cheap.total.expected
  expect(bootstraps).toBeGreaterThan(0)
  expect(costly.cost?.expected).toBeCloseTo((cheap.cost?.expected ?? 0) + 9 * bootstraps * perCall, 9)
  const { price: _price, ...unpriced } = teacher
  expect((await engine.estimate({ project: { ...dear, models: [task, unpriced] }, kind: 'compile' })).cost).toBeUndefined()
})

it('backs up and restores through the worker', async () => {
  const backup = await engine.makeBackup()
  expect((await engine.restoreBackup(backup)).damaged).toBe(0)
  expect(await getRun(runId)).toBeDefined()
  expect((await engine.evictCalls(1)).count).toBeLessThanOrEqual(1)
})

const noTotals = { calls: 0, cachedCalls: 0, failedCalls: 0, inputTokens: 0, outputTokens: 0, cost: 0, unpricedCalls: 0, answered: 0 }
