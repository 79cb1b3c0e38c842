import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { blankProject } from '@/state/document/blank-project'
import { addNode } from '@/state/document/edits/graph-edits'
import { setModule, setModuleParams, setSignatureLine } from '@/state/document/edits/node-edits'
import { liveRuns } from '@/state/runs/live/live-runs'
import { currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
import { queryClient } from '@/state/session/query-client'
import { select, setInspectorTab } from '@/state/session/session-store'
import { putProject } from '@/storage/projects'
import type { JsonObject } from '@/lib/json'
import { showInspector } from './show-for-test'

beforeEach(async () => {
  const id = `project_${crypto.randomUUID()}`
  await putProject(blankProject(id, 'Settings test', Date.now()))
  await openProject(id)
  liveRuns.setState({ runs: {}, rowProgram: undefined })
  queryClient.clear()
})

function step(module: string, params: JsonObject = {}): string {
  const id = addNode('signature', { x: 0, y: 0 }, { name: 'Answer' })
  setSignatureLine(id, 'question -> answer')
  setModule(id, module)
  setModuleParams(id, params)
  select([id])
  setInspectorTab('settings')
  showInspector()
  return id
}

const params = () => (currentProject().graph.nodes[0] as { moduleParams: JsonObject }).moduleParams
const tools = () => params()['tools'] as { name: string; source: string; args: { name: string; type: unknown }[] }[]

const lookUp = {
  name: 'look_up',
  desc: 'Finds the price of a thing.',
  args: [{ name: 'thing', type: { kind: 'str' }, desc: '' }],
  source: 'if (inputs.thing === "moon") throw new Error("not for sale")\nreturn { thing: inputs.thing, price: 3 }',
}

it('writes settings, and takes them back by undo', async () => {
  step('best-of-n')
  const attempts = page.getByRole('spinbutton', { name: /Attempts/ }).or(page.getByRole('textbox', { name: /Attempts/ }))
  await userEvent.fill(attempts, '7')
  await userEvent.tab()
  expect(params()).toEqual({ N: 7 })
  void undo()
  await expect.element(attempts).toHaveValue('3')
})

it('says at the field what does not fit', async () => {
  step('best-of-n', { N: 0 })
  const attempts = page.getByRole('spinbutton', { name: /Attempts/ }).or(page.getByRole('textbox', { name: /Attempts/ }))
  await expect.element(attempts).toHaveAccessibleDescription(/at least 1/)
})

it('shows where the reward function does not compile, once typing pauses', async () => {
  step('best-of-n', { reward: '(inputs, outputs) => outputs.answer ===' })
  await expect.element(page.getByRole('alert')).toBeVisible()
  setModuleParams(currentProject().graph.nodes[0]?.id ?? '', { reward: '(inputs, outputs) => outputs.answer === "a"' })
  await expect.element(page.getByRole('alert')).not.toBeInTheDocument()
})

it('adds, renames, duplicates, moves and removes tools, each step undoable', async () => {
  step('react')
  await expect.element(page.getByText(/Answer has no tool/)).toBeVisible()
  await userEvent.click(page.getByRole('button', { name: 'Add tool' }))
  await userEvent.fill(page.getByRole('textbox', { name: 'Name', exact: true }).last(), 'look_up')
  await userEvent.click(page.getByRole('button', { name: 'Add argument' }))
  await userEvent.fill(page.getByRole('textbox', { name: 'Name of argument 2' }), 'limit')
  await userEvent.click(page.getByRole('combobox', { name: 'Type of limit' }))
  await userEvent.click(page.getByRole('option', { name: /^int/ }))
  await expect
    .poll(() => tools()[0]?.args.map(argument => [argument.name, argument.type]))
    .toEqual([
      ['query', { kind: 'str' }],
      ['limit', { kind: 'int' }],
    ])
  await choose('More for look_up', 'Duplicate')
  await expect.poll(() => tools().map(tool => tool.name)).toEqual(['look_up', 'look_up_1'])
  await choose('More for look_up_1', 'Move up')
  await expect.poll(() => tools().map(tool => tool.name)).toEqual(['look_up_1', 'look_up'])
  await choose('More for look_up', 'Remove tool')
  await expect.poll(() => tools().map(tool => tool.name)).toEqual(['look_up_1'])
  void undo()
  void undo()
  void undo()
  expect(tools().map(tool => tool.name)).toEqual(['look_up'])
})

it('says at a tool what is wrong with it, and keeps what was typed', async () => {
  step('react', { tools: [lookUp, { ...lookUp, name: 'other' }] })
  await userEvent.click(page.getByRole('button', { name: 'Tool other' }))
  const name = page.getByRole('textbox', { name: 'Name', exact: true }).last()
  await userEvent.fill(name, 'look up')
  await expect.element(name).toHaveAccessibleDescription(/letters, digits and underscores/)
  await userEvent.fill(name, 'look_up')
  await expect.element(name).toHaveAccessibleDescription(/two tools called/)
  expect(tools().map(tool => tool.name)).toEqual(['look_up', 'look_up'])
})

it('tries a tool in the sandbox: result, error and time', async () => {
  step('react', { tools: [lookUp] })
  const tried = page.getByRole('form', { name: 'Try look_up' })
  await userEvent.fill(tried.getByRole('textbox', { name: /thing/ }), 'apple')
  await userEvent.click(tried.getByRole('button', { name: 'Try' }))
  await expect.element(tried.getByText('Returned')).toBeVisible()
  await expect.element(tried.getByText(/"price": 3/)).toBeVisible()
  await expect.element(tried.getByText(/\d ?(ms|s)$/)).toBeVisible()
  await userEvent.fill(tried.getByRole('textbox', { name: /thing/ }), 'moon')
  await userEvent.click(tried.getByRole('button', { name: 'Try' }))
  await expect.element(tried.getByText('Failed', { exact: true })).toBeVisible()
  await expect.element(tried.getByText(/not for sale/)).toBeVisible()
})

it('never runs the code of a tool on the page', async () => {
  step('react', { tools: [{ ...lookUp, source: 'return typeof document + " " + typeof fetch' }] })
  const tried = page.getByRole('form', { name: 'Try look_up' })
  await userEvent.fill(tried.getByRole('textbox', { name: /thing/ }), 'x')
  await userEvent.click(tried.getByRole('button', { name: 'Try' }))
  await expect.element(tried.getByText('undefined undefined')).toBeVisible()
})

it('keeps tools of a form it does not know', async () => {
  step('react', { tools: [{ title: 'from elsewhere' }] })
  await expect.element(page.getByText('The tools cannot be shown')).toBeVisible()
  expect(params()).toEqual({ tools: [{ title: 'from elsewhere' }] })
})

async function choose(menu: string, item: string): Promise<void> {
  await userEvent.click(page.getByRole('button', { name: menu, exact: true }))
  await userEvent.click(page.getByRole('menuitem', { name: item }))
}
