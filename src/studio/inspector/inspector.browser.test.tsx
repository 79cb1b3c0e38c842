import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { EdgeEnd } from '@/engine/program/program'
import { promptFor } from '@/engine/graph/prompt'
import { blankProject } from '@/state/document/blank-project'
import { addNode, connect } from '@/state/document/edits/graph-edits'
import { setSignatureLine } from '@/state/document/edits/node-edits'
import { setDataset } from '@/state/document/edits/project-edits'
import { newLiveRun } from '@/state/runs/live/live-run'
import { liveRuns } from '@/state/runs/live/live-runs'
import { currentProject, openProject } from '@/state/document/project-store'
import { queryClient } from '@/state/session/query-client'
import { select, setInspectorTab, setRowRun } from '@/state/session/session-store'
import { putDataset } from '@/storage/datasets'
import { putProject } from '@/storage/projects'
import { showInspector } from './show-for-test'

beforeEach(async () => {
  const id = `project_${crypto.randomUUID()}`
  await putProject(blankProject(id, 'Inspector test', Date.now()))
  await openProject(id)
  liveRuns.setState({ runs: {}, rowProgram: undefined })
  queryClient.clear()
})

it('keeps the form and the line in step, both ways', async () => {
  const id = signature('Classify', 'question -> answer')
  setInspectorTab('signature')
  showInspector()
  const line = page.getByRole('textbox', { name: 'Signature line' })
  await expect.element(line).toHaveValue('question -> answer')

  await userEvent.fill(line, 'question, context: list[str] -> answer: bool')
  await expect.element(page.getByRole('textbox', { name: 'Name of input 2' })).toHaveValue('context')
  await expect.element(page.getByRole('combobox', { name: 'Type of answer' })).toHaveTextContent('bool')
  await userEvent.keyboard('{Enter}')

  await userEvent.fill(page.getByRole('textbox', { name: 'Name of output 1' }), 'verdict')
  await expect.element(line).toHaveValue('question, context: list[str] -> verdict: bool')
  expect(fieldNames(id)).toEqual(['question', 'context', 'verdict'])
})

it('keeps a line that cannot be read as it was typed, says why, and changes nothing', async () => {
  const id = signature('Classify', 'question -> answer')
  setInspectorTab('signature')
  showInspector()
  const line = page.getByRole('textbox', { name: 'Signature line' })
  await userEvent.fill(line, 'question -> answer: strr')
  await expect.element(page.getByRole('alert')).toHaveTextContent('strr')
  await userEvent.tab()
  await expect.element(line).toHaveValue('question -> answer: strr')
  expect(fieldNames(id)).toEqual(['question', 'answer'])
  await userEvent.click(page.getByRole('button', { name: 'Back to the form' }))
  await expect.element(line).toHaveValue('question -> answer')
})

it('says what of a line is read otherwise, and keeps saying it once the line is printed anew', async () => {
  signature('Classify', 'question -> answer')
  setInspectorTab('signature')
  showInspector()
  const line = page.getByRole('textbox', { name: 'Signature line' })
  await userEvent.fill(line, 'question: Sequence[str] -> instructions')
  await userEvent.keyboard('{Enter}')
  await expect.element(line).toHaveValue('question: list[str] -> instructions')
  const remarks = page.getByRole('list').filter({ hasText: 'is read as' })
  await expect.element(remarks).toHaveTextContent('`Sequence` is read as `list`')
  await expect.element(remarks).toHaveTextContent("`instructions` is a name of DSPy's own")
  await userEvent.fill(line, 'question: list[str] -> answer')
  await userEvent.keyboard('{Enter}')
  await expect.element(remarks).not.toBeInTheDocument()
})

it('says what is wrong with a field at that field', async () => {
  signature('Classify', 'question -> answer')
  setInspectorTab('signature')
  showInspector()
  const name = page.getByRole('textbox', { name: 'Name of output 1' })
  await userEvent.fill(name, 'question')
  await expect.element(name).toHaveAttribute('aria-invalid', 'true')
  await expect.element(name).toHaveAccessibleDescription(/question/)
})

it('moves a field by keyboard and edits the values of an enum', async () => {
  const id = signature('Classify', "a, b -> label: Literal['x']")
  setInspectorTab('signature')
  showInspector()
  const grip = page.getByRole('button', { name: /^Move b:/ })
  await expect.element(grip).toBeVisible()
  grip.element().focus()
  await userEvent.keyboard('{ArrowUp}')
  expect(fieldNames(id)).toEqual(['b', 'a', 'label'])
  await userEvent.fill(page.getByRole('textbox', { name: 'Add a value to label' }), 'y')
  await userEvent.keyboard('{Enter}')
  expect(currentProject().graph.nodes[0]?.fields[2]?.type).toEqual({ kind: 'enum', values: ['x', 'y'] })
})

it('shows the exact messages of the active row, and of an inner node once the steps before it ran', async () => {
  const input = addNode('input', { x: 0, y: 0 })
  const first = signature('First', 'text -> gist')
  const second = signature('Second', 'gist -> label')
  expect(connect(end(input, 'text'), end(first, 'text'))).toEqual({ ok: true })
  expect(connect(end(first, 'gist'), end(second, 'gist'))).toEqual({ ok: true })
  await putDataset({ id: 'set_prompt', name: 'Rows', columns: [{ id: 'c', name: 'text', type: 'str' }], createdAt: 1, updatedAt: 1 }, [
    { id: 'row_1', cells: { c: 'The lift is stuck between floors' } },
  ])
  await setDataset('set_prompt')
  setInspectorTab('prompt')
  select([first])
  showInspector()
  const { graph, state } = currentProject()
  const expected = promptFor({ graph, state }, first, { text: 'The lift is stuck between floors' })
  await expect.poll(messages).toEqual(expected.map(({ role, content }) => ({ role, content })))

  select([second])
  await expect.element(page.getByText(/Not known yet: gist \(gist from First\)/)).toBeVisible()

  const run = newLiveRun('run_1', 'done')
  liveRuns.setState({
    runs: { run_1: { ...run, nodes: { [first]: { status: 'done', outputs: { gist: 'stuck lift' }, ms: 1 } } } },
    rowProgram: { graph, state },
  })
  setRowRun('run_1')
  await expect
    .poll(messages)
    .toEqual(promptFor({ graph, state }, second, { gist: 'stuck lift' }).map(({ role, content }) => ({ role, content })))
})

it('says that the last result is of the program before a change, without the colours of a result', async () => {
  const id = signature('Classify', 'question -> answer')
  const { graph, state } = currentProject()
  liveRuns.setState({ runs: { run_1: newLiveRun('run_1', 'done') }, rowProgram: { graph, state } })
  setRowRun('run_1')
  showInspector()
  await expect.element(page.getByText(/^Done · /)).toBeVisible()
  setSignatureLine(id, 'question -> verdict')
  await expect.element(page.getByText(/^Before your last change: done · /)).toBeVisible()
  await expect.element(page.getByText(/^Done · /)).not.toBeInTheDocument()
})

it('adds a demo by hand with inputs of the fields types', async () => {
  const id = signature('Score', 'text -> score: int')
  setInspectorTab('instructions')
  showInspector()
  await userEvent.click(page.getByRole('button', { name: 'Add an empty demo' }))
  await userEvent.fill(page.getByRole('textbox', { name: /^text/ }), 'Fine')
  await userEvent.fill(page.getByRole('spinbutton', { name: /^score/ }), '7')
  expect(currentProject().state[id]?.demos).toEqual([{ text: 'Fine', score: 7 }])
  await userEvent.click(page.getByRole('button', { name: 'Remove demo 1' }))
  expect(currentProject().state[id]?.demos).toEqual([])
})

it('locks instructions and demos apart, and leaves both to be edited by hand', async () => {
  const id = signature('Classify', 'question -> answer')
  setInspectorTab('instructions')
  showInspector()
  const locks = () => currentProject().graph.nodes.find(node => node.id === id)
  await userEvent.click(page.getByRole('button', { name: /^Lock instructions/ }))
  expect(locks()).toMatchObject({ locks: { instructions: true } })
  await expect.element(page.getByRole('button', { name: /^Lock instructions/ })).toHaveAttribute('aria-pressed', 'true')
  await expect.element(page.getByText('Locked: no optimizer changes this text. You still can.')).toBeVisible()
  await userEvent.fill(page.getByRole('textbox', { name: 'Instructions' }), 'Be brief.')
  expect(currentProject().state[id]?.instructions).toBe('Be brief.')
  await userEvent.click(page.getByRole('button', { name: /^Lock demos/ }))
  await userEvent.click(page.getByRole('button', { name: /^Lock instructions/ }))
  expect(locks()).toMatchObject({ locks: { demos: true } })
  await expect.element(page.getByText('None, and locked: optimizers add none. You still can.')).toBeVisible()
})

it('lists problems of the whole program when nothing is chosen, and jumps to the node', async () => {
  const id = signature('Lonely', 'text -> label')
  select([])
  showInspector()
  await userEvent.click(page.getByRole('button', { name: /Nothing feeds "text" of Lonely/ }))
  await expect.element(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Lonely')
  expect(currentProject().graph.nodes[0]?.id).toBe(id)
})

function signature(name: string, line: string): string {
  const id = addNode('signature', { x: 0, y: 0 }, { name })
  setSignatureLine(id, line)
  return id
}

function fieldNames(id: string): string[] {
  return (
    currentProject()
      .graph.nodes.find(node => node.id === id)
      ?.fields.map(field => field.name) ?? []
  )
}

function end(nodeId: string, name: string): EdgeEnd {
  const field = currentProject()
    .graph.nodes.find(node => node.id === nodeId)
    ?.fields.find(each => each.name === name)
  return { node: nodeId, field: field?.id ?? '' }
}

function messages(): { role: string | undefined; content: string | null | undefined }[] {
  return [...document.querySelectorAll<HTMLElement>('.prompt-message')].map(block => ({
    role: block.dataset['role'],
    content: block.querySelector('pre')?.textContent,
  }))
}
