import { afterEach, beforeEach, expect, test } from 'vitest'
import { editDataset } from '@/storage/dataset-edits'
import { readRows } from '@/storage/datasets'
import { useDatabase } from '@/storage/db'
import { toyProject } from '@/testing/toy-project'
import { go, openUndoProject, putUndoProject, undoRows } from '@/testing/undo-project'
import { removeRows, setCell } from '../data/dataset-commands'
import type { Notice } from '../session/notices'
import { addNode } from './edits/graph-edits'
import { setSplit } from './edits/project-edits'
import { closeProject, currentProject, openProject, projectStore, setStoreClock } from './project-store'
import { editRows } from './row-steps'
import { hasStep, nextStep, redo, undo } from './undo'

let databases = 0
let told: Notice[] = []

beforeEach(async () => {
  databases += 1
  await useDatabase(`row-steps-${databases}`)
  told = await openUndoProject()
  go('data')
})
afterEach(async () => {
  await closeProject()
  window.location.hash = ''
  setStoreClock(Date.now)
})

const text = async (row: number) => (await readRows('data'))[row]?.cells['c-text']

/** An edit of the first row that is stored when `end` is called, or fails then. */
function slowEdit() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stored = editRows('Edit cell', 'data', async () => {
    await promise
    return editDataset('data', { kind: 'cell', row: 'r0', column: 'c-text', from: 'text 0', to: 'mine' })
  })
  return { stored, end: resolve, fail: () => reject(new Error('full')) }
}

test('an edit that is stored once another project is open belongs to the history of its own', async () => {
  const other = await putUndoProject({ id: 'project_other' })
  const { stored, end } = slowEdit()
  expect(nextStep('undo')).toBe('Edit cell')
  await openProject(other)
  go('data')
  expect(hasStep('undo')).toBe(false)
  end()
  await stored
  expect(projectStore.getState().history.undo).toEqual([])
  await undo()
  expect(await text(0)).toBe('mine')
  await openProject(toyProject().id)
  go('data')
  expect(nextStep('undo')).toBe('Edit cell')
  await undo()
  expect(await text(0)).toBe('text 0')
})

test('a step of rows that is undone while its project is closed can be redone there', async () => {
  await setCell('data', undoRows[0]!, { column: 'c-text', value: 'mine' })
  const undone = undo()
  await closeProject()
  await undone
  await openProject(toyProject().id)
  go('data')
  expect(nextStep('undo')).toBeUndefined()
  await redo()
  expect(await text(0)).toBe('mine')
})

test('a key that waits for rows takes nothing back in the project or on the screen that is shown by then', async () => {
  const { stored, end } = slowEdit()
  const undone = undo()
  go('build')
  addNode('signature', { x: 0, y: 0 })
  end()
  await stored
  await undone
  expect(await text(0)).toBe('text 0')
  expect(nextStep('undo')).toMatch(/^Add /)

  go('data')
  const other = await putUndoProject({ id: 'project_other' })
  const late = slowEdit()
  const alsoUndone = undo()
  await openProject(other)
  go('data')
  setSplit({ ...currentProject().split, seed: 7 })
  late.end()
  await late.stored
  await alsoUndone
  expect(currentProject().split.seed).toBe(7)
  expect(await text(0)).toBe('mine')
})

test('a key that was meant for an edit that fails takes no other one back, and the next key does', async () => {
  setSplit({ ...currentProject().split, seed: 7 })
  const { stored, fail } = slowEdit()
  const undone = undo()
  expect(nextStep('undo')).toBe('Change split')
  fail()
  await expect(stored).rejects.toThrow('full')
  await undone
  expect(currentProject().split.seed).toBe(7)
  await undo()
  expect(currentProject().split.seed).not.toBe(7)
})

test('keys that follow each other at once take one step each, in turn', async () => {
  for (const value of ['a', 'b', 'c']) {
    const row = (await readRows('data'))[0]!
    await setCell('data', row, { column: 'c-text', value })
  }
  await removeRows('data', ['r3'])
  const keys = [undo(), undo(), undo()]
  await Promise.all(keys)
  expect(await readRows('data')).toHaveLength(6)
  expect(await text(0)).toBe('a')
  await Promise.all([redo(), redo(), undo(), redo(), redo(), redo(), redo()])
  expect(await text(0)).toBe('c')
  expect(await readRows('data')).toHaveLength(5)
  await Promise.all([undo(), undo(), undo(), undo(), undo(), undo()])
  expect(await readRows('data')).toEqual(undoRows)
  expect(told.filter(({ tone }) => tone !== 'neutral')).toEqual([])
})

test('steps of many rows are there for as long as the page, and the others after a reload', async () => {
  const many = Array.from({ length: 500 }, (_, n) => ({ id: `m${n}`, cells: { 'c-text': 'x'.repeat(5_000), 'c-label': 'a' } }))
  await editDataset('data', { kind: 'append', rows: many })
  setSplit({ ...currentProject().split, seed: 7 })
  await removeRows(
    'data',
    many.map(({ id }) => id),
  )
  await closeProject()
  const kept = Object.entries(sessionStorage).find(([key]) => key.includes('history'))?.[1] ?? ''
  expect(kept).toContain('Change split')
  expect(kept).not.toContain('Remove 500 rows')
  await openProject(toyProject().id)
  go('data')
  await undo()
  expect(await readRows('data')).toHaveLength(506)
  expect(nextStep('undo')).toBe('Change split')
  await undo()
  // Small enough by now: what was kept in memory does not come back.
  await closeProject()
  await openProject(toyProject().id)
  go('data')
  expect(nextStep('undo')).toBeUndefined()
  expect(nextStep('redo')).toBe('Change split')
})

test('a fault of the storage leaves the step where it was', async () => {
  await setCell('data', undoRows[0]!, { column: 'c-text', value: 'mine' })
  const transaction = IDBDatabase.prototype.transaction
  try {
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('no room', 'QuotaExceededError')
    }
    await undo()
  } finally {
    IDBDatabase.prototype.transaction = transaction
  }
  expect(told.at(-1)).toMatchObject({ title: '“Edit cell” could not be undone', tone: 'bad' })
  expect(nextStep('undo')).toBe('Edit cell')
  await undo()
  expect(await text(0)).toBe('text 0')
})
