import type { Page } from '@playwright/test'
import { projectToVotes, runToVotes } from '../src/engine/project/migrations/0002-votes'
import type { Project } from '../src/engine/project/project'
import type { StoredCall } from '../src/engine/lm/kept/call-store'
import { isJsonObject, parseJson, type JsonObject } from '../src/lib/json'
import type { RunRecord, StoredRollout } from '../src/storage/records'
import { plantDatabase, writtenDatabase, writtenEnds, writtenModel, writtenText } from '../src/testing/written'
import { expectStatus, readStorage } from './pages/runs'
import { canvasNodes, goTo, openGallery } from './pages/studio'
import { expect, test } from './pages/test'

// What a user had in the browser before the studio was updated: see src/testing/written-2026-11-22/README.md.
const then = writtenDatabase()
const { ends, later } = writtenEnds()
const runs = recordsOf<RunRecord>('runs')
// An ensemble of then is a program with a vote now.
const projects = recordsOf<Project>('projects').map(project => opened<Project>(projectToVotes(asJson(project)).project))

test('a database of the version before opens: gallery, canvas, runs, a page of each kind of run, and traces', async ({ page }) => {
  await plant(page)
  await openGallery(page)
  const mine = page.getByRole('region', { name: 'Your projects' })
  for (const { name } of projects) await expect(mine).toContainText(name)

  const worked = projects.filter(({ id }) => runs.some(({ projectId }) => projectId === id))
  const [withCode, ...plain] = worked.toSorted((a, b) => b.graph.nodes.length - a.graph.nodes.length)
  for (const { id, name, graph } of [withCode, plain.at(-1)].filter(project => project !== undefined)) {
    await page.goto(`/#/p/${id}`)
    await expect(page.getByRole('button', { name: `Rename project ${name}` })).toBeVisible()
    await expect(canvasNodes(page)).toHaveCount(graph.nodes.length)
    await expect(page.getByText('None: the program can run.')).toBeVisible()
    await goTo(page, 'Data')
    await expect(page.getByRole('grid', { name: 'Rows' }).getByRole('gridcell').first()).toBeVisible()
    await goTo(page, 'Compile')
    await expect(page.getByRole('region', { name: 'Estimate' })).toContainText('All')
    await goTo(page, 'Runs')
    await expect(page.getByRole('grid').getByRole('row').nth(1)).toBeVisible()
  }

  for (const run of runs) {
    await test.step(`${run.title}, ${run.status}`, async () => {
      await openRun(page, run)
      // A run of one row is its trace, and has no page of its own.
      if (run.kind !== 'row') await expectStatus(page, words[run.status] ?? '')
      if (run.status === 'done' && run.kind === 'compile')
        await expect(page.getByRole('region', { name: 'Result' })).toContainText('Baseline')
      if (run.totals.answered > 0) await expectTrace(page, run)
    })
  }
})

for (const name of ['gepa', 'knn', 'ensemble', 'sandbox']) {
  test(`the run killed as "${name}" is resumed by its button to the end it had then, and pays for nothing it has`, async ({ page }) => {
    const end = ends[name]
    if (!end) throw new Error(`${name} is not on record`)
    const model = await answerAsThen(page)
    await plant(page)
    await openRun(page, { id: end.runId, projectId: end.projectId })
    await expectStatus(page, 'Interrupted')
    await page.getByRole('button', { name: 'Resume' }).first().click()
    await expectStatus(page, 'Done', 60_000)
    const { run } = await readStorage(page, end.runId)
    expect(model.unknown).toEqual([])
    const was = runs.find(({ id }) => id === end.runId)
    const { result } = opened<RunRecord>(runToVotes(asJson({ ...was, result: end.result })).run)
    // What found a vote has other words for it in its events now, and so another digest.
    expect(run).toMatchObject({ status: 'done', result, ...(name !== 'ensemble' && { digest: end.digest }) })
    expect(run?.divergence).toBeUndefined()
    expect(run?.totals.answered).toBe(end.totals.answered)
    await page.getByRole('button', { name: 'More about this run' }).click()
    await page.getByRole('menuitem', { name: /^Replay from record/ }).click()
    const report = page.getByRole('dialog', { name: 'Replay from record' })
    await expect(report).toContainText('The replay did the same, step by step.')
    await expect(report).toContainText(/Requests sent\s*0/)
  })
}

test('files and a backup of the version before open, and an unfinished run of a file goes on', async ({ page }) => {
  const stored = recordsOf<StoredCall>('lmCalls')
  const model = await answerAsThen(page, stored)
  await openGallery(page)
  for (const template of ['support-triage', 'word-problems', 'incident-routing']) {
    await page.goto('/')
    await page.getByLabel('Project file').setInputFiles(fileOf(`project-${template}.json`))
    await page.waitForURL(/#\/p\/[\w-]+$/)
    await expect(canvasNodes(page).nth(2)).toBeVisible()
    await expect(page.getByText('None: the program can run.')).toBeVisible()
  }
  await goTo(page, 'Runs')
  for (const [name, status] of [
    ['run-finished.json', 'Done'],
    ['run-unfinished.json', 'Stopped'],
  ] as const) {
    await goTo(page, 'Runs')
    await page.getByLabel('Run file').setInputFiles(fileOf(name))
    await page.waitForURL(/\/runs\/[\w-]+$/)
    await expectStatus(page, status)
  }
  const runId = page.url().split('/').at(-1) ?? ''
  await page.getByRole('button', { name: 'Resume' }).first().click()
  await expectStatus(page, 'Done', 60_000)
  expect((await readStorage(page, runId)).run).toMatchObject({ digest: ends['gepa']?.digest, result: ends['gepa']?.result })
  expect(model.unknown).toEqual([])

  await page.goto('/#/settings')
  await page.getByLabel('Backup to restore').setInputFiles(fileOf('workspace.backup.jsonl', 'application/jsonl'))
  await expect(page.getByText('Backup restored').first()).toBeVisible({ timeout: 60_000 })
  await openGallery(page)
  const mine = page.getByRole('region', { name: 'Your projects' })
  for (const { name } of projects) await expect(mine).toContainText(name)
})

const words: Readonly<Record<string, string>> = {
  done: 'Done',
  running: 'Interrupted',
  stopped: 'Stopped',
  capped: 'Stopped by cap',
  failed: 'Failed',
}

function asJson(record: object): JsonObject {
  const read = parseJson(JSON.stringify(record))
  if (!read.ok || !isJsonObject(read.value)) throw new Error('not a record')
  return read.value
}

/** What a migration makes of a record has the shape of today; the studio checks that when it opens it. */
function opened<T>(record: JsonObject): T {
  return record as T
}

/** Puts the old database where the studio looks for it, before the studio is opened. */
async function plant(page: Page): Promise<void> {
  await page.goto('/favicon.svg')
  await page.evaluate(plantDatabase, then)
}

/** The address of the old runs answers as their model did. */
async function answerAsThen(page: Page, more: readonly StoredCall[] = []): Promise<ReturnType<typeof writtenModel>> {
  const model = writtenModel([...later, ...more])
  const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'content-type': 'application/json' }
  await page.context().route('http://models.example/**', async route => {
    if (route.request().method() === 'OPTIONS') return route.fulfill({ status: 204, headers })
    const response = await model.reply(route.request().postData() ?? '')
    return route.fulfill({ status: response.status, headers, body: await response.text() })
  })
  return model
}

/** A row of a run has its trace, and a step of it the messages and what the model said. */
async function expectTrace(page: Page, { id, projectId }: RunRecord): Promise<void> {
  const rollout = recordsOf<StoredRollout>('rollouts').find(({ runId }) => runId === id)
  if (!rollout) throw new Error(`${id} has no row`)
  const span = rollout.rollout.trace.find(({ calls }) => calls.length > 0)
  await page.goto(`/#/p/${projectId}/runs/${id}/${rollout.batch}/${rollout.index}`)
  const step = page.getByRole('region', { name: `: ${span?.name}` }).first()
  await expect(step).toBeVisible()
  const request = step.getByRole('button', { name: /^(Request|Similarity)/ }).first()
  if ((await request.getAttribute('aria-expanded')) === 'false') await request.click()
  await expect(step.getByRole('heading', { name: /^(Messages|Texts)$/ }).first()).toBeVisible()
  await expect(step.getByRole('heading', { name: /^(Raw answer|Answer)/ }).first()).toBeVisible()
}

async function openRun(page: Page, { id, projectId }: Pick<RunRecord, 'id' | 'projectId'>): Promise<void> {
  await page.goto(`/#/p/${projectId}/runs/${id}`)
}

function fileOf(
  name: string,
  mimeType = 'application/json',
): { readonly name: string; readonly mimeType: string; readonly buffer: Buffer } {
  return { name, mimeType, buffer: Buffer.from(writtenText(name)) }
}

function recordsOf<T>(store: string): readonly T[] {
  // The fixture holds what the old version stored; what does not fit fails the test.
  return (then.stores[store]?.records ?? []) as readonly unknown[] as readonly T[]
}
