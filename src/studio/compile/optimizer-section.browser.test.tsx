import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { setLock } from '@/state/document/edits/state-edits'
import { setRunSettings, takeOptimizer } from '@/state/document/edits/project-edits'
import { engine } from '@/state/session/engine-client'
import { closeProject, currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { queryClient } from '@/state/session/query-client'
import { toyFile } from '@/testing/toy-project'
import { OptimizerSection } from './optimizer-section'
import '@/ui/tokens.css'

let root: Root | undefined

/** 120 rows: about 48 in train and 48 in val, where a search over demos is the first choice. */
beforeEach(async () => {
  queryClient.clear()
  await page.viewport(1024, 900)
  await openProject(await engine().importProject(toyFile(120)))
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  root.render(
    <QueryClientProvider client={queryClient}>
      <OptimizerSection />
    </QueryClientProvider>,
  )
})
afterEach(() => {
  root?.unmount()
  document.body.replaceChildren()
  return closeProject()
})

const suggested = page.getByRole('region', { name: 'Suggested' })
/** The worker starts with the first question. */
const patient = { timeout: 15_000 }

it('suggests an optimizer for the rows, and takes it in one press that can be undone', async () => {
  await expect.element(suggested, patient).toHaveTextContent(/Suggested: Bootstrap few-shot with random search.*about [\d,]+ calls/)
  await expect.element(suggested.getByRole('list', { name: 'Alternatives' })).toHaveTextContent(/MIPROv2, light/)
  await userEvent.click(suggested.getByRole('button', { name: 'Use Bootstrap few-shot with random search' }))
  expect(currentProject().optimizer.id).toBe('bootstrap-few-shot-random-search')
  await expect.element(suggested.getByText('Chosen')).toBeVisible()
  expect(suggested.getByRole('button', { name: /^Use Bootstrap few-shot with random search/ }).elements()).toHaveLength(0)
  takeOptimizer('bootstrap-few-shot-random-search', { num_candidate_programs: 3 })
  await userEvent.click(suggested.getByRole('button', { name: 'Use these settings of Bootstrap few-shot with random search' }))
  await expect.element(suggested.getByText('Chosen')).toBeVisible()
  void undo()
  void undo()
  void undo()
  expect(currentProject().optimizer.id).toBe('labeled-few-shot')
})

it('keeps what a cap cannot pay for out of first place', async () => {
  setRunSettings({ budget: { maxCalls: 130 } })
  await expect.element(suggested, patient).toHaveTextContent(/Suggested: (Labelled|Bootstrap) few-shot[^w]/)
  await expect.element(suggested).toHaveTextContent(/above your cap/)
})

it('sets the effort of an optimizer that has one, and says what each takes', async () => {
  takeOptimizer('mipro-v2', { max_labeled_demos: 2 })
  const effort = page.getByRole('group', { name: 'Effort' })
  await expect.element(effort.getByRole('button', { name: /^Light.*about [\d,]+ calls/ }), patient).toHaveAttribute('aria-pressed', 'true')
  await userEvent.click(effort.getByRole('button', { name: /^Medium/ }))
  expect(currentProject().optimizer.params['mipro-v2']).toEqual({ max_labeled_demos: 2, auto: 'medium' })
  await userEvent.click(effort.getByRole('button', { name: /^Manual/ }))
  expect(currentProject().optimizer.params['mipro-v2']).toMatchObject({ auto: 'manual' })
})

it('says so when every step is locked', async () => {
  setLock('classify', 'instructions', true)
  setLock('classify', 'demos', true)
  await expect.element(page.getByText(/instructions and demos of every step are locked/), patient).toBeVisible()
})
