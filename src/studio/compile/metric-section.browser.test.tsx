import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { engine } from '@/state/session/engine-client'
import { closeProject, currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { queryClient, watchStorage } from '@/state/session/query-client'
import { toyFile } from '@/testing/toy-project'
import { MetricSection } from './metric-section'
import '@/ui/tokens.css'

let root: Root | undefined

beforeEach(async () => {
  await page.viewport(1024, 900)
  watchStorage()
  queryClient.clear()
  await openProject(await engine().importProject(toyFile(12)))
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  root.render(
    <QueryClientProvider client={queryClient}>
      <MetricSection />
    </QueryClientProvider>,
  )
})
afterEach(() => {
  root?.unmount()
  document.body.replaceChildren()
  return closeProject()
})

const choose = async (name: string | RegExp, option: string) => {
  await userEvent.click(page.getByRole('combobox', { name }))
  await userEvent.click(page.getByRole('option', { name: option, exact: true }))
}

it('writes a rubric in words, with its scale and what the judge may see, and takes it back', async () => {
  await choose('Metric', 'Rubric judge')
  expect(currentProject().metric).toEqual({ kind: 'rubric-judge', params: {} })
  const criteria = page.getByRole('textbox', { name: /^Criteria/ })
  await expect.element(criteria).toHaveValue('The answer is right and complete, and says nothing that the inputs do not support.')
  await userEvent.fill(criteria, 'Names the kind of thing.')
  await choose(/^Scale/, 'pass-fail')
  await userEvent.click(page.getByRole('switch', { name: /^Show the labels/ }))
  await userEvent.click(page.getByRole('switch', { name: /^Show the steps/ }))
  await userEvent.fill(page.getByRole('spinbutton', { name: /^Pass mark/ }), '0.5')
  await userEvent.keyboard('{Tab}')
  expect(currentProject().metric.params).toEqual({
    criteria: 'Names the kind of thing.',
    scale: 'pass-fail',
    show_labels: false,
    show_steps: true,
    pass_mark: 0.5,
  })
  await userEvent.fill(criteria, '')
  await expect.element(page.getByText('This must not be empty.')).toBeVisible()
  void undo()
  void undo()
  expect(currentProject().metric.kind).toBe('exact-match')
})

it('tries it on rows: the judge is asked, and its reasons stand beside the score', async () => {
  await expect.element(page.getByText(/Asks the task LM, at most \d+ calls; answers are kept/)).toBeVisible()
  await choose('Metric', 'Rubric judge')
  await expect.element(page.getByText('Asks the task LM and the judge LM', { exact: false })).toBeVisible()
  await userEvent.click(page.getByRole('button', { name: 'Try on 3 rows' }))
  const rows = page.getByRole('list', { name: 'Tried rows' }).getByRole('listitem')
  await expect.element(rows.first(), { timeout: 20_000 }).toHaveTextContent(/Score/)
  await expect.element(rows.first()).toHaveTextContent(/The judge gave [1-5] on a scale from 1 to 5\. (The label "\w+" is right|Expected)/)
})

it('can be one part of a weighted sum', async () => {
  await choose('Metric', 'Weighted sum')
  await userEvent.click(page.getByRole('button', { name: 'Add part' }))
  const part = page.getByRole('group', { name: 'Part 2' })
  await userEvent.click(part.getByRole('combobox', { name: 'Metric' }))
  await userEvent.click(page.getByRole('option', { name: 'Rubric judge', exact: true }))
  await expect.element(part.getByRole('textbox', { name: /^Criteria/ })).toBeVisible()
  await expect.element(page.getByText('Asks the task LM and the judge LM', { exact: false })).toBeVisible()
})
