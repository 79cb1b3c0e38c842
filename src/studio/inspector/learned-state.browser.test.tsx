import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { ensembleOf, ensembleState } from '@/engine/graph/ensemble'
import type { ProgramState } from '@/engine/program/program'
import { currentProject, openProject, undo } from '@/state/document/project-store'
import { queryClient } from '@/state/session/query-client'
import { resetSession, select, setInspectorTab } from '@/state/session/session-store'
import { storeToyProject } from '@/testing/stored-run'
import { oneStep } from '@/testing/toy-programs'
import { showInspector } from './show-for-test'

beforeEach(() => {
  queryClient.clear()
  resetSession()
})

async function show(state: ProgramState): Promise<void> {
  await openProject(await storeToyProject(oneStep('predict', state)))
  select(['classify'])
  setInspectorTab('instructions')
  showInspector()
}

const classify = () => currentProject().state['classify']
const pool = Array.from({ length: 40 }, (_, n) => ({ text: `order ${n}`, label: 'red' }))

it('shows how many of a pool a call sees, and changes that', async () => {
  await show({ classify: { instructions: 'Sort.', demos: pool, nearest: { k: 3 } } })
  await expect.element(page.getByText(/most alike of 40 demos/)).toBeVisible()
  const k = page.getByRole('spinbutton', { name: 'Demos a call shows' }).or(page.getByLabelText('Demos a call shows'))
  await expect.element(k).toHaveValue('3')
  await userEvent.fill(k, '5')
  expect(classify()?.nearest).toEqual({ k: 5 })
  // A pool is long: its beginning is listed, the rest on demand.
  expect(page.getByRole('button', { name: /^Remove demo/ }).elements()).toHaveLength(30)
  await userEvent.click(page.getByRole('button', { name: 'Show all 40' }))
  expect(page.getByRole('button', { name: /^Remove demo/ }).elements()).toHaveLength(40)
  await userEvent.click(page.getByRole('switch', { name: 'Show only the most alike' }))
  expect(classify()).toEqual({ instructions: 'Sort.', demos: pool })
  undo()
  expect(classify()?.nearest).toEqual({ k: 5 })
})

it('shows each member of an ensemble, its prompt too, and keeps one of them', async () => {
  const members: readonly ProgramState[] = ['one', 'two', 'three'].map(name => ({
    classify: { instructions: `Sort, ${name}.`, demos: [{ text: name, label: 'red' }] },
  }))
  const [, second = {}] = members
  await show({ ...ensembleState(second, members, 'majority') })
  await expect.element(page.getByText(/through all 3 members of the program; the majority of answers/)).toBeVisible()
  await expect.element(page.getByText('Sort, two.')).toBeVisible()
  expect(page.getByRole('textbox', { name: 'Instructions' }).elements()).toHaveLength(0)
  await userEvent.click(page.getByRole('combobox', { name: 'Member shown' }))
  await userEvent.click(page.getByRole('option', { name: /3 of 3/ }))
  await expect.element(page.getByText('Sort, three.')).toBeVisible()
  await userEvent.click(page.getByRole('tab', { name: 'Prompt' }))
  await expect.element(page.getByRole('list', { name: 'Messages' })).toHaveTextContent(/Sort, three\./)
  await userEvent.click(page.getByRole('tab', { name: 'Instructions' }))
  await userEvent.click(page.getByRole('combobox', { name: 'One answer of all' }))
  await userEvent.click(page.getByRole('option', { name: /Median/ }))
  expect(ensembleOf(currentProject().state)?.reduce).toBe('median')
  await userEvent.click(page.getByRole('button', { name: 'Keep only member 3' }))
  expect(currentProject().state).toEqual(members[2])
  await expect.element(page.getByRole('textbox', { name: 'Instructions' })).toHaveValue('Sort, three.')
})
