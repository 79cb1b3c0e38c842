import { inspector, node } from './pages/canvas'
import { useModel } from './pages/models'
import { choose, goTo, openTemplate, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test('tries a metric of one’s own on three rows: one that works, throws, loops forever or returns NaN', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')
  await goTo(page, 'Compile')
  await choose(page.getByRole('combobox', { name: 'Metric' }), 'JavaScript')
  const source = page.getByRole('textbox', { name: 'Metric source' })
  const tried = page.getByRole('list', { name: 'Tried rows' }).getByRole('listitem')
  await page.getByRole('button', { name: 'Try on 3 rows' }).click()
  await expect(tried).toHaveCount(3)
  await expect(tried.first()).toContainText(/Score [01]/)

  for (const [body, sentence] of [
    ['(example, prediction) => { throw new Error("no such label") }', 'no such label'],
    ['(example, prediction) => 0 / 0', 'NaN'],
    ['(example, prediction) => { while (true) {} }', 'ran longer than'],
    ['(example, prediction) => { return 1 +* 2 }', 'does not compile (line 1)'],
  ] as const) {
    await source.fill(body)
    await page.getByRole('button', { name: 'Try on 3 rows' }).click()
    await expect(tried.first().or(page.getByRole('alert'))).toContainText(sentence, { timeout: 20_000 })
  }

  await source.fill('(example, prediction) => ({ score: 0.25, feedback: "because" })')
  await page.getByRole('button', { name: 'Try on 3 rows' }).click()
  await expect(tried.first()).toContainText('Score 0.25')
  await expect(tried.first()).toContainText('because')
})

test('says that a model is down, at the row and at the run, and keeps the project', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')
  // Nothing listens on port 1.
  await useModel(page, { baseUrl: 'http://127.0.0.1:1/v1', model: 'down-model' })
  await goTo(page, 'Build')
  await topBar(page).getByRole('button', { name: 'Run row' }).click()
  await expect(node(page, 'Triage').getByText('Failed')).toBeVisible({ timeout: 60_000 })
  await expect(
    inspector(page)
      .getByText(/127\.0\.0\.1:1/)
      .first(),
  ).toBeVisible()
  await goTo(page, 'Compile')
  await choose(page.getByRole('combobox', { name: 'Task LM' }), /^Sandbox/)
  await goTo(page, 'Build')
  await topBar(page).getByRole('button', { name: 'Run row' }).click()
  await expect(node(page, 'Triage').getByText('Done')).toBeVisible()
})
