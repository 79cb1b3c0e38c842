import { chatOf } from '@/testing/chat-of'
import { QueryClientProvider } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { emptyRunView, reduceRun } from '@/engine/run/view/reduce'
import type { RunView } from '@/engine/run/view/run-view'
import { closeProject, openProject } from '@/state/document/project-store'
import { queryClient } from '@/state/session/query-client'
import { getCall } from '@/storage/lm-calls'
import type { RunRecord } from '@/storage/records'
import { listEvents } from '@/storage/run-events'
import { emptyBrowser } from '@/testing/empty-browser'
import { storeToyProject, storeToyRun } from '@/testing/stored-run'
import { oneStep } from '@/testing/toy-programs'
import { render } from '@/ui/render-for-test'
import { RunScreen } from '../frame/run-screen'

let databases = 0
const program = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: [] } })

beforeEach(async () => {
  databases = await emptyBrowser('instruction-search')
})
afterEach(closeProject)

async function draw(
  id: string,
  params: Readonly<Record<string, string | number | boolean>>,
): Promise<{ record: RunRecord; view: RunView }> {
  await openProject(await storeToyProject(program))
  const record = await storeToyRun({
    id: `run_search_${databases}`,
    program,
    val: 24,
    spec: { kind: 'compile', title: 'Compile toy', optimizer: { id, params } },
  })
  await render(
    <QueryClientProvider client={queryClient}>
      <Router hook={useHashLocation}>
        <RunScreen runId={record.id} />
      </Router>
    </QueryClientProvider>,
  )
  return { record, view: (await listEvents(record.id)).reduce(reduceRun, emptyRunView) }
}

const gepa = { auto: 'manual', max_metric_calls: 300 }
const mipro = { auto: 'manual', num_candidates: 3, num_trials: 8, minibatch_size: 6, minibatch_full_eval_steps: 3 }

it('shows every proposal with the exact prompt and completion that made it', async () => {
  const { view } = await draw('gepa', gepa)
  const proposals = view.proposals.flatMap(each => each.proposals)
  await userEvent.click(page.getByRole('tab', { name: `Proposals ${proposals.length}` }))
  const list = page.getByRole('region', { name: 'Proposals for Classify' })
  expect(list.getByRole('listitem').elements()).toHaveLength(proposals.length)
  const stored = await getCall(proposals[0]?.call ?? '')
  const prompt = chatOf(stored?.request).messages.at(-1)?.content ?? ''
  expect(prompt.length).toBeGreaterThan(100)
  await userEvent.click(page.getByRole('button', { name: 'Prompt and completion' }).first())
  const dialog = page.getByRole('dialog', { name: 'Classify: proposal 1' })
  await expect.element(dialog.getByRole('heading', { name: /^Completion/ })).toBeVisible()
  expect(dialog.element().textContent).toContain(prompt)
  expect(dialog.element().textContent).toContain(stored?.response.text)
})

it('draws the lineage as a tree that the keyboard walks, and opens a candidate from it', async () => {
  const { view } = await draw('gepa', gepa)
  await userEvent.click(page.getByRole('tab', { name: 'Lineage' }))
  const tree = page.getByRole('tree', { name: 'Lineage' })
  const items = () => tree.getByRole('treeitem').elements()
  expect(items()).toHaveLength(view.candidates.length)
  const grandchild = view.candidates.find(({ parents: [parent] }) => parent !== undefined && parent !== view.baseline)
  expect(grandchild).toBeDefined()
  const item = tree.element().querySelector(`[data-candidate="${grandchild?.id}"]`)
  expect(Number(item?.getAttribute('aria-level'))).toBeGreaterThan(2)
  ;(items()[0] as HTMLElement).focus()
  await userEvent.keyboard('{ArrowRight}')
  expect(document.activeElement?.getAttribute('aria-level')).toBe('2')
  await userEvent.keyboard('{ArrowLeft}')
  expect(document.activeElement).toBe(items()[0])
  await userEvent.keyboard('{End}{Enter}')
  const last = view.candidates.find(({ id }) => id === items().at(-1)?.getAttribute('data-candidate'))
  await expect.element(page.getByRole('complementary', { name: `Candidate ${last?.label}` })).toBeVisible()
  const rejected = view.candidates.filter(({ id, verdict }) => verdict?.kind === 'reject' && id !== view.end?.result?.best?.candidate)
  expect(rejected.length).toBeGreaterThan(0)
  await userEvent.click(page.getByRole('radio', { name: /^Without rejected/ }))
  expect(items()).toHaveLength(view.candidates.length - rejected.length)
})

it('draws who leads on which row, and tells of a cell by keyboard', async () => {
  const { view } = await draw('gepa', gepa)
  await userEvent.click(page.getByRole('tab', { name: 'Frontier' }))
  const table = page.getByRole('table', { name: 'Score of each candidate on each row' })
  const members = view.frontier?.members ?? []
  expect(members.length).toBeGreaterThan(0)
  expect(table.getByRole('rowheader').elements()).toHaveLength(members.length)
  const top = members.toSorted((a, b) => b.rows - a.rows)[0]
  await expect.element(table.getByRole('button', { name: new RegExp(`^Leads on ${top?.rows} of 24 rows`) }).first()).toBeVisible()
  const first = table.getByRole('rowheader').first().getByRole('button')
  ;(first.element() as HTMLElement).focus()
  await userEvent.keyboard('{ArrowRight}{ArrowRight}')
  await expect.element(page.getByText(/^Row 2: .* scores [01]$/)).toBeVisible()
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByRole('complementary', { name: /^Candidate / })).toBeVisible()
  await userEvent.click(page.getByRole('radio', { name: /^All fully evaluated/ }))
  expect(table.getByRole('rowheader').elements()).toHaveLength(view.candidates.filter(({ full }) => full !== undefined).length)
})

it('tells which instruction and which demos mattered, and marks minibatches hollow', async () => {
  const { view } = await draw('mipro-v2', mipro)
  const hollow = view.candidates.filter(({ full, minibatches }) => full === undefined && minibatches.length > 0)
  expect(hollow.length).toBeGreaterThan(0)
  await expect.element(page.getByRole('button', { name: /on a minibatch/ }).first()).toBeInTheDocument()
  expect(page.getByRole('button', { name: /on a minibatch.*best/ }).elements()).toHaveLength(0)
  await userEvent.click(page.getByRole('tab', { name: 'What mattered' }))
  const options = page.getByRole('region', { name: 'Classify: instructions' }).getByRole('listitem')
  const tried = new Set(view.candidates.flatMap(({ choice }) => choice?.['0_predictor_instruction'] ?? []))
  expect(options.elements()).toHaveLength(tried.size)
  await expect.element(page.getByRole('region', { name: 'Classify: demos' })).toBeVisible()
  await userEvent.click(options.first().getByRole('button'))
  await expect.element(page.getByRole('complementary', { name: /^Candidate / })).toBeVisible()
})

it('compares any candidate with any other', async () => {
  const { view } = await draw('gepa', gepa)
  const other = view.candidates.find(({ id }) => id !== view.baseline && id !== view.end?.result?.best?.candidate)
  await userEvent.click(page.getByRole('row', { name: new RegExp(`${other?.label}`) }).first())
  await userEvent.click(page.getByRole('button', { name: 'Compare' }))
  await userEvent.click(page.getByRole('menuitem', { name: 'With the program as it was' }))
  await expect.element(page.getByRole('tab', { name: /^Changes/, selected: true })).toBeVisible()
  await expect.element(page.getByRole('combobox', { name: 'To' })).toHaveTextContent(other?.label ?? '')
  await userEvent.click(page.getByRole('button', { name: 'Baseline and best' }))
  await expect.element(page.getByRole('combobox', { name: 'To' })).toHaveTextContent(view.end?.result?.best?.label ?? '')
})
