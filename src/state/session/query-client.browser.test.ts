import { noTotals } from '@/engine/record/totals'
import { QueryObserver, type QueryKey } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeBackup, restoreBackup } from '@/storage/backup'
import { putDataset, readRows } from '@/storage/datasets'
import { useDatabase, write } from '@/storage/db'
import { listProjects, putProject } from '@/storage/projects'
import { appendToRun, getRun, takeRun } from '@/storage/runs'
import { storeToyRun } from '@/testing/stored-run'
import { toyProject, toyRows } from '@/testing/toy-project'
import { growingQuery } from './growing-list'
import { queryClient, queryKeys, watchStorage } from './query-client'
import { batchRollouts, oneRollout, runCalls, runEvents, traceLines } from './run-lists'

let stops: (() => void)[] = []
let databases = 0
beforeEach(async () => {
  await useDatabase(`query-client-${(databases += 1)}`)
  queryClient.clear()
  stops = [watchStorage()]
})
afterEach(() => {
  for (const stop of stops) stop()
})

/** Keeps a query on the page until the test ends. */
function show(query: { readonly queryKey: QueryKey; readonly queryFn: () => Promise<unknown> } | ReturnType<typeof growingQuery>) {
  const observer = new QueryObserver<unknown>(
    queryClient,
    query as { readonly queryKey: QueryKey; readonly queryFn: () => Promise<unknown> },
  )
  stops.push(observer.subscribe(() => undefined))
  return () => observer.getCurrentResult().data
}

const isNone = (data: unknown) => data === null || (Array.isArray(data) && data.length === 0)
it('after a restore, everything on the page is read again', async () => {
  const { id } = await storeToyRun({ val: 3 })
  const { epoch } = await takeRun(id, 1)
  const call = { key: 'k', purpose: 'evaluate', model: 'm', cached: false, attempts: 1, failedAttempts: 0, usage: noTotals, ms: 1 } as const
  const rollout = {
    batch: 9,
    index: 0,
    candidate: 'a',
    stage: 's',
    purpose: 'evaluate',
    rollout: { exampleId: 'row-0', score: 1, ms: 1, trace: [] },
  } as const
  await appendToRun(id, epoch, { rollouts: [rollout], calls: [call], events: [], totals: noTotals }, 2)
  await putProject(toyProject())
  await putDataset({ id: 'data_toy', name: 'Things', columns: [], createdAt: 1, updatedAt: 1 }, toyRows(5))
  const backup = await makeBackup(1)
  const batch = 9
  const page = {
    projects: show({ queryKey: queryKeys.projects(), queryFn: async () => (await listProjects()).projects }),
    rows: show({ queryKey: queryKeys.datasetRows('data_toy'), queryFn: () => readRows('data_toy') }),
    run: show({ queryKey: queryKeys.run(id), queryFn: async () => (await getRun(id)) ?? null }),
    events: show(growingQuery(runEvents(id))),
    calls: show(growingQuery(runCalls(id))),
    lines: show(growingQuery(traceLines(id))),
    batch: show(growingQuery(batchRollouts(id, batch))),
    one: show(growingQuery(oneRollout(id, { batch, index: 0 }))),
  }
  const shown = () => Object.fromEntries(Object.entries(page).map(([name, data]) => [name, data()]))
  await expect.poll(() => Object.values(shown()).every(Boolean)).toBe(true)
  const before = shown()
  expect(Object.entries(before).flatMap(([name, data]) => (isNone(data) ? [name] : []))).toEqual([])

  // What the page shows differs from what is stored, and nothing has told it.
  for (const { queryKey } of queryClient.getQueryCache().getAll()) queryClient.setQueryData(queryKey, [])
  expect(Object.values(shown()).every(isNone)).toBe(true)
  expect(await restoreBackup(backup)).toMatchObject({ damaged: 0 })
  await expect.poll(shown).toEqual(before)
})

it('after a restore of another tab, too', async () => {
  await putProject(toyProject())
  const projects = show({ queryKey: queryKeys.projects(), queryFn: async () => (await listProjects()).projects })
  await expect.poll(projects).toHaveLength(1)
  await write(['projects'], 'relaxed', transaction => transaction.objectStore('projects').clear())
  const otherTab = new BroadcastChannel('dspy-studio')
  otherTab.postMessage({ store: 'projects', appVersion: '0', schemaVersion: 1 })
  await expect.poll(projects).toHaveLength(0)
  otherTab.close()
})
