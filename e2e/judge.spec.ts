import { choose, compile, goTo, openTemplate, result, saved } from './pages/studio'
import { expect, test } from './pages/test'

test('compiles by a rubric with the Sandbox as the judge, and shows its reasons in the trace', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')
  await goTo(page, 'Compile')
  const metric = page.getByRole('region', { name: 'Metric' })
  const estimate = page.getByRole('region', { name: 'Estimate' })

  await test.step('writes the rubric and sees what judging will take', async () => {
    await expect(estimate).not.toContainText('Judging answers')
    await choose(metric.getByRole('combobox', { name: 'Metric' }), 'Rubric judge')
    await metric.getByRole('textbox', { name: /^Criteria/ }).fill('The category is the one that the ticket belongs to.')
    await choose(metric.getByRole('combobox', { name: /^Scale/ }), /^0-10$/)
    await expect(estimate).toContainText('Judging answers')
    await expect(page.getByText('Same as the prompt LM').last()).toBeVisible()
    await expect(page.getByText('The Sandbox only compares words.', { exact: false })).toBeVisible()
    await saved(page)
  })

  await test.step('tries it on three rows', async () => {
    await metric.getByRole('button', { name: 'Try on 3 rows' }).click()
    const rows = metric.getByRole('list', { name: 'Tried rows' }).getByRole('listitem')
    await expect(rows).toHaveCount(3)
    await expect(rows.first()).toContainText(/The judge gave \d+ on a scale from 0 to 10\./)
  })

  await test.step('compiles to a better score, with the calls of the judge counted apart', async () => {
    await compile(page)
    await expect(result(page)).toBeVisible({ timeout: 60_000 })
    await expect(result(page)).toContainText('The whole interval is above zero.')
    await expect(page.getByText(/of which judging: [\d,]+ calls/)).toBeVisible()
  })

  await test.step('shows the reasons of a row, and what the judge was asked', async () => {
    await page.getByRole('button', { name: 'Traces' }).click()
    const trace = page.getByRole('article', { name: /^Trace of row/ })
    const score = trace.getByRole('region', { name: 'Metric' })
    await expect(score).toContainText(/The judge gave \d+ on a scale from 0 to 10\. (The category|Expected)/)
    await score.getByRole('tree', { name: 'What the metric asked' }).getByText('Score', { exact: true }).click()
    await score.getByRole('button', { name: /^Request/ }).click()
    await expect(score.getByText('The category is the one that the ticket belongs to.', { exact: false })).toBeVisible()
    await expect(trace.getByText(/to the judge/)).toBeVisible()
  })
})
