import { inspector, node, select } from './pages/canvas'
import { useModel } from './pages/models'
import { startFakeOpenAi } from './fake-openai'
import { canvasNodes, compile, goTo, openTemplate, result, saved, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test('keeps what was typed a moment before a reload', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')
  await select(page, 'Triage')
  await inspector(page).getByRole('tab', { name: 'Instructions' }).click()
  const box = inspector(page).getByRole('textbox', { name: 'Instructions' })
  await box.fill('Typed and not yet on disk.')
  // At once, within the moment that autosave waits for the hands to rest.
  await page.reload()
  await expect(canvasNodes(page)).toHaveCount(3)
  await expect(node(page, 'Triage')).toContainText('Typed and not yet on disk.')
})

test('keeps edits, their place on the canvas and the name over a reload', async ({ page }) => {
  await openTemplate(page, 'Arithmetic word problems')
  await page.getByRole('button', { name: /^Rename project/ }).click()
  await page.getByRole('textbox', { name: 'Project name' }).fill('Sums of my own')
  await page.keyboard.press('Enter')
  await canvasNodes(page).first().focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ControlOrMeta+d')
  await expect(canvasNodes(page)).toHaveCount(4)
  await saved(page)
  await page.reload()
  await expect(page.getByRole('button', { name: 'Rename project Sums of my own' })).toBeVisible()
  await expect(canvasNodes(page)).toHaveCount(4)
  await page.getByRole('link', { name: 'DSPy Studio: all projects' }).click()
  await expect(page.getByRole('region', { name: 'Your projects' })).toContainText('Sums of my own')
})

test('shows a run of one row, an evaluation and their traces after a reload', async ({ page }) => {
  await openTemplate(page, 'Summarise, then route')
  await topBar(page).getByRole('button', { name: 'Run row' }).click()
  await expect(node(page, 'Route').getByText('Done')).toBeVisible()
  await topBar(page).getByRole('button', { name: 'Evaluate' }).click()
  const score = page.getByRole('region', { name: 'Score' })
  await expect(score).toContainText('95 % interval', { timeout: 30_000 })
  await expect(page.getByRole('main')).toContainText('Done')
  const words = (await score.textContent()) ?? ''
  await page.reload()
  await expect(score).toHaveText(words)
  await goTo(page, 'Runs')
  const runs = page.getByRole('grid', { name: 'Runs' })
  await expect(runs).toHaveAttribute('aria-rowcount', '3')
  await runs.getByText(/^Evaluate/).click()
  await page.getByRole('grid').getByRole('row').nth(1).click()
  const steps = page.getByRole('region', { name: 'Steps' })
  await expect(steps).toContainText('Summarise')
  await expect(steps).toContainText('[[ ## summary ## ]]')
})

test('offers to resume a compile that a reload cut off, and finishes it', async ({ page }) => {
  const server = await startFakeOpenAi({ latencyMs: 120 })
  try {
    await openTemplate(page, 'Support-ticket triage')
    await useModel(page, { baseUrl: server.url, model: 'gpt-fake' })
    await page.getByRole('radio', { name: /LabeledFewShot/ }).click()
    await compile(page)
    await expect(page.getByText(/^[1-9]\d* of \d+ LM calls$/)).toBeVisible()
    const answered = server.answered
    await page.reload()
    await expect(page.getByText('Interrupted').first()).toBeVisible()
    await page.getByRole('button', { name: 'Resume', exact: true }).first().click()
    await expect(result(page)).toBeVisible({ timeout: 60_000 })
    expect(answered).toBeGreaterThan(0)
    // What was under way when the page went may have been answered to nobody; nothing else is asked twice.
    expect(server.requests.filter(({ seen }) => seen > 0).length).toBeLessThanOrEqual(16)
  } finally {
    await server.close()
  }
})
