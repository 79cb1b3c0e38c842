import { blobRefsIn, type BlobRef } from '@/engine/blobs/blob-ref'
import { blobRefOf } from '@/engine/blobs/blob-store'
import { deleteDB } from 'idb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EngineError } from '@/engine/base/errors'
import type { Project } from '@/engine/project/project'
import type { ProjectFile } from '@/engine/project/project'
import { chatOf } from '@/testing/chat-of'
import { toBase64 } from '@/lib/base64'
import { getBlob, putBlob, settleBlobs } from '@/storage/blobs'
import { closeDatabase, database } from '@/storage/db'
import { readRows } from '@/storage/datasets'
import { deleteProject } from '@/storage/delete-project'
import { getCall } from '@/storage/lm-calls'
import { getProject } from '@/storage/projects'
import { listQuarantine } from '@/storage/quarantine'
import { heldRuns, runLiveness, runLockName } from '@/storage/run-locks'
import { listEvents } from '@/storage/run-events'
import { listRollouts } from '@/storage/rollouts'
import { listRunCalls } from '@/storage/run-calls'
import { getRun, patchRun } from '@/storage/runs'
import { listVersions } from '@/storage/versions'
import { toyFile } from '@/testing/toy-project'
import type { RunMessage } from './api'
import { createEngineClient, type EngineClient } from './client'

let engine: EngineClient
let project: Project
const messages: RunMessage[] = []
/** Several browsers may share the machine. */
const patient = { timeout: 15_000 }

async function freshProject(rowCount = 60): Promise<Project> {
  const id = await engine.importProject(toyFile(rowCount))
  const stored = await getProject(id)
  if (!stored) throw new Error('not imported')
  return stored
}

beforeAll(async () => {
  await closeDatabase()
  await deleteDB('dspy-studio')
  await deleteDB('dspy-studio-secrets')
  engine = createEngineClient()
  await engine.subscribe(message => messages.push(message))
})
beforeEach(async () => {
  messages.length = 0
  project = await freshProject()
})
afterAll(async () => {
  engine.dispose()
  await closeDatabase()
})

describe('a run', () => {
  it('evaluates, tells what is written, and leaves its whole record', async () => {
    const runId = await engine.createRun({ project, kind: 'evaluate', split: 'val' })
    expect(await getRun(runId)).toMatchObject({ status: 'queued', projectId: project.id })
    await engine.startRun(runId)
    const run = await getRun(runId)
    expect(run).toMatchObject({ status: 'done', epoch: 1, kind: 'evaluate' })
    expect(run?.finish).toBeTruthy()
    expect(run?.digest).toBeTruthy()
    const events = await listEvents(runId)
    expect(events.map(event => event.type)).toContain('fullset-score')
    expect(events.map(event => event.seq)).toEqual(events.map((_, index) => index))
    const rollouts = await listRollouts(runId)
    expect(rollouts.length).toBe(run?.spec.data.val.count)
    const calls = await listRunCalls(runId)
    expect(calls.length).toBe(rollouts.length)
    const key = rollouts[0]?.rollout.trace.flatMap(span => span.calls)[0]?.key ?? ''
    expect(chatOf((await getCall(key))?.request).messages.length).toBeGreaterThan(1)
    const told = messages.filter(message => message.runId === runId)
    await expect.poll(() => told.at(-1)?.status ?? messages.findLast(message => message.runId === runId)?.status, patient).toBe('done')
    expect(messages.filter(message => message.runId === runId).flatMap(message => message.events)).toEqual(events)
  })

  it('compiles on train and val and never sees a test row', async () => {
    const runId = await engine.createRun({ project, kind: 'compile' })
    await engine.startRun(runId)
    const run = await getRun(runId)
    expect(run).toMatchObject({ status: 'done' })
    expect(run?.result?.best?.summary.mean).toBeGreaterThan(0)
    const db = await database()
    const stored = await db.getAll('exampleSets')
    const { train, val } = run?.spec.data ?? {}
    const ids = stored
      .filter(chunk => chunk.hash === train?.hash || chunk.hash === val?.hash)
      .flatMap(chunk => chunk.examples.map(one => one.id))
    const { splitOf } = await import('@/engine/data/split')
    expect(new Set(ids.map(id => splitOf(id, project.split)))).toEqual(new Set(['train', 'val']))
  })

  it('runs one row of the dataset and typed inputs', async () => {
    const [row] = await readRows(project.datasetId ?? '', { count: 1 })
    const byId = await engine.createRun({ project, kind: 'row', row: { exampleId: row?.id ?? '' } })
    await engine.startRun(byId)
    expect((await getRun(byId))?.result?.prediction).toHaveProperty('label')
    await expect.poll(() => messages.flatMap(message => message.meters).map(meter => meter.type), patient).toContain('node-end')
    const typed = await engine.createRun({ project, kind: 'row', row: { inputs: { text: 'a new saw' } } })
    await engine.startRun(typed)
    expect(await getRun(typed)).toMatchObject({ status: 'done', spec: { data: { split: 'row' } } })
  })

  it('is resumed from its record after its worker died, paying nothing twice', async () => {
    const state = { classify: { instructions: 'Asked nowhere else.', demos: [] } }
    const slow = { ...project, state, run: { ...project.run, concurrency: 1 } }
    const runId = await engine.createRun({ project: slow, kind: 'evaluate', split: 'all' })
    const doomed = createEngineClient()
    void doomed.startRun(runId)
    await expect.poll(async () => (await listEvents(runId)).length, patient).toBeGreaterThan(0)
    doomed.dispose()
    await expect.poll(heldRuns, patient).not.toContain(runId)
    const before = await getRun(runId)
    if (!before) throw new Error('the run is gone')
    // Had it ended already, it is set back, so that the replay of a whole record is tried.
    await patchRun(runId, before.epoch, { status: 'running' })
    expect(runLiveness({ ...before, status: 'running' }, await heldRuns(), Date.now())).toBe('interrupted')
    await engine.startRun(runId)
    const after = await getRun(runId)
    expect(after).toMatchObject({ status: 'done', epoch: before.epoch + 1 })
    expect(after?.divergence).toBeUndefined()
    // Every answer was paid for by one of the two attempts, and none counts twice.
    expect(after?.totals).toMatchObject({ answered: 60, cachedCalls: 0, calls: 60 })
    const whole = await engine.createRun({ project: slow, kind: 'evaluate', split: 'all' })
    await engine.startRun(whole)
    expect((await getRun(whole))?.digest).toBe(after?.digest)
  })

  it('is not run twice: another tab holds it', async () => {
    const runId = await engine.createRun({ project, kind: 'evaluate' })
    let release = () => undefined as void
    const held = new Promise<void>(resolve => (release = resolve))
    const lock = navigator.locks.request(runLockName(runId), () => held)
    await expect(engine.startRun(runId)).rejects.toMatchObject({ code: 'run-stopped', facts: { reason: 'elsewhere' } })
    expect(await getRun(runId)).toMatchObject({ status: 'queued', epoch: 0 })
    release()
    await lock
    await Promise.all([engine.startRun(runId), engine.startRun(runId)])
    expect(await getRun(runId)).toMatchObject({ status: 'done', epoch: 1 })
    await expect(engine.startRun(runId)).rejects.toMatchObject({ code: 'params-invalid' })
  })

  it('goes on in one of two tabs that resume it at once, however soon that one has finished', async () => {
    const runId = await engine.createRun({ project, kind: 'evaluate' })
    const other = createEngineClient()
    const ends = await Promise.allSettled([engine.startRun(runId), other.startRun(runId)])
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await getRun(runId)).toMatchObject({ status: 'done', epoch: 1 })
    other.dispose()
  })

  it('is taken from a tab that fell asleep, which then writes nothing more', async () => {
    const state = { classify: { instructions: 'Asked by a tab that fell asleep.', demos: [] } }
    const big = await freshProject(600)
    const runId = await engine.createRun({
      project: { ...big, state, run: { ...big.run, concurrency: 1 } },
      kind: 'evaluate',
      split: 'all',
    })
    const sleeper = createEngineClient()
    const asleep = sleeper.startRun(runId)
    asleep.catch(() => undefined)
    await expect.poll(async () => (await listRollouts(runId)).length, patient).toBeGreaterThan(20)
    // Its last sign of life is long ago: what a frozen tab looks like from outside.
    await patchRun(runId, 1, { heartbeatAt: Date.now() - 60_000 })
    const done = engine.startRun(runId)
    await expect(asleep).rejects.toMatchObject({ code: 'run-stopped', facts: { reason: 'elsewhere' } })
    await done
    const run = await getRun(runId)
    expect(run).toMatchObject({ status: 'done', epoch: 2, totals: { answered: 600 } })
    expect(run?.divergence).toBeUndefined()
    expect(await engine.replayRun(runId)).toMatchObject({ isSame: true, calls: 0 })
    sleeper.dispose()
  })

  it('takes commands, also from another tab', async () => {
    const other = createEngineClient()
    const queued = await engine.createRun({ project, kind: 'evaluate' })
    await expect(other.command(queued, 'pause')).rejects.toMatchObject({ code: 'not-found' })
    await other.command(queued, 'cancel')
    expect(await getRun(queued)).toMatchObject({ status: 'cancelled' })
    const big = await freshProject(4_000)
    const running = await engine.createRun({ project: { ...big, run: { ...big.run, concurrency: 1 } }, kind: 'evaluate', split: 'all' })
    const done = engine.startRun(running)
    await expect.poll(async () => (await getRun(running))?.status, patient).toBe('running')
    await other.command(running, 'pause')
    await expect.poll(async () => (await getRun(running))?.status, patient).toBe('paused')
    await other.command(running, 'cancel')
    await done
    expect(await getRun(running)).toMatchObject({ status: 'cancelled' })
    other.dispose()
  })

  it('is refused with the reason when the project is not ready', async () => {
    const { datasetId: _none, ...bare } = project
    await expect(engine.createRun({ project: bare, kind: 'evaluate' })).rejects.toMatchObject({ code: 'data-invalid' })
    const half = { ...project, graph: { ...project.graph, edges: project.graph.edges.slice(1) } }
    const refused: unknown = await engine.createRun({ project: half, kind: 'evaluate' }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(EngineError)
    expect(refused).toMatchObject({ code: 'graph-invalid', facts: { node: 'classify' } })
    const params = { ...project, optimizer: { id: 'labeled-few-shot', params: { 'labeled-few-shot': { k: 'many' } } } }
    await expect(engine.createRun({ project: params, kind: 'compile' })).rejects.toMatchObject({
      code: 'params-invalid',
      facts: { path: 'k' },
    })
    const metric = { ...project, metric: { kind: 'exact-match', params: { field: 'colour' } } }
    await expect(engine.createRun({ project: metric, kind: 'evaluate' })).rejects.toMatchObject({ code: 'params-invalid' })
    const unmapped = { ...project, mapping: { inputs: {}, labels: project.mapping.labels } }
    await expect(engine.createRun({ project: unmapped, kind: 'compile' })).rejects.toThrow('"text"')
    // With instructions that no run before has tried, so that no answer is stored.
    const state = { classify: { instructions: 'Say what it is made of.', demos: [] } }
    const capped = { ...project, state, run: { ...project.run, budget: { maxCalls: 3 } } }
    await expect(engine.createRun({ project: capped, kind: 'compile' })).rejects.toMatchObject({ code: 'budget-too-small' })
  })
})

describe('metrics', () => {
  it('are tried on rows outside of the test split', async () => {
    const { rows, ended } = await engine.tryMetric(project, project.metric, 3, 'try_first')
    expect(rows).toHaveLength(3)
    expect(ended).toBeUndefined()
    expect(rows.every(one => one.score && one.score.value >= 0)).toBe(true)
  })

  it('show their own failure at the row', async () => {
    const source =
      '(example, prediction) => { if (example.text.includes("plum")) throw new Error("no plums"); return { score: 0.5, feedback: "half" } }'
    const { rows } = await engine.tryMetric(project, { kind: 'code', params: { source } }, 8, 'try_code')
    expect(
      rows
        .filter(one => one.error)
        .map(one => one.error?.message)
        .join(),
    ).toContain('no plums')
    expect(rows.find(one => one.score)?.score).toEqual({ value: 0.5, feedback: 'half' })
    await expect(engine.tryMetric(project, { kind: 'code', params: { source: '(a, b => 1' } }, 3, 'try_broken')).rejects.toMatchObject({
      code: 'code-failed',
    })
  })
})

describe('imports', () => {
  const files: [string, string][] = [
    ['rows.csv', '\uFEFFtext;stars;flag\r\n"one; two";3;true\r\nbad;row\r\n"it is ""quoted""\nhere";4;false\r\n'],
    ['rows.jsonl', '{"text":"one; two","stars":3,"flag":true}\nbad row\n{"text":"it is \\"quoted\\"\\nhere","stars":4,"flag":false}\n'],
    ['rows.json', '[{"text":"one; two","stars":3,"flag":true},5,{"text":"it is \\"quoted\\"\\nhere","stars":4,"flag":false}]'],
  ]

  it.each(files)('show %s before anything is stored, then store it', async (name, text) => {
    const preview = await engine.previewImport(new File([text], name), name, () => undefined)
    expect(preview.columns.map(column => [column.name, column.type])).toEqual([
      ['text', 'str'],
      ['stars', 'int'],
      ['flag', 'bool'],
    ])
    expect(preview).toMatchObject({ rowCount: 2, badRowCount: 1 })
    // A word of CSV is kept as it is written, so that a text field would get `true` and not Python's `True`.
    const flags = name.endsWith('.csv') ? ['true', 'false'] : [true, false]
    expect(preview.firstRows).toEqual([
      ['one; two', 3, flags[0]],
      ['it is "quoted"\nhere', 4, flags[1]],
    ])
    const [textColumn, stars] = preview.columns
    if (!textColumn || !stars) throw new Error('columns are missing')
    const { dataset } = await engine.commitImport(preview.importId, 'Mine', [{ ...stars, name: 'rating', type: 'str' }, textColumn])
    expect(dataset).toMatchObject({ name: 'Mine', rowCount: 2 })
    const rows = await readRows(dataset.id)
    expect(rows.map(row => row.cells)).toEqual([
      { [stars.id]: '3', [textColumn.id]: 'one; two' },
      { [stars.id]: '4', [textColumn.id]: 'it is "quoted"\nhere' },
    ])
    await expect(engine.commitImport(preview.importId, 'Again', [])).rejects.toMatchObject({ code: 'not-found' })
  })

  it('read 100,000 rows without holding up the page', async () => {
    const text = 'id,text\n' + Array.from({ length: 100_000 }, (_, index) => `${index},"row ${index}, of many"`).join('\n')
    const shares: number[] = []
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 10)
    const preview = await engine.previewImport(new Blob([text]), 'big.csv', share => shares.push(share))
    const { dataset } = await engine.commitImport(preview.importId, 'Big', preview.columns)
    clearInterval(timer)
    expect(dataset.rowCount).toBe(100_000)
    expect((await readRows(dataset.id, { start: 99_999, count: 1 }))[0]?.cells).toEqual({
      [preview.columns[0]?.id ?? '']: 99_999,
      [preview.columns[1]?.id ?? '']: 'row 99999, of many',
    })
    expect(shares.at(-1)).toBe(1)
    expect(longest).toBeLessThan(500)
  })

  it('refuse what is too large or no table, in a sentence', async () => {
    const empty = engine.previewImport(new Blob(['']), 'empty.csv', () => undefined)
    await expect(empty).rejects.toMatchObject({ code: 'data-invalid' })
    const piece = new Blob([`${'x'.repeat(1023)}\n`.repeat(1024)])
    const huge = engine.previewImport(new Blob(Array.from({ length: 201 }, () => piece)), 'huge.csv', () => undefined)
    await expect(huge).rejects.toThrow('larger than 200 MB')
  })
})

describe('keys', () => {
  it('belong to an origin, and the page sees their last letters only', async () => {
    await engine.setKey('https://api.example.com/v1', 'sk-secret-9876', false)
    await engine.setKey('http://localhost:8080', 'local-key-1111', true)
    expect(await engine.keys()).toEqual([
      { origin: 'http://localhost:8080', last4: '1111', remembered: true },
      { origin: 'https://api.example.com', last4: '9876', remembered: false },
    ])
    const other = createEngineClient()
    expect((await other.keys()).map(key => key.origin)).toEqual(['http://localhost:8080'])
    other.dispose()
    await engine.forgetKey('http://localhost:8080')
    await engine.forgetKey('https://api.example.com')
    expect(await engine.keys()).toEqual([])
    await expect(engine.setKey('not an address', 'k', false)).rejects.toMatchObject({ code: 'params-invalid' })
  })
})

describe('project files', () => {
  it('come back with rows and versions under new ids', async () => {
    const file = await engine.exportProject(project)
    const copy = await getProject(await engine.importProject(structuredClone(file)))
    expect(copy?.id).not.toBe(project.id)
    expect(copy?.datasetId).not.toBe(project.datasetId)
    expect(await readRows(copy?.datasetId ?? '')).toEqual(toyFile(60).dataset?.rows)
    expect(await listVersions(copy?.id ?? '')).toHaveLength(1)
    await expect(engine.importProject({ ...file, schemaVersion: 9 })).rejects.toMatchObject({ code: 'project-newer' })
  })
})

describe('project files with images', () => {
  const bytes = new TextEncoder().encode('an image of a project')
  const withImage = (image: BlobRef): ProjectFile => {
    const file = toyFile(3)
    const rows = file.dataset?.rows.map(row => ({ ...row, cells: { ...row.cells, col_text: image } })) ?? []
    const state = { classify: { instructions: 'See.', demos: [{ text: image, label: 'red' }] } }
    return { ...file, project: { ...file.project, state }, dataset: { name: 'Pictures', columns: file.dataset?.columns ?? [], rows } }
  }
  const opened = async (file: unknown) => {
    const found = await getProject(await engine.importProject(file))
    if (!found) throw new Error('not imported')
    return found
  }

  it('hold each once, and bring them with them; a copy here needs none', async () => {
    const image = await putBlob(bytes, 'image/png')
    const first = await opened(withImage(image))
    await settleBlobs([image])
    const file = await engine.exportProject(first)
    expect(file.blobs).toEqual([{ $blob: image.$blob, mime: 'image/png', data: toBase64(bytes) }])
    const bare = await engine.exportProject(first, { withoutFiles: true })
    expect(bare.blobs).toBeUndefined()
    const copy = await opened(bare)
    await deleteProject(first.id)
    expect(await getBlob(image)).toEqual(bytes)
    await deleteProject(copy.id)
    expect(await getBlob(image)).toBeUndefined()
    const back = await opened(file)
    expect(back.state).toEqual(withImage(image).project.state)
    expect(await getBlob(image)).toEqual(bytes)
    await deleteProject(back.id)
    expect(await getBlob(image)).toBeUndefined()
  })

  it('open with damaged ones, which are noted', async () => {
    const image = blobRefOf(bytes, 'image/png')
    const damaged = { $blob: image.$blob, mime: 'image/png', data: toBase64(new TextEncoder().encode('an imape')) }
    for (const blobs of [[damaged], ['nonsense'], [{ ...damaged, data: '***' }], undefined]) {
      const project = await opened({ ...withImage(image), ...(blobs && { blobs }) })
      expect(blobRefsIn(await readRows(project.datasetId ?? ''))).toEqual([image])
      expect(await listQuarantine()).toContainEqual(expect.objectContaining({ store: 'blobData', key: image.$blob }))
      await deleteProject(project.id)
    }
  })
})

it('estimates calls before a run, and cost once tokens were measured', async () => {
  const before = await engine.estimate({ project, kind: 'compile' })
  expect(before.total.expected).toBeGreaterThan(0)
  expect(before.tokensPerCall).toBeUndefined()
  const runId = await engine.createRun({ project, kind: 'evaluate' })
  await engine.startRun(runId)
  const after = await engine.estimate({ project, kind: 'compile' })
  expect(after.tokensPerCall?.input).toBeGreaterThan(10)
  expect(after.cost?.expected).toBeGreaterThan(0)
})

it('exports, checks and runs no program whose names are none', async () => {
  const [input, ...others] = project.graph.nodes
  if (!input) throw new Error('an input')
  const foreign = { ...input, fields: input.fields.map(field => ({ ...field, name: 'text: string }\nexport const owned = 1 //' })) }
  const renamed = { ...project, graph: { ...project.graph, nodes: [foreign, ...others] } }
  await expect(engine.exportTypeScript(renamed)).rejects.toMatchObject({ code: 'graph-invalid' })
  await expect(engine.checkExport(renamed, ['row_0'], 'try_foreign')).rejects.toMatchObject({ code: 'graph-invalid' })
  await expect(engine.createRun({ project: renamed, kind: 'evaluate' })).rejects.toMatchObject({ code: 'graph-invalid' })
})

// The build puts the runtime into public/: `npm test` builds first, a single run of this file may not have it.
const isBuilt = (await fetch('/runtime/engine.js').then(response => response.text())).includes('createProgram')

it.skipIf(!isBuilt)('exports a folder whose engine sends the same bytes as the studio', async () => {
  const client = createEngineClient({ baseUrl: `${location.origin}/` })
  const zip = await client.exportTypeScript(project)
  expect(zip.size).toBeGreaterThan(10_000)
  const { rows } = await client.checkExport(project, ['row_0', 'row_1', 'row_2'], 'try_export')
  expect(rows.map(row => [row.isEqual, row.requests])).toEqual([
    [true, 1],
    [true, 1],
    [true, 1],
  ])
  client.dispose()
})
