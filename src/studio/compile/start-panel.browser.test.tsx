import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { DataRow, Project } from '@/engine/project/project'
import { closeProject, currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { engine } from '@/state/session/engine-client'
import { currentPath, goTo } from '@/state/session/navigation'
import { onNotice, type Notice } from '@/state/session/notices'
import { paths } from '@/state/session/paths'
import { queryClient, watchStorage } from '@/state/session/query-client'
import { sessionStore } from '@/state/session/session-store'
import { compile } from '@/state/runs/actions/run-commands'
import { readRows } from '@/storage/datasets'
import { toyFile } from '@/testing/toy-project'
import { StartPanel } from './start-panel'
import '@/ui/tokens.css'

let root: Root | undefined
let notices: Notice[] = []
const stopListening = onNotice(notice => void notices.push(notice))

afterEach(() => {
  root?.unmount()
  document.body.replaceChildren()
  return closeProject()
})
beforeEach(() => {
  notices = []
})

interface Scene {
  readonly label?: (label: string, index: number) => string
  readonly change?: (project: Project) => Project
  readonly labelColumn?: string
}

/** The toy project, whose step answers `fruit` or `tool`, with other labels or settings. */
async function show({ label = one => one, change = one => one, labelColumn = 'label' }: Scene = {}): Promise<void> {
  await page.viewport(1024, 900)
  watchStorage()
  queryClient.clear()
  const file = toyFile(40)
  const { dataset } = file
  if (dataset === undefined) throw new Error('the toy has rows')
  const unique = crypto.randomUUID()
  const rows = dataset.rows.map((row, index): DataRow => ({
    ...row,
    // No other test has had these texts answered.
    cells: { col_text: `${String(row.cells['col_text'])} ${unique}`, col_label: label(String(row.cells['col_label']), index) },
  }))
  const columns = dataset.columns.map(column => (column.id === 'col_label' ? { ...column, name: labelColumn } : column))
  const changed = { ...file, dataset: { ...dataset, rows, columns }, project: change(file.project) }
  const project = await openProject(await engine().importProject(changed))
  goTo(paths.compile(project.id))
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  root.render(
    <QueryClientProvider client={queryClient}>
      <StartPanel />
    </QueryClientProvider>,
  )
}

const stops = () => page.getByRole('alert', { name: 'Before it can start' })
const warnings = () => page.getByRole('status', { name: 'Worth a look first' })
const compileButton = () => page.getByRole('button', { name: 'Compile', exact: true })
const typeOfLabel = () =>
  currentProject()
    .graph.nodes.find(({ id }) => id === 'classify')
    ?.fields.find(({ name }) => name === 'label')?.type

it('adds foreign labels to the values as one step, with which the run can start, and takes it back', async () => {
  await show({ label: one => (one === 'fruit' ? 'food' : 'thing') })
  await expect.element(stops()).toHaveTextContent('"food"')
  await expect.element(compileButton()).toBeDisabled()
  await userEvent.click(page.getByRole('button', { name: 'Add these 2 values to label' }))
  await expect.element(compileButton()).toBeEnabled()
  await expect.element(stops()).not.toBeInTheDocument()
  expect(typeOfLabel()).toEqual({ kind: 'enum', values: ['fruit', 'tool', 'food', 'thing'] })
  await undo()
  expect(typeOfLabel()).toEqual({ kind: 'enum', values: ['fruit', 'tool'] })
  await expect.element(compileButton()).toBeDisabled()
})

it('warns of some foreign labels, shows their rows, and lets the run start', async () => {
  await show({ label: (one, index) => (index % 4 === 0 ? 'food' : one) })
  await expect.element(warnings()).toHaveTextContent('so they always score 0: "food"')
  await expect.element(compileButton()).toBeEnabled()
  await userEvent.click(page.getByRole('button', { name: 'Show these rows' }))
  expect(currentPath()).toBe(paths.data(currentProject().id))
  const { dataFocus } = sessionStore.getState()
  const shown = dataFocus?.kind === 'rows' ? dataFocus.rows : []
  const rows = await readRows(currentProject().datasetId ?? '')
  expect(new Set(rows.filter(({ id }) => shown.includes(id)).map(({ cells }) => cells['col_label']))).toEqual(new Set(['food']))
})

it('corrects labels in the data as one step, and takes it back where it was made', async () => {
  await show({ label: (one, index) => (index === 1 || index === 3 ? 'Tools' : one) })
  const labels = async () => (await readRows(currentProject().datasetId ?? '')).map(({ cells }) => cells['col_label'])
  await expect.element(warnings()).toHaveTextContent('written otherwise than its values')
  await userEvent.click(page.getByRole('button', { name: 'Write "Tools" as "tool"' }))
  await expect.element(warnings()).not.toBeInTheDocument()
  expect(await labels()).not.toContain('Tools')
  await undo()
  await expect.poll(async () => (await labels()).filter(label => label === 'Tools')).toHaveLength(2)
  await expect.element(warnings()).toBeVisible()
})

it('maps the column of the same name, or opens the place where one is chosen', async () => {
  await show({ labelColumn: 'Label', change: project => ({ ...project, mapping: { ...project.mapping, labels: {} } }) })
  await expect.element(stops()).toHaveTextContent('The metric compares "label" with a label')
  await userEvent.click(page.getByRole('button', { name: 'Choose a column' }))
  expect(sessionStore.getState().dataFocus).toEqual({ kind: 'mapping', field: 'out_label' })
  goTo(paths.compile(currentProject().id))
  await userEvent.click(page.getByRole('button', { name: 'Use the column "Label"' }))
  await expect.element(compileButton()).toBeEnabled()
  expect(currentProject().mapping.labels).toEqual({ out_label: 'col_label' })
  await undo()
  expect(currentProject().mapping.labels).toEqual({})
})

it('deals the rows again, and says only what stops an evaluation where that starts all the same', async () => {
  await show({ change: project => ({ ...project, split: { train: 0, val: 1, test: 0, seed: 0 } }) })
  await expect.element(stops()).toHaveTextContent('There are no rows in the train split to learn from: all 40 rows are in val.')
  await expect.element(compileButton()).toBeDisabled()
  await expect.element(page.getByRole('button', { name: 'Evaluate' })).toBeEnabled()
  await userEvent.click(page.getByRole('button', { name: 'Split again 50/30/20' }))
  await expect.element(compileButton()).toBeEnabled()
  await undo()
  expect(currentProject().split).toEqual({ train: 0, val: 1, test: 0, seed: 0 })
})

it('tells apart what the metric merges, for each part of it', async () => {
  const metric = { kind: 'exact-match', params: { field: 'label', rule: 'dspy' } }
  const options = { kind: 'enum', values: ['C', 'C++'] } as const
  const retyped = (project: Project): Project => ({
    ...project,
    metric,
    graph: {
      ...project.graph,
      nodes: project.graph.nodes.map(node =>
        node.id === 'classify'
          ? { ...node, fields: node.fields.map(field => (field.name === 'label' ? { ...field, type: options } : field)) }
          : node,
      ),
    },
  })
  await show({ label: one => (one === 'fruit' ? 'C' : 'C++'), change: retyped })
  await expect.element(warnings()).toHaveTextContent('"C++" = "C"')
  await userEvent.click(page.getByRole('button', { name: 'Tell them apart' }))
  await expect.element(warnings()).not.toBeInTheDocument()
  expect(currentProject().metric.params['rule']).toBe('distinct')
  await undo()
  expect(currentProject().metric.params['rule']).toBe('dspy')
})

it('offers a cap that is enough, before and after the press', async () => {
  await show({ change: project => ({ ...project, run: { ...project.run, budget: { maxCalls: 2 } } }) })
  await userEvent.click(page.getByRole('button', { name: /^Raise the cap to \d+ LM calls/ }))
  expect(currentProject().run.budget.maxCalls).toBeGreaterThan(10)
  await undo()
  expect(currentProject().run.budget.maxCalls).toBe(2)
  expect(await compile()).toBeUndefined()
  await expect.element(stops()).toHaveTextContent('the cap is 2 LM calls')
  // It stands beside the button: no notice says it again.
  expect(notices).toEqual([])
  await userEvent.click(page.getByRole('button', { name: 'Raise the cap to that' }))
  expect(currentProject().run.budget.maxCalls).toBeGreaterThan(10)
  await expect.element(stops()).not.toBeInTheDocument()
})

it('refuses a doomed run that is started from elsewhere, with a notice that leads here', async () => {
  await show({ label: () => 'other' })
  root?.unmount()
  expect(await compile()).toBeUndefined()
  expect(notices).toHaveLength(1)
  expect(notices[0]?.detail).toContain('"label" cannot answer')
  notices[0]?.action?.run()
  expect(currentPath()).toBe(paths.compile(currentProject().id))
  stopListening()
})
