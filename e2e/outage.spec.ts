import type { Page } from '@playwright/test'
import { learnerAnswer } from './fake-learner'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { expectStatus, importProject, readRollouts, readStorage, remoteProject, startCompile } from './pages/runs'
import { expect, test } from './pages/test'

/** Longer than the first tries take, and shorter than anybody wants to wait for a test. */
const outageMs = Number(process.env['OUTAGE_MS'] ?? 9_000)

test.describe.configure({ timeout: 120_000 })

let server: FakeOpenAi
test.afterEach(() => server.close())

const serve = (port = 0): Promise<FakeOpenAi> => startFakeOpenAi({ latencyMs: 60, answer: learnerAnswer, port })
const banner = (page: Page) => page.getByRole('status').filter({ hasText: 'No answer from the provider' })

test('a server that is closed in the middle of a compile and opened again changes nothing of its result', async ({ page, browser }) => {
  server = await serve()
  const { port, url } = server
  const file = remoteProject(url, {
    rows: 40,
    optimizer: 'bootstrap-few-shot',
    params: { max_bootstrapped_demos: 3, max_labeled_demos: 6 },
  })
  const calm = await startCompile(page, await importProject(page, file))
  await expectStatus(page, 'Done', 30_000)
  const { run: undisturbed } = await readStorage(page, calm)
  expect(undisturbed?.result?.best?.summary.mean).toBeGreaterThan(undisturbed?.result?.baseline?.summary.mean ?? 1)

  // A profile of its own: nothing of it is in the cache.
  const context = await browser.newContext()
  const other = await context.newPage()
  server.reset()
  const runId = await startCompile(other, await importProject(other, file))
  await expect.poll(() => server.count, { intervals: [10] }).toBeGreaterThan(12)
  const before = server.count
  await server.close()
  await expect(banner(other)).toContainText(/Waiting for 127\.0\.0\.1:\d+: no answer since \d\d:\d\d:\d\d/, { timeout: 8_000 })
  await expect(banner(other)).toContainText(/No row is given up meanwhile; the run goes on by itself\./)
  await expect(banner(other)).toContainText(/Next try in \d+ s\.|Trying now\./)
  await expectStatus(other, 'Running')
  await expect(other.getByRole('definition').filter({ hasText: /^waiting$/ })).toBeVisible()
  await test.step('is not told as one that tries while it is paused', async () => {
    await other.getByRole('button', { name: 'Pause', exact: true }).click()
    await expect(banner(other)).toBeHidden()
    await other.getByRole('button', { name: 'Resume', exact: true }).click()
    await expect(banner(other)).toBeVisible()
  })
  await other.waitForTimeout(outageMs)
  await expectStatus(other, 'Running')
  server = await serve(port)
  await expectStatus(other, 'Done', 40_000)
  await expect(banner(other)).toBeHidden()

  const { run } = await readStorage(other, runId)
  expect(run).toMatchObject({ status: 'done', digest: undisturbed?.digest, result: undisturbed?.result })
  expect((await readRollouts(other, runId)).filter(({ rollout }) => rollout.error !== undefined)).toEqual([])
  // What was under way when it went down is asked once more, and nothing else.
  expect(before + server.count).toBeLessThanOrEqual((undisturbed?.totals.calls ?? 0) + 2 * file.project.run.concurrency)
  await context.close()
})

test('a compile whose server was never there says so at once, ends within a minute, and goes on when it is resumed', async ({ page }) => {
  server = await serve()
  const { port, url } = server
  await server.close()
  const runId = await startCompile(page, await importProject(page, remoteProject(url, { rows: 30 })))
  await expect(banner(page)).toContainText(/it has not answered once since .* by about \d\d:\d\d:\d\d, the run ends, keeps all it has/, {
    timeout: 8_000,
  })
  await expectStatus(page, 'Failed', 50_000)
  await expect(page.getByRole('alert').filter({ hasText: 'has not answered once in' })).toContainText('Nothing is lost')
  expect(await readRollouts(page, runId)).toEqual([])

  server = await serve(port)
  await page.getByRole('button', { name: 'Resume' }).first().click()
  await expectStatus(page, 'Done', 30_000)
  const { run } = await readStorage(page, runId)
  expect(run?.result?.best?.summary).toMatchObject({ unscored: 0 })
})
