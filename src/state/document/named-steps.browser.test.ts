import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRows } from '@/storage/datasets'
import { useDatabase } from '@/storage/db'
import { listVersions } from '@/storage/versions'
import { toyProject } from '@/testing/toy-project'
import { go, openUndoProject, putUndoProject, undoRows } from '@/testing/undo-project'
import { removeRows, setCell } from '../data/dataset-commands'
import { applyCandidate } from '../runs/actions/run-actions'
import { currentPath } from '../session/navigation'
import type { Notice } from '../session/notices'
import { restoreVersion } from './edits/apply'
import { addNode, renameNode } from './edits/graph-edits'
import { setOptimizer, setSplit } from './edits/project-edits'
import { setInstructions } from './edits/state-edits'
import { historyLimit } from './history'
import { closeProject, currentProject, openProject, projectStore, setStoreClock } from './project-store'
import { nextStep, redo, undo } from './undo'

// The buttons of notices take back the step they name, whatever has become of it since.

let databases = 0
let told: Notice[] = []

beforeEach(async () => {
  databases += 1
  await useDatabase(`named-steps-${databases}`)
  told = await openUndoProject()
})
afterEach(async () => {
  await closeProject()
  window.location.hash = ''
  setStoreClock(Date.now)
})

const ids = (): Promise<readonly string[]> => readRows('data').then(rows => rows.map(({ id }) => id))

/** Applies instructions as the result of a run; returns what is told of it. */
async function apply(instructions: string): Promise<Notice | undefined> {
  const { graph, state } = currentProject()
  // Of the record, what tells which program was compiled.
  const record = { id: 'run_1', spec: { graph } } as unknown as Parameters<typeof applyCandidate>[0]
  const better = { classify: { ...state['classify']!, instructions } }
  await applyCandidate(record, { label: 'trial 4', state: better } as Parameters<typeof applyCandidate>[1])
  return told.at(-1)
}

const instructions = () => currentProject().state['classify']?.instructions

/** Presses the button of a notice and waits until it has done its work. */
async function press(notice: Notice | undefined, label: string): Promise<void> {
  expect(notice?.action?.label).toBe(label)
  notice?.action?.run()
  await new Promise(resolve => setTimeout(resolve, 50))
}

test('after further edits here and elsewhere, only the step of the notice is taken back', async () => {
  go('build')
  const before = instructions()
  const applied = await apply('Better.')
  renameNode('in', 'Mine')
  go('compile')
  setOptimizer('gepa')
  go('data')
  await removeRows('data', ['r1', 'r4'])
  const removed = told.at(-1)
  await setCell('data', undoRows[0]!, { column: 'c-text', value: 'mine' })
  setSplit({ ...currentProject().split, seed: 7 })
  go('runs')
  await press(applied, 'Undo')
  await press(removed, 'Put back')
  expect(instructions()).toBe(before)
  expect(currentProject()).toMatchObject({ optimizer: { id: 'gepa' }, split: { seed: 7 } })
  expect(currentProject().graph.nodes[0]?.name).toBe('Mine')
  expect(await ids()).toEqual(undoRows.map(({ id }) => id))
  expect((await readRows('data'))[0]?.cells['c-text']).toBe('mine')
  expect(told.at(-1)).toBe(removed)
})

test('after the project was closed and opened again, and after undo and redo, the notice still knows its step', async () => {
  go('data')
  await removeRows('data', ['r1'])
  const removed = told.at(-1)
  await closeProject()
  await openProject(toyProject().id)
  await undo()
  await redo()
  expect(await ids()).not.toContain('r1')
  await press(removed, 'Put back')
  expect(await ids()).toEqual(undoRows.map(({ id }) => id))
  await press(removed, 'Put back')
  expect(told.at(-1)).toMatchObject({ title: '“Remove 1 row” has been undone already' })
  expect(await ids()).toEqual(undoRows.map(({ id }) => id))
})

test('a step that cannot be taken back is not replaced by another one', async () => {
  go('build')
  renameNode('in', 'Before')
  const applied = await apply('Better.')
  setInstructions('classify', 'Mine.')
  await press(applied, 'Undo')
  expect(told.at(-1)).toMatchObject({ title: '“Apply state” cannot be undone now' })
  expect(told.at(-1)?.detail).toBe('“Edit instructions” was done after it. Undo that first.')
  expect(told.at(-1)?.action).toBeUndefined()
  expect(currentProject().graph.nodes[0]?.name).toBe('Before')

  // By now it has no effect: the same was put there by hand.
  setInstructions('classify', toyProject().state['classify']!.instructions)
  await press(applied, 'Undo')
  expect(told.at(-1)).toMatchObject({ title: '“Apply state” has been undone already' })
  expect(currentProject().graph.nodes[0]?.name).toBe('Before')
  await press(applied, 'Undo')
  expect(told.at(-1)).toMatchObject({ title: '“Apply state” can no longer be undone' })
  expect(nextStep('undo')).not.toBe('Rename node')
  expect(currentProject().graph.nodes[0]?.name).toBe('Before')
})

test('a step that is too long ago is said to be', async () => {
  go('build')
  const applied = await apply('Better.')
  for (let n = 0; n < historyLimit; n += 1) renameNode('in', `Name ${n}`)
  await press(applied, 'Undo')
  expect(told.at(-1)?.detail).toBe('It was undone before, or too much has been done since then.')
  expect(instructions()).toBe('Better.')
})

test('in another project the notice leads to its own', async () => {
  go('data')
  await removeRows('data', ['r1'])
  const removed = told.at(-1)
  const other = await putUndoProject({ id: 'project_other', name: 'Other' })
  await openProject(other)
  addNode('signature', { x: 0, y: 0 })
  const before = projectStore.getState()
  await press(removed, 'Put back')
  expect(projectStore.getState()).toBe(before)
  expect(await ids()).not.toContain('r1')
  expect(told.at(-1)).toMatchObject({ title: 'Open its project to undo “Remove 1 row”' })
  told.at(-1)?.action?.run()
  expect(currentPath()).toBe(`/p/${toyProject().id}/data`)
  await openProject(toyProject().id)
  await press(removed, 'Put back')
  expect(await ids()).toContain('r1')
})

test('a read-only project is not changed by the button of a notice', async () => {
  go('build')
  const applied = await apply('Better.')
  projectStore.setState({ readOnly: ['the metric "x"'] })
  await press(applied, 'Undo')
  expect(told.at(-1)).toMatchObject({ title: 'This project is read-only' })
  expect(instructions()).toBe('Better.')
})

test('an apply whose project is left meanwhile is told as that, and changes no other project', async () => {
  const other = await putUndoProject({ id: 'project_other', name: 'Other' })
  go('build')
  const applying = apply('Better.')
  await openProject(other)
  await applying
  expect(told.at(-1)).toEqual({
    title: '“Toy” was left before the candidate was applied',
    detail: 'It is kept there as version 2: restore it on Build, among the versions.',
    tone: 'warn',
  })
  expect(currentProject()).toMatchObject({ id: other, state: toyProject().state })
  await openProject(toyProject().id)
  expect(instructions()).toBe(toyProject().state['classify']!.instructions)
  const [version] = await listVersions(toyProject().id)
  expect(version).toMatchObject({ number: 2, note: 'Applied trial 4' })
  expect(await restoreVersion(version!)).toBe(true)
  expect(instructions()).toBe('Better.')
})

test('an apply of what the program has already offers no undo of anything else', async () => {
  go('build')
  renameNode('in', 'Before')
  const told = await apply(toyProject().state['classify']!.instructions)
  expect(told?.title).toBe('Applied as version 2')
  expect(told?.action).toBeUndefined()
  expect(nextStep('undo')).toBe('Rename node')
})
