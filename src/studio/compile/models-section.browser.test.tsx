import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { addModel, setMetric, setOptimizer, setOptimizerParams, setRole } from '@/state/document/edits/project-edits'
import { engine } from '@/state/session/engine-client'
import { closeProject, currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { queryClient, watchStorage } from '@/state/session/query-client'
import { addModelFacts, listModelFacts } from '@/storage/model-facts'
import { getRun } from '@/storage/runs'
import { toyFile } from '@/testing/toy-project'
import { ModelsSection } from './models-section'
import '@/ui/tokens.css'

let root: Root | undefined
const endpoint = {
  id: 'remote',
  label: 'Remote',
  provider: 'openai-compatible',
  model: 'm-1',
  baseUrl: 'http://127.0.0.1:9/v1',
  settings: { temperature: 0.7 },
  price: { input: 1, output: 2 },
} as const

beforeEach(async () => {
  await page.viewport(1024, 900)
  await openProject(await engine().importProject(toyFile(12)))
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  root.render(
    <QueryClientProvider client={queryClient}>
      <ModelsSection />
    </QueryClientProvider>,
  )
})
afterEach(() => {
  root?.unmount()
  document.body.replaceChildren()
  return closeProject()
})

const role = (name: string) => page.getByRole('combobox', { name, exact: true })
const roleNames = ['Task LM', 'Prompt LM', 'Reflection LM', 'Teacher LM', 'Judge LM', 'Embedding model']
const described = async (name: string): Promise<string> => {
  const element = role(name).element()
  const ids = element.getAttribute('aria-describedby')?.split(' ') ?? []
  return ids.map(id => document.getElementById(id)?.textContent ?? '').join(' ')
}

it('shows every role, and which of them the optimizer does not ask', async () => {
  setOptimizer('copro')
  for (const name of roleNames) await expect.element(role(name)).toBeVisible()
  await expect.poll(() => described('Teacher LM')).toContain('Not used by COPRO.')
  expect(await described('Prompt LM')).not.toContain('Not used')
  expect(await described('Task LM')).not.toContain('Not used')
  setOptimizer('gepa')
  await expect.poll(() => described('Prompt LM')).toContain('Not used by GEPA.')
  expect(await described('Reflection LM')).not.toContain('Not used')
})

it('says whether the metric asks the judge, who that is, and that the Sandbox is none', async () => {
  setOptimizer('gepa')
  await expect.poll(() => described('Judge LM')).toContain('Not used: the metric asks no model.')
  await expect.element(role('Judge LM')).toHaveTextContent('Same as the prompt LM')
  setMetric({ kind: 'rubric-judge', params: {} })
  await expect.poll(() => described('Judge LM')).toContain('The Sandbox only compares words.')
  expect(await described('Prompt LM')).not.toContain('Not used')
  addModel(endpoint)
  await userEvent.click(role('Judge LM'))
  await userEvent.click(page.getByRole('option', { name: /^Remote/ }))
  expect(currentProject().roles.judge).toBe('remote')
  await expect.poll(() => described('Judge LM')).not.toContain('compares words')
  expect(await described('Prompt LM')).toContain('Not used by GEPA.')
  void undo()
  expect(currentProject().roles.judge).toBeUndefined()
})

it('lets endpoints make embeddings, not the Sandbox, and says when one is needed', async () => {
  setOptimizer('knn-few-shot')
  await expect.poll(() => described('Embedding model')).toContain('Not used while similarity is lexical.')
  setOptimizerParams('knn-few-shot', { vectorizer: 'embedding' })
  await expect.poll(() => described('Embedding model')).toContain('Add a model with an embeddings API below')
  await userEvent.click(role('Embedding model'))
  expect(
    page
      .getByRole('option')
      .elements()
      .map(option => option.textContent),
  ).toEqual(['None'])
  await userEvent.keyboard('{Escape}')
  addModel(endpoint)
  await expect.poll(() => described('Embedding model')).toContain('Choose the model to compare texts with.')
  await userEvent.click(role('Embedding model'))
  await userEvent.click(page.getByRole('option', { name: /^Remote/ }))
  expect(currentProject().roles.embedding).toBe('remote')
  await expect.poll(() => described('Embedding model')).not.toContain('needs one')
  await userEvent.click(role('Reflection LM'))
  await userEvent.click(page.getByRole('option', { name: /^Remote/ }))
  expect(currentProject().roles.reflection).toBe('remote')
  await userEvent.click(role('Reflection LM'))
  await userEvent.click(page.getByRole('option', { name: 'Same as the prompt LM' }))
  expect(currentProject().roles.reflection).toBeUndefined()
})

it('copies a model for other settings, as one step to undo', async () => {
  addModel(endpoint)
  await userEvent.click(page.getByRole('button', { name: 'Duplicate Remote' }))
  const row = page.getByRole('listitem').filter({ hasText: 'Remote copy' })
  await expect.element(row).toHaveTextContent('m-1 at 127.0.0.1:9 · temperature 0.7')
  await userEvent.click(row.getByRole('button', { name: 'Edit Remote copy' }))
  const dialog = page.getByRole('dialog', { name: 'Edit Remote copy' })
  await userEvent.fill(dialog.getByLabelText('Temperature'), '1')
  await userEvent.click(dialog.getByRole('button', { name: 'Save model' }))
  const [, first, second] = currentProject().models
  expect(first?.settings.temperature).toBe(0.7)
  expect(second).toMatchObject({ label: 'Remote copy', settings: { temperature: 1 }, price: { input: 1, output: 2 } })
  void undo()
  void undo()
  expect(currentProject().models.map(({ id }) => id)).not.toContain(second?.id)
})

it('shows what was found out about a model at its address, and forgets it on request', async () => {
  watchStorage()
  const endpoint1 = { model: 'm-1', endpoint: 'http://127.0.0.1:9/v1' }
  await addModelFacts([
    { ...endpoint1, refused: ['temperature'] },
    { ...endpoint1, endpoint: 'http://127.0.0.1:10/v1', refused: ['seed'] },
  ])
  await addModelFacts([{ ...endpoint1, refused: ['system'] }])
  addModel(endpoint)
  await userEvent.click(page.getByRole('button', { name: 'Edit Remote' }))
  const note = page.getByRole('group', { name: 'Found out' })
  await expect.element(note).toHaveTextContent('the model takes no system messages and no temperature.')
  await userEvent.click(note.getByRole('button', { name: 'Reset' }))
  await expect.element(note).not.toBeInTheDocument()
  expect(await listModelFacts()).toEqual([{ ...endpoint1, endpoint: 'http://127.0.0.1:10/v1', refused: ['seed'] }])
})

it('freezes what is known of its models into a run', async () => {
  const known = { model: 'm-3', endpoint: 'http://127.0.0.1:9/v1', refused: ['top_p'] as const }
  await addModelFacts([known, { ...known, model: 'another' }])
  addModel({ ...endpoint, model: 'm-3' })
  setRole('task', 'remote')
  const project = currentProject()
  const record = await getRun(await engine().createRun({ project, kind: 'evaluate' }))
  expect(record?.spec.facts).toEqual([known])
  expect(record?.spec.callKeys).toEqual({ version: 2 })
})
