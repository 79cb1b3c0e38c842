import { QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { chatOf } from '@/testing/chat-of'
import type { Lm } from '@/engine/lm/lm'
import { onNotice, type Notice } from '@/state/session/notices'
import { closeProject, currentProject, openProject } from '@/state/document/project-store'
import { queryClient } from '@/state/session/query-client'
import { nothingSpent } from '@/engine/lm/spend'
import { putSpending } from '@/storage/run-spending'
import { listVersions } from '@/storage/versions'
import { emptyBrowser } from '@/testing/empty-browser'
import { simulatedLm } from '@/testing/simulated-lm'
import { moodyLm, storeToyProject, storeToyRun, type StoredRunOptions } from '@/testing/stored-run'
import { oneStep } from '@/testing/toy-programs'
import { render } from '@/ui/render-for-test'
import { RunScreen } from './run-screen'
import { RunsScreen } from '../list/runs-screen'

let databases = 0
const search = {
  id: 'bootstrap-few-shot-random-search',
  params: { num_candidate_programs: 2, max_bootstrapped_demos: 4, max_labeled_demos: 8 },
}
const program = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: [] } })

beforeEach(async () => {
  databases = await emptyBrowser('run-screen')
})
afterEach(closeProject)

async function draw(options: StoredRunOptions = {}) {
  const id = `run_${databases}`
  await openProject(await storeToyProject(program))
  const record = await storeToyRun({ id, program, ...options })
  await render(screen(<RunScreen runId={record.id} />))
  return record
}

function screen(children: ReactNode) {
  return (
    <QueryClientProvider client={queryClient}>
      <Router hook={useHashLocation}>{children}</Router>
    </QueryClientProvider>
  )
}

const compiled: StoredRunOptions = { spec: { kind: 'compile', title: 'Compile toy', optimizer: search } }

it('opens a candidate with Enter, shows its demos, and closes it with Escape', async () => {
  await draw(compiled)
  const table = page.getByRole('grid', { name: 'Candidates' })
  await expect.element(table).toBeVisible()
  ;(table.element() as HTMLElement).focus()
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
  const panel = page.getByRole('complementary', { name: /^Candidate / })
  await expect.element(panel).toBeVisible()
  await expect.element(panel.getByText(/^Demos \(\d+\)$/)).toBeVisible()
  await expect.element(page.getByRole('row', { selected: true })).toBeVisible()
  await expect.element(page.getByRole('button', { pressed: true })).toBeInTheDocument()
  await userEvent.keyboard('{Escape}')
  await expect.element(panel).not.toBeInTheDocument()
})

it('shows what a candidate did on each row', async () => {
  await draw(compiled)
  await userEvent.click(page.getByRole('row', { name: /labelled/ }))
  await userEvent.click(page.getByRole('tab', { name: /^Rows 12/ }))
  const rows = page.getByRole('grid', { name: 'Rows' })
  await expect.element(rows).toHaveAttribute('aria-rowcount', '13')
  await expect.element(rows.getByText(/order 10\d\d for item/).first()).toBeVisible()
  await userEvent.click(rows.getByText(/order 10\d\d for item/).first())
  expect(location.hash).toMatch(/\/runs\/run_\d+\/\d+\/\d+$/)
})

it('applies the best candidate as a new version, and undo brings the program back', async () => {
  const notices: Notice[] = []
  const stop = onNotice(notice => notices.push(notice))
  const record = await draw(compiled)
  const before = currentProject().state
  await userEvent.click(page.getByRole('button', { name: 'Apply', exact: true }))
  await expect.element(page.getByText('Applied as version 2')).toBeVisible()
  expect(currentProject().state).toEqual(record.result?.best?.state)
  const versions = await listVersions(record.projectId)
  const version = versions.find(each => each.number === 2)
  expect(version).toMatchObject({ runId: record.id, score: record.result?.best?.summary.mean })
  notices.find(notice => notice.title === 'Applied as version 2')?.action?.run()
  expect(currentProject().state).toEqual(before)
  await expect.element(page.getByRole('button', { name: 'Apply again' })).toBeVisible()
  stop()
})

it('leads from the counts of the result to their rows, and J and K walk through them', async () => {
  const { result } = await draw(compiled)
  const fixed = result?.gain?.fixed ?? 0
  expect(fixed).toBeGreaterThan(1)
  await userEvent.click(page.getByRole('button', { name: `${fixed} fixed` }))
  const panel = page.getByRole('complementary', { name: 'Chosen row' })
  await expect.element(panel.getByText(`1 of ${fixed}`)).toBeVisible()
  const first = panel.getByRole('heading', { level: 2 }).element().textContent
  await userEvent.keyboard('j')
  await expect.element(panel.getByText(`2 of ${fixed}`)).toBeVisible()
  expect(panel.getByRole('heading', { level: 2 }).element().textContent).not.toBe(first)
  await userEvent.keyboard('k')
  await expect.element(panel.getByText(`1 of ${fixed}`)).toBeVisible()
  await expect.element(panel.getByRole('region', { name: 'Before' }).getByRole('img', { name: 'Failed' })).toBeVisible()
  await expect.element(panel.getByRole('region', { name: 'After' }).getByRole('img', { name: 'Passed' })).toBeVisible()
})

const hasNumber = (number: number) => (text: string) => text.includes(`order ${number} for`)

it('keeps errors apart from rows without a score, and filters by both and by text', async () => {
  await draw({
    spec: { kind: 'evaluate', title: 'Evaluate val' },
    lm: moodyLm({ refused: hasNumber(1003), unreached: text => hasNumber(1005)(text) || hasNumber(1006)(text) }),
  })
  await expect.element(page.getByText('2 rows have no score: the way to the model failed')).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Retry these rows' })).toBeVisible()
  const rows = page.getByRole('grid', { name: 'Rows' })
  await userEvent.click(page.getByRole('radio', { name: 'Errors 1' }))
  await expect.element(rows).toHaveAttribute('aria-rowcount', '2')
  await expect.element(rows.getByText('Content filter')).toBeVisible()
  await userEvent.click(page.getByRole('radio', { name: 'No score 2' }))
  await expect.element(rows).toHaveAttribute('aria-rowcount', '3')
  await userEvent.click(page.getByRole('radio', { name: /^All/ }))
  await userEvent.fill(page.getByLabelText('Search rows'), 'ORDER 1007')
  await expect.element(rows).toHaveAttribute('aria-rowcount', '2')
  await userEvent.fill(page.getByLabelText('Search rows'), 'nothing like it')
  await expect.element(page.getByText('No row matches.', { exact: false })).toBeVisible()
})

it('says what the judge took of the whole, and which rows it gave no score', async () => {
  const good = simulatedLm()
  const lm: Lm = {
    ...good,
    async generate(request, call) {
      const answer = await good.generate(request, call)
      const text = chatOf(request).messages.at(-1)?.content ?? ''
      const isLost = text.includes('program_outputs') && hasNumber(1003)(text)
      return isLost ? { ...answer, text: '[[ ## reasons ## ]]\nIt', finish: 'length' } : answer
    },
  }
  await draw({ spec: { kind: 'evaluate', title: 'Evaluate val', metric: { kind: 'rubric-judge', params: {} } }, lm })
  await expect.element(page.getByText(/of which judging: \d+ calls.* tokens, \$/)).toBeVisible()
  await expect.element(page.getByText('1 row has no score: the judge gave none')).toBeVisible()
  const rows = page.getByRole('grid', { name: 'Rows' })
  await userEvent.click(page.getByRole('radio', { name: 'No score 1' }))
  await expect.element(rows.getByText('Judge gave no score')).toBeVisible()
})

it('hides every score of a run on the test rows until somebody asks for it', async () => {
  const record = await draw({ spec: { kind: 'evaluate', title: 'Evaluate test', data: { split: 'test', train: ref, val: ref } } })
  await expect.element(page.getByText('The test score is sealed')).toBeVisible()
  expect(document.body.textContent).not.toMatch(/\d %/)
  await expect.element(page.getByRole('button', { name: 'Traces' })).toBeDisabled()
  await userEvent.click(page.getByRole('button', { name: 'Reveal' }))
  await userEvent.click(page.getByRole('dialog').getByRole('button', { name: 'Reveal' }))
  await expect.element(page.getByRole('region', { name: 'Score' })).toBeVisible()
  expect(currentProject().reveals.map(reveal => reveal.runId)).toEqual([record.id])
})

it('calls a run interrupted that nobody runs, says what is paid for, and offers to resume', async () => {
  const record = await draw({ ...compiled, status: 'running' })
  await expect
    .element(page.getByText(`This run was interrupted: ${record.totals.answered - record.totals.cachedCalls} calls already paid for`))
    .toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Resume' })).toBeVisible()
  await expect.element(page.getByText('Not reached').first()).toBeVisible()
})

it('tells a cap from an end and lets it be raised', async () => {
  await draw({ spec: { ...compiled.spec, budget: { maxCalls: 40 } } })
  await expect.element(page.getByText('The run reached a cap')).toBeVisible()
  await userEvent.click(page.getByRole('button', { name: 'Raise and continue' }))
  await expect.element(page.getByLabelText('LM calls')).toHaveValue('40')
})

it('says what was under way when it was interrupted, and suggests caps with room for it', async () => {
  const record = await draw({ ...compiled, spec: { ...compiled.spec, budget: { maxCalls: 400, maxCost: 2 } }, status: 'running' })
  const open = Array.from({ length: 12 }, (_, at) => ({ model: 'toy-1', key: `never ${at}`, tokens: 100, cost: 0.25 }))
  await putSpending(record.id, record.epoch, { spent: nothingSpent, open })
  queryClient.clear()
  await render(screen(<RunScreen runId={record.id} />))
  await expect
    .element(page.getByText(/12 calls were under way: they may have been billed, and will be asked again\. They count for the caps/).last())
    .toBeVisible()
  await userEvent.click(page.getByRole('button', { name: 'Raise and continue' }).last())
  await expect.element(page.getByText(/12 calls were under way when this run was interrupted/)).toBeVisible()
  await expect.element(page.getByLabelText('LM calls')).toHaveValue('412')
  await expect.element(page.getByLabelText('US dollars')).toHaveValue('5')
})

it('lists runs by kind and deletes one', async () => {
  await openProject(await storeToyProject(program))
  await storeToyRun({ id: 'run_a', program, ...compiled })
  await storeToyRun({ id: 'run_b', program, spec: { kind: 'evaluate', title: 'Evaluate val' } })
  await storeToyRun({
    id: 'run_c',
    program,
    spec: { kind: 'evaluate', title: 'Evaluate test', data: { split: 'test', train: ref, val: ref } },
  })
  await render(screen(<RunsScreen />))
  const table = page.getByRole('grid', { name: 'Runs' })
  await expect.element(table).toHaveAttribute('aria-rowcount', '4')
  await expect.element(table.getByRole('row', { name: /Evaluate test/ }).getByText('sealed')).toBeVisible()
  await userEvent.click(page.getByRole('radio', { name: 'Compiles 1' }))
  await expect.element(table).toHaveAttribute('aria-rowcount', '2')
  await userEvent.click(page.getByRole('button', { name: 'Delete Compile toy' }))
  await userEvent.click(page.getByRole('button', { name: 'Delete run' }))
  await expect.element(page.getByRole('radio', { name: 'Compiles 0' })).toBeVisible()
  expect(location.hash).toBe('#/')
})

it('says that there is nothing yet, and how to begin', async () => {
  await openProject(await storeToyProject(program))
  await render(screen(<RunsScreen />))
  await expect.element(page.getByText('No runs yet')).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Compile' })).toBeVisible()
})

const ref = { hash: '', count: 0 }
