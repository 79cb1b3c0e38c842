import type { Page } from '@playwright/test'
import { inspector, node, select } from './pages/canvas'
import { choose, goTo, openExport, openTemplate, saved, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test.describe.configure({ timeout: 60_000 })

const step = 'Triage'

test('draws BestOfN, Refine and MultiChainComparison, and reads the attempts of a row', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')

  for (const title of ['BestOfN', 'Refine']) {
    await test.step(`keeps the best attempt of ${title} by a reward, and says that none was good enough`, async () => {
      await useModule(page, title)
      await inspector(page).getByRole('tab', { name: 'Settings' }).click()
      await inspector(page)
        .getByRole('textbox', { name: /^Reward/ })
        .fill('(inputs, outputs) => ({ score: outputs.category === "none" ? 1 : 0.25, feedback: "another one" })')
      await setNumber(page, /^Attempts/, '2')
      await setNumber(page, /^Threshold/, '0.9')
      await openTrace(page)
      await expect(page.getByText('below the threshold').first()).toBeVisible()
      await expect(page.getByRole('region', { name: `Step 1: ${step}` })).toContainText('No attempt reached the threshold')
      const attempts = tree(page).getByRole('treeitem', { name: /^Attempt/ })
      await expect(attempts).toHaveCount(2)
      for (const attempt of await attempts.all()) await expect(attempt).toContainText('reward 0.25')
      // The advice between two attempts is a question of the step itself.
      await expect(tree(page).getByRole('treeitem', { name: /^Model/ })).toHaveCount(title === 'Refine' ? 1 : 0)
      // The first of equals is kept.
      await expect(attempts.filter({ hasText: 'not kept' })).toHaveCount(1)
      await expect(attempts.first()).not.toContainText('not kept')
    })
  }

  await test.step('compares chains, each of them a question of its own', async () => {
    await useModule(page, 'MultiChainComparison')
    await openTrace(page)
    await expect(page.getByText('below the threshold')).toHaveCount(0)
    // Three chains, and the comparison that reads them.
    await expect(tree(page).getByRole('treeitem', { name: /^Model/ })).toHaveCount(4)
  })

  await test.step('says before an export to DSPy what its file leaves out', async () => {
    await openExport(page, /DSPy state/)
    const dialog = page.getByRole('dialog', { name: 'Export as DSPy state' })
    await expect(dialog.getByRole('listitem')).toHaveText([/makes 3 chains of thought/, /"attempts\.predict"/])
    await expect(dialog.getByRole('button', { name: 'Download .json' })).toBeEnabled()
  })
})

async function useModule(page: Page, title: string): Promise<void> {
  await goTo(page, 'Build')
  await select(page, step)
  await inspector(page).getByRole('tab', { name: 'Signature' }).click()
  await choose(inspector(page).getByRole('combobox', { name: 'Module' }), title)
}

async function setNumber(page: Page, name: RegExp, value: string): Promise<void> {
  await inspector(page).getByRole('spinbutton', { name }).fill(value)
  await page.keyboard.press('Tab')
}

/** Runs the row and opens what it did. */
async function openTrace(page: Page): Promise<void> {
  await saved(page)
  await topBar(page).getByRole('button', { name: 'Run row' }).click()
  await expect(node(page, step).getByText('Done')).toBeVisible()
  await inspector(page).getByRole('tab', { name: 'Output' }).click()
  await inspector(page).getByRole('button', { name: 'Open the whole run' }).click()
  await expect(tree(page)).toBeVisible()
}

function tree(page: Page) {
  return page.getByRole('tree', { name: `What ${step} did` })
}
