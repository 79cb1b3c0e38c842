import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blobRefsIn, type BlobRef } from '@/engine/blobs/blob-ref'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { callKey } from '@/engine/lm/kept/request-key'
import type { RolloutRecord } from '@/engine/record/events'
import { pythonRandom } from '@/lib/rng'
import { toyFile, toyProject } from '@/testing/toy-project'
import { toyRun } from '@/testing/toy-run'
import { blobStorageSize, getBlob, putBlob, settleBlobs, sweepBlobs } from './blobs'
import { deleteDataset, putDataset, readRows } from './datasets'
import { changeRows } from '@/testing/change-rows'
import { closeDatabase, database, useDatabase, write, type StoreName } from './db'
import { deleteProject } from './delete-project'
import { putExampleSet } from './example-sets'
import { addCall, evictCalls, getCall } from './lm-calls'
import { getProject, putProject } from './projects'
import { deleteQuarantined, listQuarantine } from './quarantine'
import type { RunRecord } from './records'
import { addRun, appendToRun, deleteRun, takeRun } from './runs'
import { storageInfo } from './usage'
import { putVersion } from './versions'
import { withBlobStores } from './blob-owners'

const name = 'dspy-studio-blobs-test'
beforeEach(async () => {
  await useDatabase(name)
  await deleteDB(name)
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(name)
})

const bytesOf = (n: number): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`file number ${n}`)
const put = (n: number, now?: number): Promise<BlobRef> => putBlob(bytesOf(n), 'image/png', now)
const isThere = async ({ $blob }: BlobRef): Promise<boolean> => (await (await database()).count('blobs', $blob)) > 0
const day = 24 * 3600_000

const projectWith = (refs: readonly BlobRef[], id = 'project_toy') => ({
  ...toyProject(),
  id,
  datasetId: `data_${id}`,
  state: { classify: { instructions: 'See.', demos: refs.map(image => ({ image, label: 'red' })) } },
})
const rowWith = (id: string, refs: readonly BlobRef[]) => ({ id, cells: { image: refs.length === 1 ? (refs[0] ?? null) : [...refs] } })
const callWith = (refs: readonly BlobRef[], text = 'q'): StoredCall => {
  const content = [{ type: 'text', text } as const, ...refs.map(ref => ({ type: 'blob', ref }) as const)]
  const request = { model: 'm', messages: [{ role: 'user', content } as const], settings: {} }
  const usage = { inputTokens: 1, outputTokens: 1 }
  return { key: callKey(request, 0), rollout: 0, request, response: { text: 'a', finish: 'stop', usage, ms: 1 }, at: 1 }
}
const runWith = (refs: readonly BlobRef[], id: string, data: RunRecord['spec']['data']): RunRecord => {
  const { spec } = toyRun()
  const state = { classify: { instructions: '', demos: refs.map(image => ({ image })) } }
  const totals = { calls: 0, cachedCalls: 0, failedCalls: 0, inputTokens: 0, outputTokens: 0, cost: 0, unpricedCalls: 0, answered: 0 }
  const head = {
    id,
    projectId: 'project_toy',
    kind: 'evaluate',
    title: 'Evaluate',
    status: 'queued',
    createdAt: 1,
    epoch: 0,
    heartbeatAt: 0,
  } as const
  return { ...head, totals, spec: { ...spec, kind: 'evaluate', state, data } }
}
const rolloutWith = (refs: readonly BlobRef[], index: number): RolloutRecord => ({
  batch: 0,
  index,
  candidate: 'c',
  stage: 's',
  purpose: 'evaluate',
  rollout: { exampleId: `row_${index}`, trace: [], prediction: { seen: [...refs] }, score: 1, ms: 1 },
})

describe('files', () => {
  it('lie here once and come back as they were', async () => {
    const [first, again] = await Promise.all([put(1), put(1)])
    expect(again).toEqual(first)
    expect(await getBlob(first)).toEqual(bytesOf(1))
    await put(2)
    expect((await storageInfo()).blobs).toEqual({ count: 2, bytes: bytesOf(1).length + bytesOf(2).length, damaged: 0 })
  })

  it('are noted when they are damaged or missing, and whole again when they are put once more', async () => {
    const ref = await put(1)
    const db = await database()
    await db.put('blobData', { hash: ref.$blob, data: bytesOf(9) })
    expect(await getBlob(ref)).toBeUndefined()
    expect(await listQuarantine()).toMatchObject([{ store: 'blobData', key: ref.$blob }])
    expect((await blobStorageSize()).damaged).toBe(1)
    await put(1)
    expect(await getBlob(ref)).toEqual(bytesOf(1))
    expect((await blobStorageSize()).damaged).toBe(0)
    await db.delete('blobData', ref.$blob)
    expect(await getBlob(ref)).toBeUndefined()
    const [note] = await listQuarantine()
    expect(note?.reason).toMatch(/not here/)
    if (note) await deleteQuarantined(note)
    expect(await blobStorageSize()).toEqual({ count: 0, bytes: 0, damaged: 0 })
  })

  it('go with the last record that names them, whichever that is', async () => {
    const ref = await put(1)
    const data = {
      split: 'val',
      train: await putExampleSet([]),
      val: await putExampleSet([{ id: 'a', inputs: { image: ref }, labels: {} }]),
    } as const
    await putProject(projectWith([ref]))
    for (const version of toyFile().versions) await putVersion({ ...version, state: projectWith([ref]).state })
    await putDataset({ id: 'data_project_toy', name: 'D', columns: [], createdAt: 1, updatedAt: 1 }, [rowWith('r', [ref])])
    await addRun(runWith([ref], 'run_1', data))
    await addCall(callWith([ref]))
    await settleBlobs([ref])
    await deleteRun('run_1')
    expect(await isThere(ref)).toBe(true)
    await deleteProject('project_toy')
    expect(await isThere(ref)).toBe(true)
    await evictCalls(Infinity)
    expect(await isThere(ref)).toBe(false)
    expect(await (await database()).count('blobOwners')).toBe(0)
    expect(await (await database()).count('blobData')).toBe(0)
  })

  it('stay for a day when an edit drops them, so that it can be taken back', async () => {
    const now = Date.now()
    const ref = await put(1)
    await putProject(projectWith([ref]))
    await settleBlobs([ref])
    await putProject(projectWith([]))
    expect(await sweepBlobs(now + day / 2)).toBe(0)
    await putProject(projectWith([ref]))
    expect(await getBlob(ref)).toEqual(bytesOf(1))
    expect(await sweepBlobs(now + 2 * day)).toBe(0)
    await deleteProject('project_toy')
    expect(await isThere(ref)).toBe(false)
  })

  it('are not taken from under an import that has not written its rows yet', async () => {
    const ref = await put(1)
    await putProject(projectWith([ref]))
    await settleBlobs([ref])
    // Another tab: the file is there already, its row is not.
    await put(1)
    await deleteProject('project_toy')
    await putDataset({ id: 'data', name: 'D', columns: [], createdAt: 1, updatedAt: 1 }, [rowWith('r', [ref])])
    await settleBlobs([ref])
    expect(await getBlob(ref)).toEqual(bytesOf(1))
    await deleteDataset('data')
    expect(await isThere(ref)).toBe(false)
  })

  it('are not lost when a row moves to another chunk', async () => {
    const refs = await Promise.all([1, 2, 3].map(n => put(n)))
    const big = 'x'.repeat(300_000)
    const rows = refs.map((image, index) => ({ id: `r${index}`, cells: { image, text: big } }))
    await putDataset({ id: 'data', name: 'D', columns: [], createdAt: 1, updatedAt: 1 }, rows.slice(0, 1))
    await changeRows('data', { append: rows.slice(1, 2) })
    await changeRows('data', { append: rows.slice(2), put: [{ id: 'r0', cells: { image: refs[0] ?? null, text: '' } }] })
    await settleBlobs(refs)
    expect(blobRefsIn(await readRows('data'))).toHaveLength(3)
    for (const ref of refs) expect(await isThere(ref)).toBe(true)
    await changeRows('data', { remove: ['r1'] })
    await changeRows('data', { append: rows.slice(1, 2) })
    for (const [index, ref] of refs.entries()) expect(await getBlob(ref)).toEqual(bytesOf(index + 1))
    await sweepBlobs(Date.now() + 2 * day)
    await deleteDataset('data')
    expect((await blobStorageSize()).count).toBe(0)
  })

  it('read the same in a project, a run and a call', async () => {
    const ref = await put(1)
    await putProject(projectWith([ref]))
    await addCall(callWith([ref]))
    await closeDatabase()
    expect(await getProject('project_toy')).toEqual(projectWith([ref]))
    expect(await getCall(callWith([ref]).key)).toEqual(callWith([ref]))
  })
})

const recordStores = ['projects', 'versions', 'datasetChunks', 'exampleSets', 'runs', 'runEvents', 'rollouts', 'lmCalls'] as const

/** What any record names, read from the records themselves. */
async function named(): Promise<ReadonlySet<string>> {
  const db = await database()
  const all = await Promise.all(recordStores.map(store => db.getAll(store)))
  return new Set(blobRefsIn(all).map(({ $blob }) => $blob))
}

describe('whatever is written, deleted and interrupted', () => {
  it.each([1, 2, 3, 4])('keeps every file that is named, and no other: seed %i', async seed => {
    const rng = pythonRandom(seed)
    const int = (n: number): number => Math.floor(rng.random() * n)
    const known: BlobRef[] = []
    let claimed: BlobRef[] = []
    const present = async (): Promise<readonly BlobRef[]> => {
      const db = await database()
      const hashes = new Set(await db.getAllKeys('blobs'))
      return known.filter(({ $blob }) => hashes.has($blob))
    }
    const some = async (): Promise<readonly BlobRef[]> => {
      const there = await present()
      return there.length === 0 ? [] : Array.from({ length: int(4) }, () => there[int(there.length)]).filter(ref => ref !== undefined)
    }
    const data = async (refs: readonly BlobRef[]) => ({
      split: 'val' as const,
      train: await putExampleSet([]),
      val: await putExampleSet(refs.map((image, index) => ({ id: `${index}`, inputs: { image }, labels: {} }))),
    })
    const steps: readonly (() => Promise<unknown>)[] = [
      async () => {
        const ref = await put(int(12))
        if (!known.some(({ $blob }) => $blob === ref.$blob)) known.push(ref)
        claimed.push(ref)
      },
      async () => {
        await settleBlobs(claimed)
        claimed = []
      },
      // The tab is gone before anything was settled.
      async () => {
        claimed = []
        await closeDatabase()
      },
      async () => putProject(projectWith(await some(), `p${int(3)}`)),
      async () => {
        const [version] = toyFile().versions
        if (version) await putVersion({ ...version, id: `v${int(3)}`, projectId: `p${int(3)}`, state: projectWith(await some()).state })
      },
      async () => {
        const id = `data_p${int(3)}`
        const rows = await Promise.all(Array.from({ length: 1 + int(3) }, async (_, index) => rowWith(`r${index}`, await some())))
        await putDataset({ id, name: 'D', columns: [], createdAt: 1, updatedAt: 1 }, rows)
      },
      async () => {
        const id = `data_p${int(3)}`
        const changes = { put: [rowWith('r0', await some())], append: [rowWith(`r${int(1e9)}`, await some())], remove: [`r${1 + int(2)}`] }
        await changeRows(id, changes).catch(() => undefined)
      },
      async () => {
        const id = `run_${int(1e9)}`
        await addRun({ ...runWith(await some(), id, await data(await some())), projectId: `p${int(3)}` })
        const { epoch, totals } = await takeRun(id, 1)
        const events = [{ type: 'note', text: 'x', seq: 0, at: 0 } as const]
        await appendToRun(id, epoch, { events, rollouts: [rolloutWith(await some(), 0)], calls: [], totals }, 1)
        await appendToRun(id, epoch, { events: [], rollouts: [rolloutWith(await some(), 1)], calls: [], totals }, 1)
      },
      async () => addCall(callWith(await some(), `q${int(5)}`)),
      async () => evictCalls(1 + int(2_000)),
      async () => {
        const runs = await (await database()).getAllKeys('runs')
        const id = runs[int(runs.length + 1)]
        if (id !== undefined) await deleteRun(id)
      },
      async () => deleteProject(`p${int(3)}`),
      async () => deleteDataset(`data_p${int(3)}`),
      // Killed in the middle of a write: nothing of it may stay.
      async () => {
        const stores: StoreName[] = withBlobStores(['projects', 'runs'])
        const killed = write(stores, 'relaxed', async transaction => {
          for (const hash of await transaction.objectStore('blobs').getAllKeys()) {
            await transaction.objectStore('blobs').delete(hash)
            await transaction.objectStore('blobOwners').put({ hash, store: 'projects', owner: ['nobody'] })
          }
          await transaction.objectStore('projects').clear()
          throw new Error('killed')
        })
        await expect(killed).rejects.toThrow('killed')
      },
      async () => sweepBlobs(Date.now() + int(2) * 2 * day),
    ]
    for (let step = 0; step < 120; step++) {
      const at = int(steps.length)
      await steps[at]?.()
      const db = await database()
      const wanted = await named()
      const kept = await db.getAll('blobs')
      const hashes = new Set(kept.map(({ hash }) => hash))
      for (const hash of wanted) expect(hashes.has(hash), `seed ${seed}, step ${step} (${at}): a named file is gone`).toBe(true)
      for (const { hash, claims } of kept)
        expect(claims > 0 || wanted.has(hash), `seed ${seed}, step ${step} (${at}): an unnamed file stays`).toBe(true)
      expect(new Set(await db.getAllKeys('blobData'))).toEqual(hashes)
    }
    await sweepBlobs(Date.now() + 3 * day)
    const wanted = await named()
    expect(new Set(await (await database()).getAllKeys('blobs'))).toEqual(wanted)
    for (const ref of known.filter(({ $blob }) => wanted.has($blob))) expect(await getBlob(ref)).toBeDefined()
    expect(await listQuarantine()).toEqual([])
  })
})
