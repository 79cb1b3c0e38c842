import { blobRefsIn, type BlobRef } from '@/engine/blobs/blob-ref'
import { deleteDB } from 'idb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { voteProgram } from '@/engine/modules/vote-program'
import type { Project } from '@/engine/project/project'
import { toBase64 } from '@/lib/base64'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { getBlob, putBlob, settleBlobs } from '@/storage/blobs'
import { closeDatabase, database, type StoreName } from '@/storage/db'
import { deleteProject } from '@/storage/delete-project'
import { callCacheSize, evictCalls } from '@/storage/lm-calls'
import { belongingTo } from '@/storage/key-ranges'
import { getProject } from '@/storage/projects'
import { listRollouts } from '@/storage/rollouts'
import { listRunCalls } from '@/storage/run-calls'
import { answerOf, answersOf, countPaidCalls } from '@/storage/run-answers'
import { listEvents } from '@/storage/run-events'
import { putSpending } from '@/storage/run-spending'
import { deleteRun, getRun, listRuns, patchRun, takeRun } from '@/storage/runs'
import { givesAway } from '@/testing/arbitrary-keys'
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
    expect(imported.leftOut).toEqual([])
    expect(await getRun(imported.runId)).toEqual({ ...run, id: imported.runId, importedAt: expect.any(Number) })
    expect((await callCacheSize()).count).toBe(0)
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

  it('of rows and instructions that hold a key is written without it, opens again, and replays', async () => {
    const key = 'sk-canary-4321-abcd'
    const toy = toyFile(40)
    const rows = toy.dataset?.rows.map((row, at) => {
      const text = String(row.cells['col_text'])
      return at % 3 === 0 ? { ...row, cells: { ...row.cells, col_text: `${text} ${at % 2 === 0 ? key : btoa(`user:${key}`)}` } } : row
    })
    const dataset = { name: 'Leaky', columns: toy.dataset?.columns ?? [], rows: rows ?? [] }
    const leaky = await getProject(await engine.importProject({ ...toy, dataset }))
    if (!leaky) throw new Error('not imported')
    const id = await engine.createRun({ project: { ...leaky, name: key }, kind: 'compile', title: `With ${key}` })
    await engine.startRun(id)
    await engine.setKey('https://api.example.com/v1', key, true)
    const text = await (await engine.exportRun(id)).text()
    expect(givesAway(text, key)).toBe(false)
    expect(text).toContain('[key removed]')
    const imported = await engine.importRun(project.id, new Blob([text]))
    expect(imported.leftOut).toEqual([])
    expect(await engine.replayRun(imported.runId)).toMatchObject({ isSame: true, calls: 0, missingCalls: 0 })
    expect((await listRunCalls(imported.runId)).length).toBe((await listRunCalls(id)).length)
    await engine.forgetAllKeys()
    await deleteRun(imported.runId)
    await deleteProject(leaky.id)
  })

  it('is refused with the place of the fault, and leaves nothing behind', async () => {
    const parsed = parseJson(await (await engine.exportRun(runId)).text())
    if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('not an object')
    const good: JsonObject = parsed.value
    const refused = (file: unknown) => engine.importRun(project.id, new Blob([typeof file === 'string' ? file : JSON.stringify(file)]))
    await expect(refused('hello')).rejects.toMatchObject({ code: 'project-invalid' })
    await expect(refused({ format: 'dspy-studio-project' })).rejects.toMatchObject({ code: 'project-invalid' })
    await expect(refused({ ...good, schemaVersion: 9 })).rejects.toMatchObject({ code: 'project-newer' })
    await expect(refused({ ...good, events: { 0: 1 } })).rejects.toThrow('events: is not a list')
    await expect(refused({ ...good, train: [] })).rejects.toThrow('train rows')
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

describe('the answers of a run file', () => {
  /** The file of a run with other words in each of its answers. */
  async function planted(): Promise<Blob> {
    const file = parseJson(await (await engine.exportRun(runId)).text())
    if (!file.ok || !isJsonObject(file.value)) throw new Error('not an object')
    const answers = (file.value['answers'] as readonly JsonObject[]).map(answer => {
      const response = answer['response'] as JsonObject
      return { ...answer, response: { ...response, text: '[[ ## label ## ]]\ntool\n\n[[ ## completed ## ]]' } }
    })
    return new Blob([JSON.stringify({ ...file.value, answers })])
  }

  it('serve the run that came with them, and no run of one’s own', async () => {
    await evictCalls(1e12)
    const before = await storedText(['lmCalls', 'lmCallUses', 'settings'])
    const { runId: foreign } = await engine.importRun(project.id, await planted())
    expect(await storedText(['lmCalls', 'lmCallUses', 'settings'])).toEqual(before)
    expect(await engine.replayRun(foreign)).toMatchObject({ calls: 0 })
    const [call] = await listRunCalls(foreign)
    expect((await answerOf(foreign, call?.key ?? ''))?.response.text).toContain('tool')
    const own = await engine.createRun({ project, kind: 'compile' })
    await engine.startRun(own)
    const paid = (await getRun(own))?.totals.calls ?? 0
    // The same requests, each asked for here.
    expect(paid).toBe((await listRunCalls(own)).length)
    const texts = new Set<string>()
    for await (const answers of answersOf(
      own,
      (await listRunCalls(own)).map(({ key }) => key),
    ))
      for (const { response } of answers) texts.add(response.text)
    expect([...texts].some(text => text.includes('fruit'))).toBe(true)
    await deleteRun(foreign)
    expect(await answerOf(own, call?.key ?? '')).toBeDefined()
  })

  it('and what a resumed one pays for stay with it', async () => {
    const parsed = parseJson(await (await planted()).text())
    if (!parsed.ok || !isJsonObject(parsed.value) || !isJsonObject(parsed.value['run'] ?? null)) throw new Error('not a run')
    const { run, ...rest } = parsed.value
    const { result: _result, finish: _finish, ...head } = run as JsonObject
    const cut = { ...rest, run: { ...head, status: 'stopped' }, events: [], rollouts: [], calls: [], answers: [] }
    const { runId: foreign } = await engine.importRun(project.id, new Blob([JSON.stringify(cut)]))
    await evictCalls(1e12)
    const before = await storedText(['lmCalls', 'lmCallUses'])
    await engine.startRun(foreign)
    expect(await getRun(foreign)).toMatchObject({ status: 'done' })
    expect(await storedText(['lmCalls', 'lmCallUses'])).toEqual(before)
    expect(await countPaidCalls(foreign)).toBeGreaterThan(20)
    expect(await engine.replayRun(foreign)).toMatchObject({ isSame: true, calls: 0 })
    await deleteRun(foreign)
    expect(await (await database()).count('importedCalls', belongingTo(foreign))).toBe(0)
  })

  it('leave records out one by one, and say which', async () => {
    const parsed = parseJson(await (await engine.exportRun(runId)).text())
    if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('not an object')
    const good = parsed.value
    const list = (name: string): readonly Json[] => good[name] as readonly Json[]
    const answers = list('answers').map((answer, at) => (at === 1 ? { ...(answer as JsonObject), key: '0'.repeat(64) } : answer))
    const events = [...list('events').map((event, at) => (at === 2 ? { type: 'run-start' } : event)), list('events')[0] ?? null]
    const rollouts = [...list('rollouts'), 7]
    const { runId: id, leftOut } = await engine.importRun(project.id, new Blob([JSON.stringify({ ...good, answers, events, rollouts })]))
    expect(leftOut).toMatchObject([
      { list: 'events', places: [3, events.length] },
      { list: 'rollouts', places: [rollouts.length] },
      { list: 'answers', places: [2], reason: 'key: belongs to another request' },
    ])
    expect((await listEvents(id)).length).toBe(events.length - 2)
    const title = (await getRun(id))?.title
    expect(title).toMatch(/ \(\d\)$/)
    const again = await engine.importRun(project.id, await engine.exportRun(id))
    expect((await listRuns(project.id)).runs.filter(run => run.title === title)).toHaveLength(1)
    expect((await getRun(again.runId))?.title).toMatch(/ \(\d\)$/)
  })
})

/** Everything that stores hold, to be compared. */
async function storedText(stores: readonly StoreName[]): Promise<Readonly<Record<string, unknown>>> {
  const db = await database()
  return Object.fromEntries(await Promise.all(stores.map(async store => [store, await db.getAll(store)])))
}

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

it('counts calls that a kill lost when caps are raised, and says so', async () => {
  const budget = { maxCalls: 60, maxTokens: 500_000, maxCost: 1 }
  const id = await engine.createRun({ project: { ...project, run: { ...project.run, budget } }, kind: 'compile' })
  // An attempt that was killed after ten calls.
  const { epoch, totals } = await takeRun(id, 1)
  await patchRun(id, epoch, { totals: { ...totals, calls: 10 } })
  const open = Array.from({ length: 4 }, (_, at) => ({ model: 'm', key: `never ${at}`, tokens: 200_000, cost: 0.5 }))
  await putSpending(id, epoch, { spent: { calls: 10, tokens: 50_000, cost: 0.1 }, open })
  for (const [limits, used, raiseTo] of [
    [{ maxCalls: 14 }, 14, 64],
    [{ maxTokens: 850_000 }, 850_000, 1_300_000],
    [{ maxCost: 2.1 }, 2.1, 3],
  ] as const)
    await expect(engine.raiseCaps(id, { budget: limits })).rejects.toMatchObject({
      code: 'budget-too-small',
      message: expect.stringContaining('4 calls were under way when this run was interrupted; they may have been paid for, and count'),
      facts: { used, raiseTo },
    })
  await engine.raiseCaps(id, { budget: { maxCalls: 1_000 } })
  await engine.startRun(id)
  expect(await getRun(id)).toMatchObject({ status: 'done', totals: { lostCalls: 4 } })
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

it('counts every program of a vote', async () => {
  const vote = voteProgram(
    project.graph,
    [1, 2, 3].map(() => project.state),
    'majority',
  )
  const [one, three] = [
    await engine.estimate({ project, kind: 'evaluate' }),
    await engine.estimate({ project: { ...project, ...vote }, kind: 'evaluate' }),
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
