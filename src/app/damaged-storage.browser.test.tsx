import { noTotals } from '@/engine/record/totals'
import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { closeProject } from '@/state/document/project-store'
import { putBlob } from '@/storage/blobs'
import { putDataset, readRows } from '@/storage/datasets'
import { database } from '@/storage/db'
import { addModelFacts } from '@/storage/model-facts'
import { putProject } from '@/storage/projects'
import { listQuarantine } from '@/storage/quarantine'
import { listRuns } from '@/storage/runs'
import { putVersion } from '@/storage/versions'
import { writeWipeMarker } from '@/storage/wipe-marker'
import { damageRecord, storeNames } from '@/testing/damage'
import { emptyBrowser } from '@/testing/empty-browser'
import { storeToyRun } from '@/testing/stored-run'
import { toyFile, toyProject, toyRows } from '@/testing/toy-project'
import { render } from '@/ui/render-for-test'
import { App } from './app'
import { startApp } from './start'

beforeEach(async () => {
  await emptyBrowser('damaged-storage')
  await page.viewport(1400, 1000)
})

it('starts with a damaged record in every store, says what is lost, and shows all that is not', { timeout: 120_000 }, async () => {
  await putProject(toyProject())
  await putProject({ ...toyProject(), id: 'a_broken_one', name: 'Broken' })
  for (const version of toyFile().versions) await putVersion(version)
  await putDataset({ id: 'data_toy', name: 'Things', columns: toyFile().dataset?.columns ?? [], createdAt: 1, updatedAt: 1 }, toyRows(30))
  await putDataset({ id: 'a_data', name: 'Broken', columns: [], createdAt: 1, updatedAt: 1 }, [])
  await storeToyRun({ id: 'run_good', val: 6, spec: { kind: 'evaluate', title: 'Whole' } })
  await storeToyRun({ id: 'a_run', val: 6, spec: { kind: 'evaluate', title: 'Broken' } })
  await addModelFacts([{ model: 'm', endpoint: 'e', refused: ['seed'] }])
  const [first, second] = await Promise.all(['one', 'two'].map(text => putBlob(new TextEncoder().encode(text), 'image/png')))
  const db = await database()
  const tried = { id: 'a_try', projectId: 'project_toy', kind: 'try', title: 'Metric on 3 rows', status: 'done', startedAt: 1 } as const
  await db.put('tries', { ...tried, totals: noTotals })
  const [answer] = await db.getAll('lmCalls')
  if (!answer) throw new Error('the runs stored no answer')
  await db.put('importedCalls', { ...answer, runId: 'a_run' })
  await db.put('settings', { key: 'databaseId', value: 'db_1' })
  await db.put('runSpending', {
    runId: 'run_good',
    epoch: 1,
    spent: { calls: 1, tokens: 1, cost: 0 },
    open: [],
    lost: { calls: 0, tokens: 0, cost: 0 },
  })
  localStorage.setItem('dspy-studio-workspace', JSON.stringify({ databaseId: 'db_1', createdAt: 1, projectCount: 2 }))
  writeWipeMarker({ projectCount: 2 })
  // The run that is whole keeps its record but for one event, one row and one call.
  const keys = {
    runEvents: ['run_good', 1],
    rollouts: ['run_good', 0, 2],
    // Of one file the record, of another the bytes.
    blobs: first?.$blob,
    blobData: second?.$blob,
    runCalls: (await db.getAllKeys('runCalls')).find(([id]) => id === 'run_good'),
  }
  const damaged = storeNames.filter(store => store !== 'quarantine' && store !== 'exampleSets')
  for (const store of damaged) await damageRecord(db, store, 'another object', (keys as Partial<Record<string, IDBValidKey>>)[store])

  startApp()
  await render(<App />)
  await expect.element(page.getByRole('link', { name: 'Toy', exact: true })).toBeInTheDocument()
  await expect.element(page.getByRole('listitem').filter({ hasText: 'a_broken_one' })).toHaveTextContent('cannot be opened')
  await expect.element(page.getByText(/stored records? cannot be read$/)).toBeInTheDocument()
  await expect.element(page.getByRole('button', { name: 'Show' })).toBeInTheDocument()
  expect(document.body.textContent).not.toContain('has lost this workspace')

  location.hash = '#/p/project_toy/runs'
  await expect.element(page.getByRole('grid', { name: 'Runs' })).toHaveAttribute('aria-rowcount', '2')
  await expect.element(page.getByRole('list', { name: 'Runs that cannot be shown' })).toBeInTheDocument()
  location.hash = '#/p/project_toy/runs/run_good'
  await expect.element(page.getByText('1 step of this run cannot be read')).toBeInTheDocument()
  await expect.element(page.getByText('1 row cannot be shown')).toBeInTheDocument()
  location.hash = '#/p/project_toy/data'
  await expect.element(page.getByText(/30 rows of this dataset cannot be read/)).toBeInTheDocument()
  expect(document.body.textContent).not.toContain('could not be shown')

  location.hash = '#/settings'
  const list = page.getByRole('list', { name: 'Damaged records' })
  for (const what of ['A project', 'A run', 'A step of a run', 'The record of one row of a run', 'Rows of a dataset']) {
    await expect.element(list.getByText(what, { exact: true })).toBeInTheDocument()
  }
  await userEvent.click(page.getByRole('button', { name: 'Delete all' }))
  await userEvent.click(page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }))
  await expect.element(list).not.toBeInTheDocument()
  expect(await listQuarantine()).toEqual([])
  expect((await listRuns('project_toy')).runs.map(({ id }) => id)).toEqual(['run_good'])
  expect(await readRows('data_toy')).toEqual([])
  await closeProject()
})
