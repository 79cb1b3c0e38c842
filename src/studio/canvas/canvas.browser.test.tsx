import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent, type Locator } from 'vitest/browser'
import type { EdgeEnd } from '@/engine/program/program'
import { blankProject } from '@/state/document/blank-project'
import { addNode, connect, renameNode } from '@/state/document/edits/graph-edits'
import { setModule, setSignatureLine } from '@/state/document/edits/node-edits'
import { setDemos, setLock } from '@/state/document/edits/state-edits'
import { newLiveRun } from '@/state/runs/live/live-run'
import { liveRuns } from '@/state/runs/live/live-runs'
import { currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { sessionStore, setRowRun } from '@/state/session/session-store'
import { putProject } from '@/storage/projects'
import { Announcer } from '@/ui/announcer'
import { CanvasPane } from './canvas-screen'
import { setCanvas } from './canvas-store'
import '@/ui/tokens.css'

let root: Root | undefined

afterEach(() => {
  root?.unmount()
  document.body.replaceChildren()
})

beforeEach(async () => {
  const id = `project_${crypto.randomUUID()}`
  await putProject(blankProject(id, 'Canvas test', Date.now()))
  await openProject(id)
  liveRuns.setState({ runs: {}, rowProgram: undefined })
  document.body.style.cssText = 'margin:0'
})

function show(): void {
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  root.render(
    <div style={{ width: 1100, height: 700 }}>
      <CanvasPane />
      <Announcer />
    </div>,
  )
}

it('draws a signature with its fields, types, module, demos and the outputs its module adds', async () => {
  const id = classifier()
  setModule(id, 'chain-of-thought')
  setDemos(id, [{ text: 'a', label: 'yes' }])
  show()
  const card = page.elementLocator(await node(id))
  await expect.element(card).toHaveTextContent(/Classify.*ChainOfThought.*1 demo.*text.*str.*reasoning.*str.*label.*enum 2/)
  expect(card.element().querySelectorAll('.react-flow__handle')).toHaveLength(3)
  await expect.element(card.getByText('reasoning')).toBeVisible()
  expect(card.element().querySelector('.field-port-added')?.textContent).toContain('reasoning')
})

it('marks a step that optimizers must leave alone', async () => {
  const id = classifier()
  show()
  await node(id)
  await expect.element(page.getByRole('img', { name: /^Locked/ })).not.toBeInTheDocument()
  setLock(id, 'demos', true)
  await expect.element(page.getByRole('img', { name: 'Locked for optimizers: demos' })).toBeVisible()
  setLock(id, 'instructions', true)
  await expect.element(page.getByRole('img', { name: 'Locked for optimizers: instructions and demos' })).toBeVisible()
})

it('unfolds the predictors of a step that has several, each with its demos, model and locks, and opens one', async () => {
  const id = classifier()
  setModule(id, 'react')
  setDemos(`${id}.react`, [{ text: 'a', trajectory: '', next_thought: 'On.', next_tool_name: 'finish', next_tool_args: {} }])
  setLock(id, 'demos', true, 'extract')
  show()
  const card = page.elementLocator(await node(id))
  const fold = card.getByRole('button', { name: 'Predictors of Classify' })
  await expect.element(fold).toHaveTextContent('2 predictors')
  await expect.element(fold).toHaveAttribute('aria-expanded', 'false')
  await expect.element(card.getByRole('list', { name: 'Predictors of Classify' })).not.toBeInTheDocument()
  await focusOn(fold)
  await userEvent.keyboard('{Enter}')
  const list = card.getByRole('list', { name: 'Predictors of Classify' })
  await expect.element(list.getByRole('button', { name: 'react: 1 demo, task LM. Open its instructions' })).toBeVisible()
  await expect.element(list.getByRole('button', { name: /^extract: no demos, task LM/ })).toBeVisible()
  await expect.element(list.getByRole('listitem').last().getByRole('img', { name: 'Locked for optimizers: demos' })).toBeVisible()
  await focusOn(list.getByRole('button', { name: /^react:/ }))
  await userEvent.keyboard(' ')
  await expect.poll(() => sessionStore.getState().selectedNodes).toEqual([id])
  expect(sessionStore.getState().inspectorTab).toBe('instructions')
  await focusOn(fold)
  await userEvent.keyboard(' ')
  await expect.element(list).not.toBeInTheDocument()
})

it('switches the module from the badge', async () => {
  const id = classifier()
  show()
  await userEvent.click(page.getByRole('button', { name: 'Module: Predict' }))
  const item = page.getByRole('menuitemradio', { name: /ChainOfThought/ })
  await expect.element(item).toBeVisible()
  expect(item.element().getBoundingClientRect().right).toBeLessThan(innerWidth)
  await userEvent.click(item)
  await expect.poll(() => currentProject().graph.nodes.find(each => each.id === id)).toMatchObject({ module: 'chain-of-thought' })
})

it('renames in place, refuses a name in use with the reason, and keeps the wires', async () => {
  const input = addNode('input', { x: 0, y: 0 })
  const id = classifier()
  expect(connect(end(input, 'text'), end(id, 'text'))).toEqual({ ok: true })
  renameNode(input, 'Ticket')
  show()
  const card = await node(id)
  card.focus()
  await userEvent.keyboard('{F2}')
  const box = page.getByRole('textbox', { name: 'Node name' })
  await userEvent.fill(box, 'Ticket')
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByRole('alert')).toHaveTextContent(/Ticket/)
  await userEvent.fill(box, 'Sort')
  await userEvent.keyboard('{Enter}')
  const { graph } = currentProject()
  expect(graph.nodes.map(each => each.name)).toEqual(['Ticket', 'Sort'])
  expect(graph.edges).toHaveLength(1)
})

it('shows status in words, with the outputs of the last run of one row', async () => {
  const id = classifier()
  const { graph, state } = currentProject()
  const run = newLiveRun('run_1', 'done')
  liveRuns.setState({
    runs: { run_1: { ...run, nodes: { [id]: { status: 'done', outputs: { label: 'yes' }, ms: 12 } } } },
    rowProgram: { graph, state },
  })
  setRowRun('run_1')
  show()
  const card = page.elementLocator(await node(id))
  await expect.element(card.getByText('Done')).toBeVisible()
  await expect.element(card.getByText('yes', { exact: true })).toBeVisible()
  setSignatureLine(id, 'text -> label')
  await expect.element(card.getByText('Stale')).toBeVisible()
})

it('builds a wired program from blank with the keyboard alone', async () => {
  show()
  for (const kind of ['Input', 'Signature', 'Output']) {
    await focusOn(page.getByRole('button', { name: `Add ${kind} node` }))
    await userEvent.keyboard('{Enter}')
  }
  await focusOn(page.getByRole('button', { name: /^Outline/ }))
  await userEvent.keyboard('{Enter}')
  for (const field of ['text', 'answer']) {
    await focusOn(page.getByRole('button', { name: `Connect to… ${field}` }).first())
    await userEvent.keyboard('{Enter}')
    // The keys go to the menu once its first entry has the focus.
    await expect.poll(() => document.activeElement?.getAttribute('role')).toBe('menuitem')
    await userEvent.keyboard('{Enter}')
    await expect.element(page.getByRole('menu')).not.toBeInTheDocument()
  }
  await expect.poll(() => currentProject().graph.edges.length).toBe(2)
  await expect.element(page.getByText('Connected predict.answer to output.answer')).toBeInTheDocument()
  void undo()
  expect(currentProject().graph.edges).toHaveLength(1)
})

it('shows the whole menu of nodes wherever it is opened, under a long heading too', async () => {
  const id = classifier()
  setSignatureLine(id, `text -> ${'a_very_long_name_of_an_output_'.repeat(4)}: dict[str, list[str]]`)
  show()
  await node(id)
  const field = currentProject().graph.nodes.at(-1)?.fields.at(-1)?.name ?? ''
  const wire = { side: 'from' as const, end: end(id, field) }
  for (const screen of [
    { x: 5, y: 5 },
    { x: innerWidth - 5, y: innerHeight - 5 },
  ]) {
    setCanvas({ addMenu: { screen, canvas: { x: 0, y: 0 }, wire } })
    const menu = page.getByRole('dialog', { name: /^Feed/ })
    await expect.element(menu).toBeVisible()
    const { left, top, right, bottom } = menu.element().getBoundingClientRect()
    expect(Math.min(left, top, innerWidth - right, innerHeight - bottom)).toBeGreaterThanOrEqual(0)
    setCanvas({ addMenu: undefined })
  }
})

async function focusOn(locator: Locator): Promise<void> {
  await expect.element(locator).toBeVisible()
  locator.element().focus()
}

function classifier(): string {
  const id = addNode('signature', { x: 300, y: 0 }, { name: 'Classify' })
  setSignatureLine(id, "text -> label: Literal['yes', 'no']")
  return id
}

function end(nodeId: string, name: string): EdgeEnd {
  const field = currentProject()
    .graph.nodes.find(each => each.id === nodeId)
    ?.fields.find(each => each.name === name)
  return { node: nodeId, field: field?.id ?? '' }
}

async function node(id: string): Promise<HTMLElement> {
  let found: HTMLElement | null = null
  await expect
    .poll(() => (found = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`)), { timeout: 4000 })
    .not.toBeNull()
  return found ?? document.body
}
