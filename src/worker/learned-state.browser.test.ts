import { deleteDB } from 'idb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ProgramState } from '@/engine/program/program'
import { voteProgram } from '@/engine/modules/vote-program'
import { parseJson } from '@/lib/json'
import { closeDatabase } from '@/storage/db'
import { getProject } from '@/storage/projects'
import { listVersions } from '@/storage/versions'
import { toyFile } from '@/testing/toy-project'
import { createEngineClient, type EngineClient } from './client'

let engine: EngineClient
beforeAll(async () => {
  await closeDatabase()
  await deleteDB('dspy-studio')
  engine = createEngineClient()
})
afterAll(async () => {
  engine.dispose()
  await closeDatabase()
})

const members: readonly ProgramState[] = ['one', 'two'].map(name => ({
  classify: { instructions: `Sort, ${name}.`, demos: [{ text: name, label: 'fruit' }], lm: 'sandbox' },
}))
const picking: ProgramState = {
  classify: { instructions: 'Sort.', demos: [{ text: 'a plum', label: 'fruit' }], nearest: { k: 3, embedder: 'sandbox' } },
}

it('keeps a choice of demos and the programs of a vote through a project file, versions included', async () => {
  const file = toyFile()
  const together = voteProgram(file.project.graph, members, 'median')
  const [first] = file.versions
  if (first === undefined) throw new Error('a version')
  const versions = [
    { ...first, id: 'v0', number: 1, state: picking, graph: file.project.graph, layout: file.project.layout },
    { ...first, id: 'v1', number: 2, ...together },
  ]
  const layout = { ...file.project.layout, vote: { x: 200, y: 0 }, 'vote/m1/classify': { x: 3, y: 4 } }
  const sent = { ...file, project: { ...file.project, ...together, layout }, versions }
  const read = parseJson(JSON.stringify(sent))
  const id = await engine.importProject(read.ok ? read.value : undefined)
  const project = await getProject(id)
  expect(project).toMatchObject({ ...together, layout })
  const stored = (await listVersions(id)).toSorted((a, b) => a.number - b.number)
  const kept = versions.map(({ graph, state }) => ({ graph, state }))
  expect(stored.map(({ graph, state }) => ({ graph, state }))).toEqual(kept)
  if (!project) throw new Error('not imported')
  const again = await engine.exportProject(project)
  expect(again.project).toMatchObject({ ...together, layout })
  expect(again.versions.map(({ graph, state }) => ({ graph, state }))).toEqual(kept)
})
