import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { ProgramState } from '@/engine/program/program'
import { currentProject, openProject } from '@/state/document/project-store'
import { undo } from '@/state/document/undo'
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
  await expect.element(page.getByText(/most similar of 40 demos/)).toBeVisible()
  const k = page.getByRole('spinbutton', { name: 'Demos a call shows' }).or(page.getByLabelText('Demos a call shows'))
  await expect.element(k).toHaveValue('3')
  await userEvent.fill(k, '5')
  expect(classify()?.nearest).toEqual({ k: 5 })
  // A pool is long: its beginning is listed, the rest on demand.
  expect(page.getByRole('button', { name: /^Remove demo/ }).elements()).toHaveLength(30)
  await userEvent.click(page.getByRole('button', { name: 'Show all 40' }))
  expect(page.getByRole('button', { name: /^Remove demo/ }).elements()).toHaveLength(40)
  await userEvent.click(page.getByRole('switch', { name: 'Show only the most similar' }))
  expect(classify()).toEqual({ instructions: 'Sort.', demos: pool })
  void undo()
  expect(classify()?.nearest).toEqual({ k: 5 })
})
