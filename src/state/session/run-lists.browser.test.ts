import { noTotals } from '@/engine/record/totals'
import { QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { storeToyRun } from '@/testing/stored-run'
import { useDatabase, write } from '@/storage/db'
import type { StoredRollout } from '@/storage/records'
import { appendToRun, takeRun } from '@/storage/runs'
import { growingQuery, type GrowingList } from './growing-list'
import { queryClient, watchStorage } from './query-client'
import { batchRollouts, oneRollout, runCalls, runEvents, traceLines } from './run-lists'

let databases = 0
let stops: (() => void)[] = []
beforeEach(async () => {
  await useDatabase(`run-lists-${(databases += 1)}`)
  queryClient.clear()
  stops = [watchStorage()]
})
afterEach(() => {
  for (const stop of stops) stop()
})

const rollout = (batch: number, index: number, score = 1) => ({
  batch,
  index,
  candidate: 'a',
  stage: 's',
  purpose: 'evaluate' as const,
  rollout: {
    exampleId: `row-${index}`,
    score,
    ms: 1,
    trace: [{ node: 'n', predictor: 'p', name: 'N', inputs: { text: 'long' }, outputs: { label: 'x' }, calls: [], ms: 1 }],
  },
})
const call = (index: number) => ({
  key: `key-${String(index).padStart(6, '0')}`,
  purpose: 'evaluate' as const,
  model: 'm',
  cached: false,
  attempts: 1,
  failedAttempts: 0,
  usage: { inputTokens: 1, outputTokens: 1 },
  ms: 1,
})

/** What a run writes in one flush, as `seq` of its flushes. */
function flush(runId: string, epoch: number, seq: number, places: readonly (readonly [batch: number, index: number])[]) {
  const rollouts = places.map(([batch, index]) => rollout(batch, index))
  const calls = places.map(([batch, index]) => call(batch * 1_000 + index))
  const events = [{ type: 'note' as const, text: `flush ${seq}`, seq, at: seq }]
  return appendToRun(runId, epoch, { rollouts, calls, events, totals: noTotals }, seq)
}

/** Keeps a list on the page until the test ends. */
function show<T>(list: GrowingList<T>) {
  const observer = new QueryObserver(queryClient, growingQuery(list))
  stops.push(observer.subscribe(() => undefined))
  return () => observer.getCurrentResult().data
}

/** How many records of the lists of a run have come out of the database since. */
function countRead(): () => number {
  const stores = ['rollouts', 'runCalls', 'runEvents']
  let count = 0
  for (const name of ['get', 'getAll'] as const) {
    const original = IDBObjectStore.prototype[name]
    IDBObjectStore.prototype[name] = function (this: IDBObjectStore, ...query: [never]) {
      const request: IDBRequest<unknown> = original.apply(this, query)
      if (stores.includes(this.name)) {
        request.addEventListener('success', () => (count += Array.isArray(request.result) ? request.result.length : 1))
      }
      return request
    } as typeof original
    stops.push(() => (IDBObjectStore.prototype[name] = original as never))
  }
  return () => count
}

const places = (lines: readonly StoredRollout[] | undefined) => lines?.map(({ batch, index }) => `${batch}/${index}`)

it('read of a live run what is new, once for each list, however often it writes', async () => {
  const { id: runId } = await storeToyRun({ val: 2 })
  const { epoch } = await takeRun(runId, 1)
  const [lines, batch, calls, events] = [
    show(traceLines(runId)),
    show(batchRollouts(runId, 7)),
    show(runCalls(runId)),
    show(runEvents(runId)),
  ]
  await expect.poll(() => [lines(), batch(), calls(), events()].every(Boolean)).toBe(true)
  const before = { lines: lines()?.length ?? 0, calls: calls()?.length ?? 0, events: events()?.length ?? 0 }
  const read = countRead()
  const [flushes, rows] = [12, 20]
  for (let seq = 0; seq < flushes; seq += 1) {
    const indexes = Array.from({ length: rows }, (_, row) => seq * rows + row)
    await flush(
      runId,
      epoch,
      1_000 + seq,
      indexes.map(index => [7, index]),
    )
    // Until the page has taken it up: one refresh for each flush.
    await expect.poll(() => batch()?.length, { timeout: 10_000 }).toBe((seq + 1) * rows)
  }
  await expect.poll(() => events()?.length).toBe(before.events + flushes)
  expect(lines()).toHaveLength(before.lines + flushes * rows)
  expect(calls()).toHaveLength(before.calls + flushes * rows)
  // Each row is read for the list of traces and for that of its batch, each call and each event once; writing a call looks for
  // an earlier one. Two flushes that meet in one refresh may share an event. Reading everything again each time makes some 5,000.
  const written = flushes * (rows * 2 + rows * 2 + 1)
  expect(read()).toBeGreaterThanOrEqual(written - flushes * rows)
  expect(read()).toBeLessThanOrEqual(written + flushes)
})

it('keep their order and take a rollout that was scored again in place of the old one', async () => {
  const { id } = await storeToyRun({ val: 2 })
  const { epoch } = await takeRun(id, 1)
  const batch = show(batchRollouts(id, 9))
  const one = show(oneRollout(id, { batch: 9, index: 1 }))
  const other = show(batchRollouts(id, 8))
  await expect.poll(() => [batch(), one(), other()]).toEqual([[], [], []])
  await flush(id, epoch, 50, [
    [9, 3],
    [9, 1],
  ])
  await flush(id, epoch, 51, [
    [9, 0],
    [9, 2],
  ])
  await expect.poll(() => places(batch())).toEqual(['9/0', '9/1', '9/2', '9/3'])
  await appendToRun(id, epoch, { rollouts: [rollout(9, 1, 0)], calls: [], events: [], totals: noTotals }, 52)
  await expect.poll(() => batch()?.[1]?.rollout.score).toBe(0)
  expect(batch()).toHaveLength(4)
  await expect.poll(() => one()?.[0]?.rollout.score).toBe(0)
  expect(other()).toEqual([])
})

it('catch up with what was written while nobody looked, and while they were read', async () => {
  const { id } = await storeToyRun({ val: 2 })
  const { epoch } = await takeRun(id, 1)
  const lines = show(traceLines(id))
  await expect.poll(lines).toBeDefined()
  const before = lines()?.length ?? 0
  stops.pop()?.()
  await flush(id, epoch, 60, [[5, 0]])
  await new Promise(resolve => setTimeout(resolve, 600))
  const again = show(traceLines(id))
  await expect.poll(() => again()?.length).toBe(before + 1)
  // Many pages, during which more is written.
  await Promise.all(
    Array.from({ length: 8 }, (_, part) =>
      flush(
        id,
        epoch,
        70 + part,
        Array.from({ length: 200 }, (_, row) => [6, part * 200 + row]),
      ),
    ),
  )
  queryClient.removeQueries({ queryKey: traceLines(id).queryKey })
  const third = show(traceLines(id))
  await flush(id, epoch, 90, [[4, 0]])
  await expect.poll(() => third()?.length, { timeout: 10_000 }).toBe(before + 1 + 1_600 + 1)
  expect(places(third())?.slice(before)).toEqual(['4/0', '5/0', ...Array.from({ length: 1_600 }, (_, row) => `6/${row}`)])
})

it('show a long run page by page, in order, each rollout once and without the inputs of its steps', async () => {
  const all = [700, 701].flatMap((count, batch) =>
    Array.from({ length: count }, (_, index) => ({ ...rollout(batch, index), runId: 'run' })),
  )
  await write(['rollouts'], 'relaxed', async transaction => {
    for (const record of [...all, { ...rollout(0, 0), runId: 'run2' }]) await transaction.objectStore('rollouts').put(record)
  })
  const sizes: number[] = []
  const lines = await traceLines('run').readAll(page => sizes.push(page.length))
  expect(sizes).toEqual([500, 1000])
  expect(places(lines)).toEqual(places(all))
  expect(lines[3]?.rollout.trace[0]).toMatchObject({ inputs: {}, outputs: { label: 'x' } })
})

it('are read again when a notice does not say what was written, as one from another version', async () => {
  const { id } = await storeToyRun({ val: 2 })
  const calls = show(runCalls(id))
  await expect.poll(calls).toBeDefined()
  const before = calls()?.length ?? 0
  await write(['runCalls'], 'relaxed', transaction => transaction.objectStore('runCalls').put({ ...call(1), runId: id }))
  const otherTab = new BroadcastChannel('dspy-studio')
  otherTab.postMessage({ store: 'runCalls', id, appVersion: '0', schemaVersion: 1 })
  await expect.poll(() => calls()?.length).toBe(before + 1)
  otherTab.close()
})
