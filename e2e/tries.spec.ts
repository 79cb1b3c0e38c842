import type { Page } from '@playwright/test'
import { startFakeOpenAi, type FakeOpenAi } from './fake-openai'
import { importProject, remoteProject } from './pages/runs'
import { goTo, openExport } from './pages/studio'
import { expect, test } from './pages/test'

let server: FakeOpenAi
test.afterEach(() => server.close())

/** The tries and checks that the Runs screen lists. */
async function openTries(page: Page, count: number) {
  await goTo(page, 'Runs')
  await page.getByRole('radio', { name: `Tries and checks ${count}` }).click()
  return page.getByRole('grid', { name: 'Tries and checks' }).getByRole('row')
}

const tryIt = (page: Page) => page.getByRole('button', { name: 'Try on 3 rows' })
const tried = (page: Page) => page.getByRole('list', { name: 'Tried rows' }).getByRole('listitem')

test('what a try or a check used stands with the runs; what came from the cache leaves nothing', async ({ page }) => {
  server = await startFakeOpenAi({ latencyMs: 20 })
  await importProject(page, remoteProject(server.url, { rows: 60 }))
  await goTo(page, 'Compile')
  await tryIt(page).click()
  await expect(tried(page)).toHaveCount(3)
  expect(server.count).toBe(3)
  await tryIt(page).click()
  await expect(tryIt(page)).toBeEnabled()
  expect(server.count).toBe(3)

  await openExport(page, /TypeScript/)
  const dialog = page.getByRole('dialog', { name: 'Export as TypeScript' })
  await expect(dialog.getByText('byte for byte')).toBeVisible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  const checked = server.count - 3
  expect(checked).toBeGreaterThan(0)

  const rows = await openTries(page, 2)
  const metric = rows.filter({ hasText: 'Metric on 3 rows' })
  await expect(metric.getByText('Done')).toBeVisible()
  await expect(metric.getByRole('gridcell', { name: '3', exact: true })).toBeVisible()
  await expect(metric).toContainText('$0.0')
  const check = rows.filter({ hasText: 'Export, on 3 rows' })
  await expect(check.getByRole('gridcell', { name: String(checked), exact: true })).toBeVisible()
})

test('a try ends at its cap', async ({ page }) => {
  server = await startFakeOpenAi({ latencyMs: 20, faults: { seed: 1, serverError: 1, atMostPerRequest: 1 } })
  await importProject(page, remoteProject(server.url, { rows: 60 }))
  await goTo(page, 'Compile')
  await page.getByRole('spinbutton', { name: 'Calls of a try' }).fill('4')
  await page.getByRole('spinbutton', { name: 'Calls of a try' }).blur()
  // Each of the three requests fails once, so that six would be sent.
  await tryIt(page).click()
  await expect(page.getByText(/^A try may make 4 LM calls/)).toBeVisible({ timeout: 60_000 })
  expect(server.count).toBe(4)
  const rows = await openTries(page, 1)
  await expect(rows.filter({ hasText: 'Metric on 3 rows' }).getByText('Stopped by cap')).toBeVisible()
})

test('a try is stopped by its button, and a check by closing its dialog; nothing more is sent', async ({ page }) => {
  server = await startFakeOpenAi({ latencyMs: 2_000 })
  await importProject(page, remoteProject(server.url, { rows: 60, concurrency: 1 }))
  await goTo(page, 'Compile')
  await tryIt(page).click()
  await expect.poll(() => server.count).toBe(1)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText('Stopped before a row was done.')).toBeVisible()
  await openExport(page, /TypeScript/)
  await expect.poll(() => server.count).toBe(2)
  await page.keyboard.press('Escape')
  await page.waitForTimeout(2_500)
  expect(server.count).toBe(2)
  const rows = await openTries(page, 2)
  await expect(rows.getByText('Stopped', { exact: true })).toHaveCount(2)
})
