import { QueryClientProvider } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { closeProject, openProject } from '@/state/document/project-store'
import { queryClient } from '@/state/session/query-client'
import { useDatabase } from '@/storage/db'
import { moodyLm, storeToyProject, storeToyRun, type StoredRunOptions } from '@/testing/stored-run'
import { oneStep } from '@/testing/toy-programs'
import { render } from '@/ui/render-for-test'
import { RunScreen } from '../frame/run-screen'

let databases = 0
const program = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: [] } })
const compile = (spec: StoredRunOptions['spec'] = {}) => ({
  kind: 'compile' as const,
  title: 'Compile toy',
  optimizer: { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 4, max_labeled_demos: 8 } },
  ...spec,
})

beforeEach(async () => {
  databases += 1
  await page.viewport(1280, 900)
  queryClient.clear()
  await useDatabase(`diagnosis-${databases}`)
})
afterEach(closeProject)

async function draw(options: StoredRunOptions): Promise<void> {
  await openProject(await storeToyProject(program))
  const record = await storeToyRun({ id: `run_${databases}`, program, ...options })
  await render(
    <QueryClientProvider client={queryClient}>
      <RunScreen runId={record.id} />
    </QueryClientProvider>,
  )
}

it('says openly why there was no gain, and leads to the rows that failed', async () => {
  await draw({ spec: compile({ maxErrors: 1000 }), lm: moodyLm({ refused: () => true }) })
  const card = page.getByRole('region', { name: 'Why no gain?' })
  await expect.element(card.getByText('Many rows failed')).toBeVisible()
  await expect.element(card).toHaveTextContent(/failed in the program or the metric and count as 0/)
  await userEvent.click(card.getByRole('button', { name: 'Show failed rows' }))
  const panel = page.getByRole('complementary', { name: /^Candidate / })
  await expect.element(panel.getByRole('tab', { name: /Rows/ })).toHaveAttribute('aria-selected', 'true')
})

it('keeps its doubts about a gain folded', async () => {
  await draw({ spec: compile({ models: sandboxed }), val: 60 })
  const card = page.getByRole('region', { name: 'Before you trust it' })
  const head = card.getByRole('button', { name: /^Before you trust it/ })
  await expect.element(head).toHaveAttribute('aria-expanded', 'false')
  await userEvent.click(head)
  await expect.element(card.getByText(/not a language model/)).toBeVisible()
  await userEvent.click(head)
  await expect.element(card.getByText(/not a language model/)).not.toBeInTheDocument()
})

const sandbox = { id: 'sandbox', label: 'Sandbox', provider: 'sandbox' as const, model: 'sandbox', settings: {} }
const sandboxed = { task: sandbox, prompt: sandbox, overrides: {} }
