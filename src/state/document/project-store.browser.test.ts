import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getProject, putProject } from '@/storage/projects'
import { useDatabase } from '@/storage/db'
import { renameProject } from './edits/project-edits'
import { listVersions } from '@/storage/versions'
import { addNode, renameNode } from './edits/graph-edits'
import { applyState, restoreVersion } from './edits/state-edits'
import { createBlank } from './project-commands'
import { closeProject, currentProject, flushSave, openProject, projectStore, redo, resolveConflict, undo } from './project-store'
import { saveDelayMs } from './saver'
import { keepUnsaved } from './stored-project'

let databases = 0

beforeEach(async () => {
  databases += 1
  await useDatabase(`project-store-${databases}`)
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(closeProject)

async function openBlank(): Promise<string> {
  const id = await createBlank('Blank')
  await openProject(id)
  return id
}

test('an edit is on disk shortly after, and there again after a reload', async () => {
  const id = await openBlank()
  addNode('signature', { x: 1, y: 2 })
  expect(projectStore.getState().save.status).toBe('saving')
  await vi.waitFor(() => expect(projectStore.getState().save.status).toBe('saved'), { timeout: saveDelayMs * 6 })
  const edited = currentProject()
  expect((await getProject(id))?.graph).toEqual(edited.graph)
  await closeProject()
  expect(projectStore.getState().project).toBeNull()
  const { updatedAt: _saved, ...reloaded } = await openProject(id)
  const { updatedAt: _edited, ...before } = edited
  expect(reloaded).toEqual(before)
})

test('undo and redo work on after a reload of the tab', async () => {
  const id = await openBlank()
  const node = addNode('signature', { x: 0, y: 0 })
  renameNode(node, 'Classify')
  undo()
  await closeProject()
  await openProject(id)
  expect(projectStore.getState()).toMatchObject({ canUndo: true, canRedo: true, redoLabel: 'Rename node' })
  redo()
  expect(currentProject().graph.nodes[0]?.name).toBe('Classify')
  undo()
  undo()
  expect(currentProject().graph.nodes).toEqual([])
})

test('steps that lead to another document are dropped', async () => {
  const id = await openBlank()
  addNode('signature', { x: 0, y: 0 })
  await closeProject()
  const stored = await getProject(id)
  if (stored === undefined) throw new Error('not stored')
  await putProject({ ...stored, name: 'Changed outside', updatedAt: stored.updatedAt + 1 })
  await openProject(id)
  expect(projectStore.getState().canUndo).toBe(false)
})

test('what a closing page could not write is there when the project is opened again', async () => {
  const id = await createBlank('Blank')
  const stored = await getProject(id)
  if (stored === undefined) throw new Error('not stored')
  keepUnsaved({ ...stored, name: 'Typed in the last moment' }, stored.updatedAt)
  await openProject(id)
  expect(currentProject().name).toBe('Typed in the last moment')
  await flushSave()
  expect((await getProject(id))?.name).toBe('Typed in the last moment')
})

test('a rescue from before the last save is not used', async () => {
  const id = await createBlank('Blank')
  const stored = await getProject(id)
  if (stored === undefined) throw new Error('not stored')
  keepUnsaved({ ...stored, name: 'Old' }, stored.updatedAt - 5)
  await openProject(id)
  expect(currentProject().name).toBe('Blank')
})

/** What another tab does: it writes the record and announces it. */
async function writeElsewhere(id: string, name: string) {
  const stored = await getProject(id)
  if (stored === undefined) throw new Error('not stored')
  await putProject({ ...stored, name, updatedAt: stored.updatedAt + 1_000 })
}

test('another tab that saves is followed while this one has nothing unsaved', async () => {
  const id = await openBlank()
  await writeElsewhere(id, 'Theirs')
  await vi.waitFor(() => expect(currentProject().name).toBe('Theirs'))
  renameProject('Mine, after')
  await flushSave()
  expect((await getProject(id))?.name).toBe('Mine, after')
})

test('neither tab overwrites the other unasked; either side can be kept', async () => {
  const id = await openBlank()
  renameProject('Mine')
  await writeElsewhere(id, 'Theirs')
  await flushSave()
  expect(projectStore.getState().save).toMatchObject({ status: 'failed', isChangedElsewhere: true })
  expect((await getProject(id))?.name).toBe('Theirs')
  expect(currentProject().name).toBe('Mine')

  await resolveConflict('mine')
  expect((await getProject(id))?.name).toBe('Mine')
  expect(projectStore.getState().save.status).toBe('saved')

  renameProject('Mine again')
  await writeElsewhere(id, 'Theirs again')
  await flushSave()
  await resolveConflict('theirs')
  expect(currentProject().name).toBe('Theirs again')
  expect(projectStore.getState().save.status).toBe('saved')
})

test('applying a state keeps the one before as version 1, and undo takes the document back', async () => {
  const id = await openBlank()
  const node = addNode('signature', { x: 0, y: 0 })
  const before = currentProject().state
  const better = { [node]: { instructions: 'Be exact.', demos: [{ question: 'a', answer: 'b' }] } }
  const version = await applyState(better, { note: 'Compiled', runId: 'run_1', score: 0.9 })
  expect(version).toMatchObject({ number: 2, note: 'Compiled', score: 0.9, state: better })
  expect((await listVersions(id)).map(each => [each.number, each.state])).toEqual([
    [2, better],
    [1, before],
  ])
  expect(currentProject().state).toEqual(better)
  undo()
  expect(currentProject().state).toEqual(before)
  restoreVersion(version)
  expect(currentProject().state).toEqual(better)
  await applyState(before, { note: 'Back' })
  expect((await listVersions(id)).map(each => each.number)).toEqual([3, 2, 1])
})

test('a project that is gone cannot be opened, and none is open then', async () => {
  await expect(openProject('project_none')).rejects.toMatchObject({ code: 'not-found' })
  expect(projectStore.getState().project).toBeNull()
})
