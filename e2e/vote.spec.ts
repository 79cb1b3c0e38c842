import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { dragFromPalette, inspector, node, select, wire } from './pages/canvas'
import { canvasNodes, compile, downloadOf, goTo, jsonOf, openBlank, openExport, openTemplate, result, saved, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test.describe.configure({ timeout: 150_000 })

const crumbs = (page: Page) => page.getByRole('navigation', { name: 'Shown program' })

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme, contextOptions: { reducedMotion: 'reduce' } })

    test(`a vote is drawn, its programs are opened and edited on the canvas, ${theme}`, async ({ page }) => {
      await openBlank(page)
      await dragFromPalette(page, 'Vote', { x: 420, y: 160 })
      await select(page, 'vote')
      await inspector(page).getByRole('tab', { name: 'Programs' }).click()
      await expect(inspector(page).getByRole('list', { name: 'Programs of vote' }).getByRole('listitem')).toHaveCount(2)
      await inspector(page).getByRole('button', { name: 'Add a program' }).click()
      await expect(node(page, 'vote')).toContainText('3 programs, majority of answers')
      await expectClean(page)

      await inspector(page).getByRole('button', { name: 'Open Program 1 on the canvas' }).click()
      await expect(crumbs(page)).toBeVisible()
      await expect(canvasNodes(page)).toHaveCount(3)
      await expect(wire(page, 'input.question', 'answer.question')).toBeAttached()
      await select(page, 'answer')
      await inspector(page).getByRole('tab', { name: 'Instructions' }).click()
      await inspector(page)
        .getByRole('textbox', { name: /nstructions/ })
        .fill('Answer in one word.')
      await expectClean(page)

      await crumbs(page).getByRole('button', { name: 'Program 1, a program of vote' }).click()
      await page
        .getByRole('menuitemradio', { name: 'Program 2', exact: true })
        .or(page.getByRole('menuitemcheckbox', { name: 'Program 2', exact: true }))
        .first()
        .click()
      await expect(node(page, 'answer')).not.toContainText('Answer in one word.')
      // From the step to nothing, then out of the program, with the keyboard alone.
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await expect(crumbs(page)).toBeHidden()
      await expect(node(page, 'vote')).toBeVisible()
      await saved(page)
      await page.reload()
      await select(page, 'vote')
      await inspector(page).getByRole('tab', { name: 'Programs' }).click()
      await inspector(page).getByRole('button', { name: 'Open Program 1 on the canvas' }).click()
      await expect(node(page, 'answer')).toContainText('Answer in one word.')
    })
  })
}

test('an Ensemble is applied as a vote, answers a row with all its programs, and goes to DSPy and back whole', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')
  await goTo(page, 'Compile')
  await page
    .getByRole('radiogroup', { name: 'Optimizer' })
    .getByRole('radio', { name: /^Ensemble/ })
    .click()
  await expect(page.getByRole('region', { name: 'Estimate' })).toContainText('All')
  await compile(page)
  await expect(result(page)).toContainText(/Best: /, { timeout: 120_000 })
  const row = page.getByRole('row', { name: /ensemble of 3/ }).first()
  await expect(row).toBeVisible()
  await row.click()
  const panel = page.getByRole('complementary', { name: /^Candidate ensemble/ })
  await expect(panel).toBeVisible()
  await panel
    .getByRole('button', { name: /^Apply/ })
    .first()
    .click()
  await expect(topBar(page)).toBeVisible()
  await goTo(page, 'Build')
  await expect(canvasNodes(page)).toHaveCount(3)
  await expect(node(page, 'vote')).toContainText('3 programs')
  await page.getByRole('button', { name: 'Run row' }).click()
  await expect(node(page, 'vote').getByText('Done')).toBeVisible()
  const download = await downloadOf(page, async () => {
    await openExport(page, /^DSPy state/)
    await page.getByRole('dialog', { name: 'Export as DSPy state' }).getByRole('button', { name: 'Download .json' }).click()
  })
  expect(Object.keys((await jsonOf(download)) as object).some(name => name.startsWith('programs[2].'))).toBe(true)
})

async function expectClean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([])
}
