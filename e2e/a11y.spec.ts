import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { inspector, node, select } from './pages/canvas'
import { preview, upload } from './pages/data'
import { tabTo } from './pages/keyboard'
import { openModelDialog } from './pages/models'
import { canvasNodes, compile, goTo, openBlank, openGallery, openTemplate, result, topBar } from './pages/studio'
import { expect, test } from './pages/test'

// Some twenty places a test, each looked at as a whole.
test.describe.configure({ timeout: 180_000 })

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    // Motion is off, so that nothing is measured half faded in.
    test.use({ colorScheme: theme, contextOptions: { reducedMotion: 'reduce' } })

    test(`has no accessibility faults on gallery, settings and sheets, ${theme}`, async ({ page }) => {
      await openGallery(page)
      await check(page, 'gallery')
      await topBar(page).getByRole('button', { name: 'Keyboard shortcuts' }).click()
      await check(page, 'shortcuts')
      await page.keyboard.press('Escape')
      await topBar(page).getByRole('button', { name: 'Settings' }).click()
      await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
      await check(page, 'settings')
      await openBlank(page)
      await check(page, 'empty canvas')
      await goTo(page, 'Data')
      await expect(page.getByText('No data yet')).toBeVisible()
      await check(page, 'empty data')
      await goTo(page, 'Runs')
      await expect(page.getByText('No runs yet')).toBeVisible()
      await check(page, 'no runs')
      await page.keyboard.press('ControlOrMeta+k')
      await expect(page.getByRole('listbox', { name: 'Results' })).toBeVisible()
      await check(page, 'palette')
    })

    test(`has no accessibility faults on build, data and compile, ${theme}`, async ({ page }) => {
      await openTemplate(page, 'Summarise, then route')
      await expect(canvasNodes(page)).toHaveCount(4)
      await check(page, 'build')
      await page.getByRole('button', { name: 'Outline' }).click()
      await check(page, 'outline')
      await select(page, 'Route')
      for (const tab of ['Signature', 'Instructions', 'Prompt', 'Output']) {
        await inspector(page).getByRole('tab', { name: tab }).click()
        await check(page, `inspector, ${tab}`)
      }
      await topBar(page).getByRole('button', { name: 'Run row' }).click()
      await expect(node(page, 'Route').getByText('Done')).toBeVisible()
      await expect(inspector(page).getByText(/^Done · /)).toBeVisible()
      await check(page, 'output of a row')
      await goTo(page, 'Data')
      await expect(page.getByRole('grid', { name: 'Rows' })).toBeVisible()
      await check(page, 'data')
      await upload(page, 'some.csv', 'report,team\nThe lift is stuck,maintenance\nbroken\n')
      await expect(preview(page)).toBeVisible()
      await check(page, 'import')
      await preview(page).getByRole('button', { name: 'Cancel' }).click()
      await goTo(page, 'Compile')
      await expect(page.getByRole('region', { name: 'Estimate' })).toContainText('All')
      await check(page, 'compile')
      await page.getByRole('combobox', { name: 'Task LM' }).click()
      await expect(page.getByRole('listbox')).toBeVisible()
      await check(page, 'an open select')
      await page.keyboard.press('Escape')
      await openModelDialog(page, { baseUrl: 'https://api.openai.com/v1' })
      await check(page, 'model')
    })

    test(`has no accessibility faults on runs, results and traces, ${theme}`, async ({ page }) => {
      await openTemplate(page, 'Summarise, then route')
      await compile(page)
      await expect(page.getByRole('list', { name: 'Stages' })).toContainText('Baseline')
      await check(page, 'run under way')
      await expect(result(page)).toBeVisible({ timeout: 45_000 })
      for (const tab of [/^Changes/, /^Rows/, /^Log/, /^Trials/]) {
        await page.getByRole('tab', { name: tab }).click()
        await check(page, `result, ${tab.source}`)
      }
      await page.getByRole('grid').getByRole('row').nth(2).click()
      await check(page, 'candidate')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Traces' }).click()
      await expect(page.getByRole('region', { name: 'Steps' })).toContainText('[[ ##')
      await check(page, 'trace')
      await topBar(page).getByRole('button', { name: 'Evaluate' }).click()
      await expect(page.getByRole('region', { name: 'Score' })).toContainText('95 % interval', { timeout: 30_000 })
      await check(page, 'evaluation')
      await goTo(page, 'Runs')
      await expect(page.getByRole('grid', { name: 'Runs' })).toHaveAttribute('aria-rowcount', '3')
      await check(page, 'runs')
    })
  })
}

test('walks the top bar by keyboard, in the order one reads it', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')
  const bar = topBar(page)
  await tabTo(page, bar.getByRole('link', { name: 'DSPy Studio: all projects' }))
  for (const next of [
    bar.getByRole('button', { name: /^Rename project/ }),
    bar.getByRole('link', { name: 'Build' }),
    bar.getByRole('link', { name: 'Data' }),
    bar.getByRole('link', { name: 'Compile' }),
    bar.getByRole('link', { name: 'Runs' }),
    bar.getByRole('button', { name: 'Run row' }),
    bar.getByRole('button', { name: 'Evaluate' }),
    bar.getByRole('button', { name: 'Compile', exact: true }),
    bar.getByRole('button', { name: 'Export' }),
    bar.getByRole('button', { name: 'Theme' }),
    bar.getByRole('button', { name: 'Settings' }),
    bar.getByRole('button', { name: 'Keyboard shortcuts' }),
  ]) {
    await page.keyboard.press('Tab')
    await expect(next).toBeFocused()
  }
  await page.keyboard.press('Enter')
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(sheet).toBeVisible()
  // A sheet listens to Escape some milliseconds after it is seen: nobody is that quick but a test.
  await expect(async () => {
    await page.keyboard.press('Escape')
    await expect(sheet).toBeHidden({ timeout: 500 })
  }).toPass()
  await expect(bar.getByRole('button', { name: 'Keyboard shortcuts' })).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('menuitemradio', { name: 'Dark' }).press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(bar.getByRole('button', { name: 'Theme' })).toBeFocused()
})

/** Dark differs from light in its colours alone, so only these are looked at again. */
async function check(page: Page, place: string): Promise<void> {
  const isDark = (await page.locator('html').getAttribute('data-theme')) === 'dark'
  const axe = new AxeBuilder({ page })
  const { violations } = await (isDark ? axe.withRules(['color-contrast']) : axe).analyze()
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(faultWords).join('\n')}`)
  expect.soft(found, `faults at: ${place}`).toEqual([])
}

function faultWords({ target, failureSummary = '' }: { readonly target: readonly unknown[]; readonly failureSummary?: string }): string {
  return `  ${target.join(' ')}\n    ${failureSummary.replaceAll('\n', '\n    ')}`
}
