import { deleteDB } from 'idb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensembleState } from '@/engine/graph/ensemble'
import type { ProgramState } from '@/engine/program/program'
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
const together = ensembleState(members[0] ?? {}, members, 'median')
const picking: ProgramState = {
  classify: { instructions: 'Sort.', demos: [{ text: 'a plum', label: 'fruit' }], nearest: { k: 3, embedder: 'sandbox' } },
}

it('keeps a choice of demos and the members of an ensemble through a project file, versions included', async () => {
  const file = toyFile()
  const versions = [picking, together].flatMap((state, index) =>
    file.versions.map(version => ({ ...version, id: `v${index}`, number: index + 1, state })),
  )
  const sent = { ...file, project: { ...file.project, state: together }, versions }
  const read = parseJson(JSON.stringify(sent))
  const id = await engine.importProject(read.ok ? read.value : undefined)
  const project = await getProject(id)
  expect(project?.state).toEqual(together)
  const stored = (await listVersions(id)).toSorted((a, b) => a.number - b.number)
  expect(stored.map(version => version.state)).toEqual([picking, together])
  if (!project) throw new Error('not imported')
  const again = await engine.exportProject(project)
  expect(again.project.state).toEqual(together)
  expect(again.versions.map(version => version.state)).toEqual([picking, together])
})
