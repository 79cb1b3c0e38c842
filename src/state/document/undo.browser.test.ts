import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { voteProgram } from '@/engine/modules/vote-program'
import type { Project } from '@/engine/project/project'
import { readRows } from '@/storage/datasets'
import { editDataset } from '@/storage/dataset-edits'
import { useDatabase } from '@/storage/db'
import { getProject, putProject } from '@/storage/projects'
import { toyProject } from '@/testing/toy-project'
import { go, openUndoProject, undoColumns, undoRows, type UndoScreen } from '@/testing/undo-project'
import { addRow, removeRows, renameDataset, setCell } from '../data/dataset-commands'
import type { Notice } from '../session/notices'
import { addNode, renameNode, removeItems } from './edits/graph-edits'
import { addField, removeField } from './edits/node-edits'
import { addModel, removeModel, renameProject, setMapping, setMetric, setOptimizer, setRole, setSplit } from './edits/project-edits'
import { setInstructions, setPredictorsLm } from './edits/state-edits'
import { looseEnds } from './loose-ends'
import { closeProject, currentProject, projectStore, setStoreClock, showProject } from './project-store'
import { openBody, shownPath } from './shown-program'
import { hasStep, nextStep, redo, undo } from './undo'

let databases = 0
let told: Notice[] = []
const rows = undoRows
const columns = undoColumns

beforeEach(async () => {
  databases += 1
  await useDatabase(`undo-${databases}`)
  told = await openUndoProject()
})
afterEach(async () => {
  await closeProject()
  window.location.hash = ''
  setStoreClock(Date.now)
})

test('each screen takes back what was done there, in any order, and redo brings it back', async () => {
  const start = currentProject()
  go('build')
  const node = addNode('signature', { x: 0, y: 0 })
  go('data')
  setSplit({ ...start.split, seed: 7 })
  await setCell('data', rows[2]!, { column: 'c-text', value: 'edited' })
  go('compile')
  setOptimizer('gepa')
  setMetric({ kind: 'contains', params: {} })
  go('runs')
  expect(nextStep('undo')).toBeUndefined()
  go('settings')
  expect(nextStep('undo')).toBeUndefined()

  go('data')
  expect(nextStep('undo')).toBe('Edit cell')
  await undo()
  expect((await readRows('data'))[2]).toEqual(rows[2])
  await undo()
  expect(currentProject()).toMatchObject({ split: start.split, optimizer: { id: 'gepa' }, mapping: start.mapping })
  const notices = told.length
  await undo()
  expect(told[notices]).toMatchObject({ title: 'Nothing to undo here', action: { label: 'Go to Compile' } })

  go('build')
  await undo()
  expect(currentProject().graph.nodes.some(({ id }) => id === node)).toBe(false)
  await undo()
  expect(currentProject()).toMatchObject({ metric: { kind: 'contains' }, optimizer: { id: 'gepa' } })
  go('compile')
  await undo()
  await undo()
  expect(currentProject()).toEqual(start)
  for (const screen of ['build', 'data', 'compile'] as const) {
    go(screen)
    await redo()
    await redo()
  }
  expect((await readRows('data'))[2]?.cells['c-text']).toBe('edited')
  expect(currentProject()).toMatchObject({ split: { seed: 7 }, metric: { kind: 'contains' }, optimizer: { id: 'gepa' } })
  expect(currentProject().graph.nodes.some(({ id }) => id === node)).toBe(true)
})

test('a cell that is still being stored is the one that undo takes back', async () => {
  go('data')
  setSplit({ ...currentProject().split, seed: 7 })
  const stored = setCell('data', rows[0]!, { column: 'c-text', value: 'x' })
  expect(nextStep('undo')).toBe('Edit cell')
  await undo()
  await stored
  expect((await readRows('data'))[0]).toEqual(rows[0])
  expect(currentProject().split.seed).toBe(7)
})

test('rows that were removed come back to their places, and added ones go', async () => {
  go('data')
  await removeRows('data', ['r0', 'r2', 'r3', 'r5'])
  await addRow({ id: 'data', name: 'Rows', columns: [...columns], rowCount: 2, createdAt: 0, updatedAt: 0 })
  await renameDataset({ id: 'data', name: 'Rows' }, 'Other')
  for (const label of ['Rename dataset', 'Add row', 'Remove 4 rows']) {
    expect(nextStep('undo')).toBe(label)
    await undo()
  }
  expect(await readRows('data')).toEqual(rows)
  await redo()
  expect((await readRows('data')).map(({ id }) => id)).toEqual(['r1', 'r4'])
  await undo()
  await removeRows(
    'data',
    rows.map(({ id }) => id),
  )
  expect(await readRows('data')).toEqual([])
  await undo()
  expect(await readRows('data')).toEqual(rows)
})

test('a cell that another tab changed since is left alone, with a sentence', async () => {
  go('data')
  await setCell('data', rows[0]!, { column: 'c-text', value: 'mine' })
  await setCell('data', rows[1]!, { column: 'c-text', value: 'mine, too' })
  await editDataset('data', { kind: 'cell', row: 'r1', column: 'c-text', from: 'mine, too', to: 'theirs' })
  await undo()
  expect(told.at(-1)?.detail).toContain('something else')
  expect((await readRows('data'))[1]?.cells['c-text']).toBe('theirs')
  await undo()
  expect((await readRows('data'))[0]).toEqual(rows[0])
})

test('in a program of a step only what was done there is taken back', async () => {
  const { graph, state } = currentProject()
  showProject({ ...currentProject(), ...voteProgram(graph, [state, state], 'majority') })
  go('build')
  const renamed = (name: string) => currentProject().graph.nodes.some(node => node.name === name)
  const [vote] = currentProject().graph.nodes.filter(node => node.kind === 'vote')
  renameNode(vote!.id, 'Outside')
  const [first, second] = vote!.kind === 'vote' ? vote!.bodies.map(({ id }) => `${vote!.id}/${id}`) : []
  openBody(first)
  const inner = addNode('signature', { x: 0, y: 0 })
  openBody(second)
  expect(nextStep('undo')).toBeUndefined()
  await undo()
  expect(told.at(-1)).toMatchObject({ title: 'Nothing to undo here', action: { label: 'Open that program' } })
  expect(told.at(-1)?.detail).toMatch(/was made on Build, in “.*” of “Outside”\.$/)
  expect(renamed('Outside')).toBe(true)
  told.at(-1)?.action?.run()
  expect(shownPath()).toBe(first)
  await undo()
  expect(JSON.stringify(currentProject())).not.toContain(inner)
  await undo()
  expect(told.at(-1)).toMatchObject({
    detail: 'The last change, “Rename node”, was made on Build, in the whole program.',
    action: { label: 'Open the whole program' },
  })
  await redo()
  told.at(-1)?.action?.run()
  await undo()
  expect(renamed('Outside')).toBe(false)
  expect(JSON.stringify(currentProject())).toContain(inner)
})

test('a step that another screen builds on is refused with the name of that screen', async () => {
  go('compile')
  addModel({ ...currentProject().models[0]!, id: 'model-2', label: 'Second' })
  go('build')
  const predictor = Object.keys(currentProject().state)[0]!
  setPredictorsLm([predictor], 'model-2')
  go('compile')
  const before = currentProject()
  await undo()
  expect(currentProject()).toBe(before)
  expect(told.at(-1)).toMatchObject({ title: '“Add model” cannot be undone now', action: { label: 'Go to Build' } })
  expect(told.at(-1)?.detail).toBe('“Change model of step” was done after it, on Build. Undo that first.')
  told.at(-1)?.action?.run()
  await undo()
  go('compile')
  await undo()
  expect(currentProject().models.map(({ id }) => id)).not.toContain('model-2')
})

test('a field that was added takes its column along and brings it back; one that was removed comes back with its own', async () => {
  go('build')
  const input = currentProject().graph.nodes.find(({ kind }) => kind === 'input')!
  const added = addField(input.id, 'input')
  go('data')
  const { mapping } = currentProject()
  setMapping({ ...mapping, inputs: { ...mapping.inputs, [added]: 'c-text' } })
  go('build')
  await undo()
  expect(currentProject().mapping.inputs).not.toHaveProperty(added)
  expect(told.at(-1)?.detail).toContain('Redo brings both back')
  await redo()
  expect(currentProject().mapping.inputs).toHaveProperty(added, 'c-text')
  removeField(input.id, added)
  go('data')
  setSplit({ ...currentProject().split, seed: 9 })
  go('build')
  await undo()
  expect(currentProject()).toMatchObject({ mapping: { inputs: { [added]: 'c-text' } }, split: { seed: 9 } })
})

test('what another tab saves does not take the undo of this one away', async () => {
  go('build')
  const node = addNode('signature', { x: 0, y: 0 })
  const { waitFor } = (await import('vitest')).vi
  await waitFor(() => expect(projectStore.getState().save.status).toBe('saved'), { timeout: 4_000 })
  const stored = await getProject(currentProject().id)
  await putProject({ ...stored!, name: 'Theirs', updatedAt: stored!.updatedAt + 100_000 })
  await waitFor(() => expect(currentProject().name).toBe('Theirs'))
  expect(hasStep('undo')).toBe(true)
  await undo()
  expect(currentProject()).toMatchObject({ name: 'Theirs' })
  expect(currentProject().graph.nodes.some(({ id }) => id === node)).toBe(false)
})

test('whatever is done and undone on all screens: no screen changes what another one shows, and the document stays whole', async () => {
  let models = 0
  const pick = <T>(items: readonly T[], n: number): T | undefined => items[n % Math.max(items.length, 1)]
  const edits: Record<string, readonly [UndoScreen, (n: number) => void]> = {
    add: ['build', () => void addNode('signature', { x: 0, y: 0 })],
    remove: ['build', n => removeItems([pick(currentProject().graph.nodes, n)?.id ?? ''])],
    rename: ['build', n => void renameNode(pick(currentProject().graph.nodes, n)?.id ?? '', `Step ${n}`)],
    field: ['build', n => void addField(pick(currentProject().graph.nodes, n)?.id ?? '', 'input')],
    unfield: ['build', n => withNode(n, node => removeField(node.id, node.fields[0]?.id ?? ''))],
    instruct: ['build', n => setInstructions(pick(Object.keys(currentProject().state), n) ?? '', `Say ${n}.`)],
    lm: ['build', n => setPredictorsLm(Object.keys(currentProject().state).slice(0, 1), pick(currentProject().models, n)?.id)],
    map: [
      'data',
      n => withNode(n, node => setMapping({ ...currentProject().mapping, inputs: { [node.fields[0]?.id ?? 'none']: 'c-text' } })),
    ],
    split: ['data', n => setSplit({ ...currentProject().split, seed: n })],
    metric: ['compile', n => setMetric({ kind: pick(['contains', 'exact-match'], n) ?? '', params: { n } })],
    model: ['compile', n => addModel({ ...currentProject().models[0]!, id: `model-${n}-${(models += 1)}` })],
    unmodel: ['compile', n => void removeModel(pick(currentProject().models, n)?.id ?? '')],
    role: ['compile', n => setRole('teacher', pick(currentProject().models, n)?.id)],
    name: ['runs', n => renameProject(`Name ${n}`)],
  }
  function withNode(n: number, change: (node: Project['graph']['nodes'][number]) => void): void {
    const node = pick(currentProject().graph.nodes, n)
    if (node !== undefined) change(node)
  }
  const kept: Record<string, readonly (keyof Project)[]> = {
    build: ['metric', 'optimizer', 'models', 'roles', 'split', 'datasetId', 'run'],
    data: ['graph', 'state', 'layout', 'metric', 'models', 'roles', 'optimizer'],
    compile: ['graph', 'layout', 'mapping', 'split', 'datasetId'],
    runs: ['graph', 'state', 'layout', 'metric', 'models', 'roles', 'optimizer', 'mapping', 'split'],
  }
  const action = fc.tuple(
    fc.constantFrom(...Object.keys(edits), 'undo', 'undo', 'undo', 'redo'),
    fc.nat(9),
    fc.constantFrom(...Object.keys(kept)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async actions => {
      showProject(toyProject())
      for (const [name, n, screen] of actions) {
        const before = currentProject()
        const made = edits[name]
        if (made !== undefined) {
          go(made[0])
          made[1](n)
          continue
        }
        go(screen as UndoScreen)
        const back = name === 'undo' ? redo : undo
        await (name === 'undo' ? undo() : redo())
        const after = currentProject()
        for (const key of kept[screen] ?? []) expect(after[key], `${name} on ${screen}: ${key}`).toEqual(before[key])
        expect([...looseEnds(after)].filter(end => !looseEnds(before).has(end))).toEqual([])
        const fields = new Set(after.graph.nodes.flatMap(node => node.fields.map(({ id }) => id)))
        expect(Object.keys(after.mapping.inputs).every(id => fields.has(id) || id in before.mapping.inputs)).toBe(true)
        if (after === before) continue
        await back()
        expect({ ...currentProject(), updatedAt: 0 }).toEqual({ ...before, updatedAt: 0 })
        await (name === 'undo' ? undo() : redo())
        expect(currentProject()).toEqual(after)
      }
    }),
    { numRuns: 60 },
  )
})
