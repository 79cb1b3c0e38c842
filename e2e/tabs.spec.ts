import type { Page } from '@playwright/test'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { expectStatus, importProject, readStorage, remoteProject, startCompile } from './pages/runs'
import { expect, test } from './pages/test'

let server: FakeOpenAi
test.afterEach(() => server.close())

test.describe('a run in two tabs', () => {
  test('is seen live in the second, takes its commands, and is run once', async ({ page, context }) => {
    server = await startFakeOpenAi({ latencyMs: 250 })
    const runId = await startCompile(page, await importProject(page, remoteProject(server.url, { rows: 60, concurrency: 2 })))
    const watcher = await context.newPage()
    await watcher.goto(page.url())
    await expectStatus(watcher, 'Running')
    const before = await answeredCalls(watcher)
    await expect.poll(() => answeredCalls(watcher)).toBeGreaterThan(before + 4)
    await expect(watcher.getByRole('button', { name: 'Resume' })).toBeHidden()

    await watcher.getByRole('button', { name: 'Pause', exact: true }).click()
    await expectStatus(page, 'Paused', 1_000)
    await expectStatus(watcher, 'Paused', 1_000)
    await page.waitForTimeout(400)
    const paused = server.count
    await page.waitForTimeout(800)
    expect(server.count).toBe(paused)
    await watcher.getByRole('button', { name: 'Resume' }).click()
    await expectStatus(page, 'Running', 1_000)
    await expect.poll(() => server.count).toBeGreaterThan(paused + 2)

    await watcher.getByRole('button', { name: 'Stop', exact: true }).click()
    await expectStatus(page, 'Stopped', 1_500)
    await expectStatus(watcher, 'Stopped', 1_500)
    expect(server.peak).toBeLessThanOrEqual(2)
    // Each request once: nobody else ran it.
    expect(server.requests.every(request => request.seen === 0)).toBe(true)
    expect((await readStorage(page, runId)).run).toMatchObject({ status: 'stopped', epoch: 1 })
  })

  test('is interrupted in the second within two seconds of closing the first, and resumes there', async ({ page, context }) => {
    server = await startFakeOpenAi({ latencyMs: 150 })
    const runId = await startCompile(page, await importProject(page, remoteProject(server.url, { rows: 60, concurrency: 2 })))
    const watcher = await context.newPage()
    await watcher.goto(page.url())
    await expectStatus(watcher, 'Running')
    await expect.poll(() => server.count).toBeGreaterThan(6)
    await page.close()
    const closedAt = Date.now()
    await expectStatus(watcher, 'Interrupted', 2_000)
    console.log(`interrupted ${Date.now() - closedAt} ms after the other tab was closed`)
    await expect(watcher.getByText(/This run was interrupted: \d+ calls already paid for/)).toBeVisible()
    await watcher.getByRole('button', { name: 'Resume' }).first().click()
    await expectStatus(watcher, 'Done', 30_000)
    const { run, answers } = await readStorage(watcher, runId)
    expect(run).toMatchObject({ status: 'done', epoch: 2 })
    expect(server.count - answers.length).toBeLessThanOrEqual(2)
    expect(server.requests.filter(request => request.seen > 0).length).toBeLessThanOrEqual(2)
  })

  test('that two others resume at once goes on in one of them', async ({ page, context }) => {
    server = await startFakeOpenAi({ latencyMs: 100 })
    const first = await context.newPage()
    const runId = await startCompile(first, await importProject(first, remoteProject(server.url, { rows: 60, concurrency: 2 })))
    await expect.poll(() => server.count).toBeGreaterThan(4)
    const address = first.url()
    const [second, third] = [page, await context.newPage()]
    await Promise.all([second.goto(address), third.goto(address)])
    await Promise.all([expectStatus(second, 'Running'), expectStatus(third, 'Running')])
    await first.close()
    await Promise.all([expectStatus(second, 'Interrupted', 2_000), expectStatus(third, 'Interrupted', 2_000)])
    await Promise.all([second, third].map(pressResume))
    await Promise.all([expectStatus(second, 'Done', 30_000), expectStatus(third, 'Done', 30_000)])
    const { run } = await readStorage(second, runId)
    expect(run).toMatchObject({ status: 'done', epoch: 2 })
    expect(server.requests.filter(request => request.seen > 0).length).toBeLessThanOrEqual(2)
  })
})

test('a tab of an older version saves and sends nothing more, says reload, and the run can be resumed then', async ({ page, context }) => {
  server = await startFakeOpenAi({ latencyMs: 150 })
  const runId = await startCompile(page, await importProject(page, remoteProject(server.url, { rows: 60, concurrency: 2 })))
  await expect.poll(() => server.count).toBeGreaterThan(4)
  const newer = await context.newPage()
  await newer.goto('/favicon.svg')
  // What the next version of the studio says with each of its writes.
  await newer.evaluate(() => {
    new BroadcastChannel('dspy-studio').postMessage({ store: 'projects', id: 'x', appVersion: '9.0.0', schemaVersion: 999 })
  })
  await expect(page.getByRole('alert').filter({ hasText: 'saves nothing more' })).toBeVisible()
  await page.waitForTimeout(600)
  const sent = server.count
  await page.waitForTimeout(600)
  expect(server.count).toBe(sent)
  expect((await readStorage(newer, runId)).run?.status).toBe('running')
  await page.getByRole('alert').getByRole('button', { name: 'Reload' }).first().click()
  await expectStatus(page, 'Interrupted')
  await page.getByRole('button', { name: 'Resume' }).first().click()
  await expectStatus(page, 'Done', 30_000)
})

test('a tab gives way at once when a newer version upgrades the database', async ({ page, context }) => {
  server = await startFakeOpenAi()
  await importProject(page, remoteProject(server.url))
  const newer = await context.newPage()
  await newer.goto('/favicon.svg')
  const upgradeMs = await newer.evaluate(async () => {
    const now = (await indexedDB.databases()).find(one => one.name === 'dspy-studio')?.version ?? 0
    const startedAt = performance.now()
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open('dspy-studio', now + 1)
      request.addEventListener('blocked', () => reject(new Error('blocked')))
      request.addEventListener('success', () => resolve(request.result.close()))
    })
    return performance.now() - startedAt
  })
  expect(upgradeMs).toBeLessThan(2_000)
  await expect(page.getByRole('alert').filter({ hasText: 'saves nothing more' })).toBeVisible()
})

for (const concurrency of [1, 8, 64]) {
  test(`pause, resume, stop and cancel act within a second at concurrency ${concurrency}`, async ({ page }) => {
    server = await startFakeOpenAi({ latencyMs: 2_000 })
    const projectId = await importProject(page, remoteProject(server.url, { rows: 200, concurrency }))
    const times: Record<string, number> = {}
    const press = async (button: string, status: string): Promise<void> => {
      const pressedAt = Date.now()
      await page.getByRole('button', { name: button, exact: true }).first().click()
      await expectStatus(page, status, 1_000)
      times[button] = Date.now() - pressedAt
    }

    await startCompile(page, projectId)
    await expect.poll(() => server.count).toBeGreaterThanOrEqual(Math.min(concurrency, 4))
    await press('Pause', 'Paused')
    const sent = server.count
    // Those under way come in; no other leaves.
    await page.waitForTimeout(2_500)
    expect(server.count).toBe(sent)
    expect(server.answered).toBe(sent)
    await press('Resume', 'Running')
    await expect.poll(() => server.count, { timeout: 1_000 }).toBeGreaterThan(sent)
    await press('Stop', 'Stopped')
    const stopped = server.count
    await press('Resume', 'Running')
    await expect.poll(() => server.count, { timeout: 2_000 }).toBeGreaterThan(stopped)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await press('Cancel the run', 'Cancelled')
    const cancelled = server.count
    await page.waitForTimeout(2_500)
    expect(server.count).toBe(cancelled)
    console.log(
      `concurrency ${concurrency}: ${Object.entries(times)
        .map(([button, ms]) => `${button} ${ms} ms`)
        .join(', ')}`,
    )
  })
}

/** At once, without waiting for the page to be ready for a mouse. */
function pressResume(page: Page): Promise<void> {
  return page.evaluate(() => [...document.querySelectorAll('button')].find(button => button.textContent === 'Resume')?.click())
}

/** The answered calls that the run's page shows. */
async function answeredCalls(page: Page): Promise<number> {
  const bar = page.getByRole('main').getByRole('progressbar').first()
  return Number((await bar.getAttribute('aria-valuenow')) ?? 0)
}
