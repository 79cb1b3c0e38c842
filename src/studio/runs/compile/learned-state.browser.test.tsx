import { QueryClientProvider } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { emptyRunView, reduceRun } from '@/engine/run/view/reduce'
import type { RunView } from '@/engine/run/view/run-view'
import { closeProject, currentProject, openProject } from '@/state/document/project-store'
import { queryClient } from '@/state/session/query-client'
import type { RunRecord } from '@/storage/records'
import { listEvents } from '@/storage/run-events'
import { listVersions } from '@/storage/versions'
import { emptyBrowser } from '@/testing/empty-browser'
import { moodyLm, storeToyProject, storeToyRun, type StoredRunOptions } from '@/testing/stored-run'
import { oneStep } from '@/testing/toy-programs'
import { render } from '@/ui/render-for-test'
import { RunScreen } from '../frame/run-screen'

let databases = 0
const program = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: [] } })

beforeEach(async () => {
  databases = await emptyBrowser('learned-state')
})
afterEach(closeProject)

async function draw(options: StoredRunOptions): Promise<{ record: RunRecord; view: RunView }> {
  await openProject(await storeToyProject(program))
  const record = await storeToyRun({ id: `run_learned_${databases}`, program, val: 24, ...options })
  await render(
    <QueryClientProvider client={queryClient}>
      <Router hook={useHashLocation}>
        <RunScreen runId={record.id} />
      </Router>
    </QueryClientProvider>,
  )
  return { record, view: (await listEvents(record.id)).reduce(reduceRun, emptyRunView) }
}

const compile = (id: string, params: Readonly<Record<string, string | number | boolean>>): StoredRunOptions => ({
  spec: { kind: 'compile', title: 'Compile toy', optimizer: { id, params } },
})

it('lists the programs of an ensemble by the names they had as candidates, and applies all of them', async () => {
  const { view } = await draw(compile('ensemble', { num_candidate_programs: 4, size: 3, max_bootstrapped_demos: 2, max_labeled_demos: 2 }))
  const candidate = view.candidates.find(each => each.how === 'ensemble')
  if (candidate?.graph === undefined) throw new Error('an ensemble is another program')
  const row = page.getByRole('row', { name: /ensemble of 3/ })
  await expect.element(row).toHaveTextContent(/vote: 3 programs, majority of answers/)
  await userEvent.click(row)
  const panel = page.getByRole('complementary', { name: 'Candidate ensemble of 3' })
  await expect.element(panel).toHaveTextContent(/Another program than the one compiled: vote: 3 programs, majority of answers\./)
  const labels = candidate.parents.map(id => view.candidates.find(each => each.id === id)?.label ?? '')
  for (const [index, label] of labels.entries()) {
    const member = panel
      .getByRole('group')
      .filter({ hasText: `vote › Program ${index + 1}` })
      .first()
    await expect.element(member).toHaveTextContent(label)
  }
  await userEvent.click(panel.getByText('vote › Program 2', { exact: true }))
  await expect.element(panel.getByText('Name the colour.').nth(1)).toBeVisible()

  await userEvent.click(panel.getByRole('button', { name: /^Apply/ }))
  await expect.poll(() => currentProject().graph).toEqual(candidate.graph)
  expect(currentProject().state).toEqual(candidate.state)
  const [before, applied] = (await listVersions(currentProject().id)).toSorted((a, b) => a.number - b.number)
  expect(before).toMatchObject({ graph: program.graph, state: program.state })
  expect(applied).toMatchObject({ graph: candidate.graph, state: candidate.state })
})

it('says which of a pool of demos a call sees', async () => {
  await draw(compile('knn-few-shot', { k: 2, max_bootstrapped_demos: 0 }))
  await userEvent.click(page.getByRole('row', { name: /2 nearest demos/ }))
  const panel = page.getByRole('complementary', { name: 'Candidate 2 nearest demos' })
  await expect.element(panel).toHaveTextContent(/Demos \(\d+\)\. A call shows the 2 most like its inputs, by words\./)
  await userEvent.click(page.getByRole('tab', { name: /^Changes/ }))
  await userEvent.click(page.getByRole('combobox', { name: 'To' }))
  await userEvent.click(page.getByRole('option', { name: /2 nearest demos/ }))
  await expect.element(page.getByRole('region', { name: 'Classify' })).toHaveTextContent(/2 nearest shown/)
})

it('offers more errors to a run that gave up because of them', async () => {
  const lm = moodyLm({ refused: text => /order 10(0[1-9]|1)/.test(text) })
  await draw({ lm, spec: { kind: 'evaluate', title: 'Evaluate toy', maxErrors: 3 } })
  await expect.element(page.getByText(/3 rows failed, as many as this run allows.*allow more errors and continue/)).toBeVisible()
  await userEvent.click(page.getByRole('button', { name: 'Allow more and continue' }))
  await expect.element(page.getByLabelText('Errors allowed')).toHaveValue('6')
})
