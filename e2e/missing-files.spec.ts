import type { Page } from '@playwright/test'
import { expectStatus } from './pages/runs'
import { compile, goTo, openTemplate, result } from './pages/studio'
import { expect, test } from './pages/test'

/** Keeps a file of the build from arriving, as without a network or after an update; returns what lets it through again. */
async function withhold(page: Page, file: RegExp): Promise<() => Promise<void>> {
  await page.context().route(file, route => route.abort())
  return () => page.context().unroute(file)
}
const sentence = /could not be loaded: there is no network, or the studio was updated/

for (const [part, file] of [
  ['the method of the optimizer', /random-search-compile-[\w-]+\.js/],
  ['the model', /sandbox-lm-[\w-]+\.js/],
] as const) {
  test(`says that ${part} did not come, and goes on with the run when it does`, async ({ page }) => {
    const restore = await withhold(page, file)
    await openTemplate(page, 'Support-ticket triage')
    await compile(page)
    await expectStatus(page, 'Failed', 30_000)
    await expect(page.getByText(sentence).first()).toBeVisible()
    await restore()
    await page.getByRole('button', { name: 'Resume' }).first().click()
    await expect(result(page)).toContainText(/Best: /, { timeout: 60_000 })
  })
}

test('says so where a screen or a dialog does not come, and shows it at the next try', async ({ page }) => {
  const restore = await withhold(page, /(?:data-screen|command-palette|layout)-[\w-]+\.js/)
  await openTemplate(page, 'Support-ticket triage')
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByText('The search could not be opened').first()).toBeVisible()
  await page.getByRole('button', { name: 'Auto layout' }).click()
  await expect(page.getByText('The program could not be laid out').first()).toBeVisible()
  await goTo(page, 'Data')
  await expect(page.getByRole('main').getByRole('alert').getByText(sentence)).toBeVisible()
  await restore()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('grid', { name: 'Rows' })).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByRole('combobox', { name: 'Search commands, nodes, runs and projects' })).toBeVisible()
})
