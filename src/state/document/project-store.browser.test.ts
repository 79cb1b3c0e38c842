import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getProject, putProject } from '@/storage/projects'
import { makeBackup, restoreBackup } from '@/storage/backup'
import { useDatabase } from '@/storage/db'
import { renameProject } from './edits/project-edits'
import { listVersions } from '@/storage/versions'
import { completeState } from '@/engine/graph/default-state'
import { voteProgram } from '@/engine/modules/vote-program'
import { twoSteps } from '@/testing/toy-programs'
import { addNode, renameNode } from './edits/graph-edits'
import { applyProgram, restoreVersion } from './edits/apply'
import { createBlank } from './project-commands'
import { closeProject, currentProject, edit, flushSave, openProject, projectStore, resolveConflict } from './project-store'
import { hasStep, nextStep, redo, undo } from './undo'
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

test('projects that nobody has named can be told apart', async () => {
  const names = []
  for (let blank = 0; blank < 3; blank += 1) names.push((await openProject(await createBlank())).name)
  expect(names).toEqual(['Untitled project', 'Untitled project 2', 'Untitled project 3'])
})

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
  void undo()
  await closeProject()
  await openProject(id)
  expect(nextStep('undo')).toMatch(/^Add /)
  expect(nextStep('redo')).toBe('Rename node')
  void redo()
  expect(currentProject().graph.nodes[0]?.name).toBe('Classify')
  void undo()
  void undo()
  expect(currentProject().graph.nodes).toEqual([])
})

test('steps outlive a reload also where the document was changed outside meanwhile', async () => {
  const id = await openBlank()
  addNode('signature', { x: 0, y: 0 })
  await closeProject()
  const stored = await getProject(id)
  if (stored === undefined) throw new Error('not stored')
  await putProject({ ...stored, name: 'Changed outside', updatedAt: stored.updatedAt + 1 })
  await openProject(id)
  void undo()
  expect(currentProject()).toMatchObject({ name: 'Changed outside', graph: { nodes: [] } })
  void redo()
  expect(currentProject().graph.nodes).toHaveLength(1)
})

test('what is kept of the history by another version of the page, or is damaged, is not used', async () => {
  const id = await openBlank()
  addNode('signature', { x: 0, y: 0 })
  await closeProject()
  const key = Object.keys(sessionStorage).find(each => each.endsWith(id)) ?? ''
  const kept = sessionStorage.getItem(key) ?? ''
  for (const text of [
    '',
    '{}',
    '{"table":[1],"roots":[[0]]}',
    kept.slice(0, -9),
    kept.replace('"document"', '"another"'),
    '{"document":"abc","undo":[],"redo":[]}',
  ]) {
    sessionStorage.setItem(key, text)
    await openProject(id)
    expect({ text, canUndo: hasStep('undo') }).toEqual({ text, canUndo: false })
    await closeProject()
  }
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

test('changes of the last moment are there whether or not the write under way came to its end', async () => {
  const id = await createBlank('Blank')
  const stored = await getProject(id)
  if (stored === undefined) throw new Error('not stored')
  keepUnsaved({ ...stored, name: 'Typed in the last moment' }, stored.updatedAt + 1, stored.updatedAt)
  await openProject(id)
  expect(currentProject().name).toBe('Typed in the last moment')
})

test('a rescue that an older version of the page wrote is brought to the shape of today', async () => {
  const id = await createBlank('Blank')
  const stored = await getProject(id)
  if (stored === undefined) throw new Error('not stored')
  const { graph, state } = twoSteps()
  const own = { instructions: 'Of then.', demos: [] }
  const together = { extract: { ...own, ensemble: { reduce: 'mean', members: [own, { ...own, instructions: 'Other.' }] } }, classify: own }
  const project = { ...stored, name: 'Typed then', schemaVersion: 1, graph, state: { ...state, ...together } }
  localStorage.setItem(`dspy-studio:unsaved:${id}`, JSON.stringify({ base: stored.updatedAt, project }))
  await openProject(id)
  expect(currentProject()).toMatchObject({
    name: 'Typed then',
    state: { 'vote/m2/extract': { instructions: 'Other.' }, 'vote/m2/classify': own },
  })
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

test('a project that a backup brought back is shown, an earlier one too, unless this tab has changes of its own', async () => {
  const id = await openBlank()
  renameProject('Before')
  await flushSave()
  const backup = await makeBackup(1)
  renameProject('After')
  await flushSave()
  await restoreBackup(backup)
  await vi.waitFor(() => expect(currentProject().name).toBe('Before'))
  renameProject('Onward')
  await flushSave()
  expect((await getProject(id))?.name).toBe('Onward')

  renameProject('Mine')
  await restoreBackup(backup)
  await flushSave()
  await vi.waitFor(() => expect(projectStore.getState().save).toMatchObject({ status: 'failed', isChangedElsewhere: true }))
  expect(currentProject().name).toBe('Mine')
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
  const { version } = await applyProgram({ graph: currentProject().graph, state: better }, { note: 'Compiled', runId: 'run_1', score: 0.9 })
  expect(version).toMatchObject({ number: 2, note: 'Compiled', score: 0.9, state: better })
  expect((await listVersions(id)).map(each => [each.number, each.state])).toEqual([
    [2, better],
    [1, before],
  ])
  expect(currentProject().state).toEqual(better)
  void undo()
  expect(currentProject().state).toEqual(before)
  await restoreVersion(version)
  expect(currentProject().state).toEqual(better)
  await applyProgram({ graph: currentProject().graph, state: before }, { note: 'Back' })
  expect((await listVersions(id)).map(each => each.number)).toEqual([3, 2, 1])
})

test('applying another program brings its steps, keeps a way back with theirs, and undo takes the document back', async () => {
  const id = await openBlank()
  const { graph, state } = twoSteps()
  edit('Draw', draft => void Object.assign(draft, { graph, state: completeState(graph, state), layout: { in: { x: 1, y: 2 } } }))
  const before = { graph: currentProject().graph, state: currentProject().state }
  await applyProgram({ ...before, state: { ...before.state, extract: { instructions: 'Once.', demos: [] } } }, { note: 'Compiled' })
  const once = currentProject().state
  const vote = voteProgram(graph, [before.state, once], 'majority')
  const { version: applied } = await applyProgram({ ...vote, isOther: true }, { note: 'Voted' })
  const now = () => ({ graph: currentProject().graph, state: currentProject().state })
  expect(now()).toEqual(vote)
  expect(currentProject().layout['in']).toBeDefined()
  expect(currentProject().layout['vote/m2/extract']).toBeDefined()
  // What was kept as a state alone belongs to the steps of then.
  const versions = await listVersions(id)
  expect(versions.map(version => [version.number, version.graph?.nodes.length])).toEqual([
    [3, 3],
    [2, 4],
    [1, 4],
  ])
  void undo()
  expect(now()).toEqual({ graph, state: once })
  await restoreVersion(applied)
  expect(now()).toEqual(vote)
  await restoreVersion(versions[2]!)
  expect(now()).toEqual(before)
  // The same program again is no other one: what was added around it stays.
  await restoreVersion(applied)
  const added = addNode('signature', { x: 0, y: 0 })
  await restoreVersion(applied)
  expect(currentProject().graph.nodes.some(node => node.id === added)).toBe(true)
})

test('a project that is gone cannot be opened, and none is open then', async () => {
  await expect(openProject('project_none')).rejects.toMatchObject({ code: 'not-found' })
  expect(projectStore.getState().project).toBeNull()
})
