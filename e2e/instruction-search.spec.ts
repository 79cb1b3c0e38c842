import type { Page } from '@playwright/test'
import { compile, downloadOf, goTo, openTemplate, result, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test.describe.configure({ timeout: 150_000 })

test('GEPA improves the two-step template, and shows its lineage, its frontier and the prompts behind it', async ({ page }) => {
  await compileWith(page, /^GEPA/)
  await expect(result(page)).toContainText(/Best: iteration \d+/, { timeout: 90_000 })
  await expect(result(page)).toContainText(/\+\d+\.\d points/)

  await test.step('lineage: a candidate of a candidate, opened by keyboard', async () => {
    await page.getByRole('tab', { name: 'Lineage' }).click()
    const tree = page.getByRole('tree', { name: 'Lineage' })
    const third = tree.locator('[role="treeitem"][aria-level="3"]').first()
    await expect(third).toBeVisible()
    await third.focus()
    await page.keyboard.press('ArrowLeft')
    await expect(tree.locator('[role="treeitem"][aria-level="2"]:focus')).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('complementary', { name: /^Candidate iteration/ })).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('frontier: who leads where', async () => {
    await page.getByRole('tab', { name: 'Frontier' }).click()
    const table = page.getByRole('table', { name: 'Score of each candidate on each row' })
    await expect(table.getByRole('button', { name: /^Leads on \d+ of \d+ rows/ }).first()).toBeVisible()
    expect(await table.getByRole('rowheader').count()).toBeGreaterThan(1)
  })

  await test.step('proposals: the call behind each', async () => {
    await page.getByRole('tab', { name: /^Proposals/ }).click()
    await page.getByRole('button', { name: 'Prompt and completion' }).first().click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('heading', { name: 'Prompt' })).toBeVisible()
    await expect(dialog.getByRole('heading', { name: /^Completion/ })).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('changes: the instructions word by word', async () => {
    await page.getByRole('tab', { name: /^Changes/ }).click()
    await expect(page.locator('ins').first()).toBeVisible()
  })

  await test.step('a rejected candidate is evaluated in full, and the run shows its score', async () => {
    const runUrl = page.url()
    await page.getByRole('tab', { name: /^Trials/ }).click()
    await page
      .getByRole('row', { name: /Rejected/ })
      .first()
      .click()
    await page.getByRole('button', { name: 'Evaluate in full' }).click()
    await expect(page.getByRole('heading', { level: 1, name: /^Evaluate val: iteration/ })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Score' })).toBeVisible({ timeout: 30_000 })
    await page.goto(runUrl)
    await expect(
      page.getByRole('complementary', { name: /^Candidate iteration/ }).getByRole('link', { name: /^Evaluate val/ }),
    ).toBeVisible()
  })
})

test('MIPROv2 improves the two-step template and tells what mattered; its run is replayed, and exported as a file', async ({ page }) => {
  await compileWith(page, /^MIPROv2/)
  await expect(result(page)).toContainText(/Best: .*instruction \d/, { timeout: 90_000 })
  await expect(result(page)).toContainText(/\+\d+\.\d points/)
  await page.getByRole('tab', { name: 'What mattered' }).click()
  for (const part of ['Summarise: instructions', 'Summarise: demos', 'Route: instructions', 'Route: demos']) {
    await expect(page.getByRole('region', { name: part })).toBeVisible()
  }
  await expectSameReplay(page)
  const file = await downloadOf(page, async () => {
    await page.getByRole('button', { name: 'More about this run' }).click()
    await page.getByRole('menuitem', { name: /^Export run/ }).click()
  })
  const firstUrl = page.url()
  await goTo(page, 'Runs')
  await page.getByLabel('Run file').setInputFiles(await file.path())
  await expect(page).toHaveURL(/\/runs\/[^/]+$/)
  expect(page.url()).not.toBe(firstUrl)
  await expectSameReplay(page)
})

async function compileWith(page: Page, optimizer: RegExp): Promise<void> {
  await openTemplate(page, 'Summarise, then route')
  await goTo(page, 'Compile')
  const choice = page.getByRole('radiogroup', { name: 'Optimizer' }).getByRole('radio', { name: optimizer })
  const suggested = page.getByRole('region', { name: 'Suggested' })
  // Below the top of what is suggested, whatever the page is scrolled to.
  const below = async (): Promise<number> => {
    const [above, box] = [await suggested.boundingBox(), await choice.boundingBox()]
    if (!above || !box) throw new Error('the list is not shown')
    return box.y - above.y
  }
  const before = await below()
  await choice.click()
  await expect(choice).toBeChecked()
  // What is suggested above comes once the rows are read: the list must not move under a pointer then.
  await expect(suggested).toContainText('Suggested:')
  expect(await below()).toBe(before)
  await compile(page)
  await expect(topBar(page)).toBeVisible()
}

async function expectSameReplay(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More about this run' }).click()
  await page.getByRole('menuitem', { name: /^Replay/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Replay from record' })
  await expect(dialog.getByText('The replay did the same, step by step.')).toBeVisible({ timeout: 60_000 })
  await expect(dialog.locator('dt', { hasText: 'Requests sent' }).locator('+ dd')).toHaveText('0')
  await page.keyboard.press('Escape')
}
