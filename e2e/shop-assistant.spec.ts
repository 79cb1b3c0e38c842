import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { inspector, node, select } from './pages/canvas'
import { runExported } from './pages/exported'
import { tabTo } from './pages/keyboard'
import { readRollouts } from './pages/runs'
import { bytesOf, choose, compile, downloadOf, goTo, openExport, openTemplate, result, saved, topBar } from './pages/studio'
import { expect, test } from './pages/test'

// Two compiles of an agent: some four thousand questions to the Sandbox and as many calls of tools.
test.describe.configure({ timeout: 600_000 })

test('compiles an agent with two optimizers, shows what it did, and takes it out of the studio', async ({ page }) => {
  await openTemplate(page, 'Shop assistant')

  await test.step('shows its predictors, and why a row takes so many calls', async () => {
    await node(page, 'Assist').getByRole('button', { name: 'Predictors of Assist' }).click()
    const predictors = node(page, 'Assist').getByRole('list', { name: 'Predictors of Assist' })
    await expect(predictors.getByRole('button')).toHaveText([/^react/, /^extract/])
    await goTo(page, 'Compile')
    const estimate = page.getByRole('region', { name: 'Estimate' })
    await estimate.getByText('One row takes 2 to 7 calls, likely 5').click()
    await expect(estimate.getByRole('row', { name: 'Assist · react 1 4 6' })).toBeVisible()
    await expect(estimate.getByRole('row', { name: 'Assist · extract 1 1 1' })).toBeVisible()
  })

  await test.step('gains with demos of its turns', async () => {
    await compile(page)
    await gained(page)
  })

  await test.step('gains more with instructions written from feedback on its turns', async () => {
    await goTo(page, 'Compile')
    await page.getByRole('radio', { name: /^GEPA/ }).click()
    await compile(page)
    await gained(page)
    await result(page).getByRole('button', { name: 'Apply' }).click()
    await expect(result(page).getByText('Applied as version 2')).toBeVisible()
    await saved(page)
  })

  await test.step('shows turns and tools of a row as a tree that keys fold and unfold', async () => {
    await page.getByRole('button', { name: 'Traces' }).click()
    await page.getByRole('textbox', { name: 'Search traces' }).fill('postage')
    await page.getByRole('grid', { name: 'Traces' }).getByText('What is the postage', { exact: false }).last().click()
    const tree = page.getByRole('tree', { name: 'What Assist did' })
    await tabTo(page, tree.getByRole('treeitem').first())
    const tools = tree.getByRole('treeitem', { name: /^Tool/ })
    await expect(tools.first()).toContainText('product_details')
    await expect(tools.first()).toHaveAttribute('aria-expanded', 'false')
    await page.keyboard.press('ArrowDown')
    await expect(tools.first()).toBeFocused()
    await page.keyboard.press('ArrowRight')
    await expect(tools.first()).toHaveAttribute('aria-expanded', 'true')
    await expect(tools.first().getByText('Returned')).toBeVisible()
    await expect(tools.first()).toContainText('weight_kg')
    await soundIn(page, 'a trace unfolded')
    await page.keyboard.press('ArrowLeft')
    await expect(tools.first()).toHaveAttribute('aria-expanded', 'false')
    await page.keyboard.press('End')
    await expect(tree.getByRole('treeitem').last()).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(tree.getByRole('treeitem').last().getByText('Read from the answer')).toBeVisible()
    await page.keyboard.press('Home')
    await expect(tree.getByRole('treeitem').first()).toBeFocused()
  })

  const evaluated = await test.step('scores the applied program', () => evaluate(page))

  await test.step('gives the same answers in Node, from the exported folder', async () => {
    const known = (await readRollouts(page, evaluated)).slice(0, 3)
    const inputs = known.map(({ rollout }) => rollout.trace[0]?.inputs ?? {})
    const before = known.map(({ rollout }) => rollout.prediction)
    await openExport(page, /TypeScript/)
    const dialog = page.getByRole('dialog', { name: 'Export as TypeScript' })
    await expect(dialog.getByText('byte for byte')).toBeVisible({ timeout: 60_000 })
    const zip = await bytesOf(await downloadOf(page, () => dialog.getByRole('button', { name: 'Download .zip' }).click()))
    await page.keyboard.press('Escape')
    expect(inputs).toHaveLength(3)
    expect(await runExported(zip, { inputs })).toEqual(before)
  })

  await test.step('says on a row that the agent ran out of steps, and finds such rows', async () => {
    await goTo(page, 'Build')
    await select(page, 'Assist')
    await inspector(page).getByRole('tab', { name: 'Settings' }).click()
    await inspector(page)
      .getByRole('spinbutton', { name: /^Most steps/ })
      .fill('2')
    await page.keyboard.press('Tab')
    await evaluate(page)
    const rows = page.getByRole('grid', { name: 'Rows' })
    await expect(rows.getByText('out of steps').first()).toBeVisible()
    // The rows of the val split and the heading.
    const all = 41
    await expect(rows).toHaveAttribute('aria-rowcount', String(all))
    await tabTo(page, page.getByRole('checkbox', { name: /^Ended at a bound \d+$/ }))
    await page.keyboard.press('Space')
    await expect.poll(async () => Number(await rows.getAttribute('aria-rowcount'))).toBeLessThan(all)
    const stopped = Number(await rows.getAttribute('aria-rowcount'))
    expect(stopped).toBeGreaterThan(1)
    await rows.getByRole('row').nth(1).click()
    await expect(page.getByRole('region', { name: 'Step 1: Assist' })).toContainText('It reached its most steps')
    const list = page.getByRole('grid', { name: 'Traces' })
    await expect(list).toHaveAttribute('aria-rowcount', String(all))
    await page.getByRole('button', { name: /^Filters/ }).click()
    await choose(page.getByRole('combobox', { name: 'Ended at a bound' }), 'Out of steps')
    await expect(list).toHaveAttribute('aria-rowcount', String(stopped))
  })
})

/** The compile in view ends with a gain that is more than luck. */
async function gained(page: Page): Promise<void> {
  await expect(result(page)).toBeVisible({ timeout: 200_000 })
  await expect(result(page)).toContainText('The whole interval is above zero.')
}

/** Evaluates the program on the val split; returns the run's id. */
async function evaluate(page: Page): Promise<string> {
  await topBar(page).getByRole('button', { name: 'Evaluate' }).click()
  await page.waitForURL(/\/runs\/[\w-]+$/)
  const id = page.url().split('/').at(-1) ?? ''
  await expect(page.getByRole('region', { name: 'Score' })).toContainText('95 % interval', { timeout: 60_000 })
  await expect(status(page, 'Done')).toBeVisible()
  return id
}

function status(page: Page, word: string): Locator {
  return page.getByRole('navigation', { name: 'Place' }).locator('xpath=..').getByText(word, { exact: true })
}

async function soundIn(page: Page, place: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
      `faults at: ${place}, ${colorScheme}`,
    ).toEqual([])
  }
}
