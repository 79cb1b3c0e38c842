import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { voteProgram } from '@/engine/modules/vote-program'
import { bodiesOf } from '@/engine/program/bodies'
import type { Project } from '@/engine/project/project'
import { editDataset } from '@/storage/dataset-edits'
import { deleteDataset, readRows } from '@/storage/datasets'
import { useDatabase } from '@/storage/db'
import { getProject, putProject } from '@/storage/projects'
import { go, openUndoProject, undoRows, type UndoScreen } from '@/testing/undo-project'
import { setCell } from '../data/dataset-commands'
import type { Notice } from '../session/notices'
import { addNode, removeItems, renameNode } from './edits/graph-edits'
import { addModel, removeModel, renameProject, setMetric, setOptimizer, setSplit } from './edits/project-edits'
import { setPredictorsLm } from './edits/state-edits'
import type { Direction } from './history'
import { allowEdits, closeProject, currentProject, flushSave, projectStore, setStoreClock, showProject } from './project-store'
import { openBody } from './shown-program'
import { hasStep, nextStep, redo, undo } from './undo'
import { undoWords } from './undo-words'

let databases = 0
let told: Notice[] = []

beforeEach(async () => {
  databases += 1
  await useDatabase(`refused-steps-${databases}`)
  told = await openUndoProject()
})
afterEach(async () => {
  await closeProject()
  window.location.hash = ''
  setStoreClock(Date.now)
})

/** What another tab does to the project: it is shown here as soon as it is stored. */
async function changeElsewhere(change: (project: Project) => Project): Promise<void> {
  await flushSave()
  const stored = await getProject(currentProject().id)
  if (stored === undefined) throw new Error('not stored')
  const updatedAt = stored.updatedAt + 1_000_000
  await putProject({ ...change(stored), updatedAt })
  await vi.waitFor(() => expect(currentProject().updatedAt).toBe(updatedAt))
}

function renamed(name: string): (project: Project) => Project {
  return project => ({ ...project, graph: { ...project.graph, nodes: project.graph.nodes.map(node => ({ ...node, name })) } })
}

function labels(direction: Direction): readonly string[] {
  return projectStore.getState().history[direction].map(({ label }) => label)
}

test('a step that can never be undone leaves the list, so that the next key reaches the one before it', async () => {
  go('build')
  const node = addNode('signature', { x: 0, y: 0 })
  renameNode('classify', 'Mine')
  await changeElsewhere(renamed('Theirs'))
  await undo()
  expect(told.at(-1)).toMatchObject({ title: '“Rename node” can no longer be undone' })
  expect(told.at(-1)?.detail).toMatch(/changed again, or removed, since then\. The next Undo here is for “Add /)
  expect(currentProject().graph.nodes.every(({ name }) => name === 'Theirs')).toBe(true)
  await changeElsewhere(project => ({ ...project, graph: { ...project.graph, nodes: [] } }))
  await undo()
  expect(currentProject().graph.nodes.some(({ id }) => id === node)).toBe(false)
  expect(hasStep('undo')).toBe(false)
})

test('a step that can never be redone leaves the list with words of its own', async () => {
  go('build')
  renameNode('classify', 'First')
  renameNode('in', 'Second')
  await undo()
  await undo()
  await changeElsewhere(renamed('Theirs'))
  await redo()
  expect(told.at(-1)).toMatchObject({ title: '“Rename node” can no longer be redone' })
  expect(told.at(-1)?.detail).toContain('The next Redo here is for “Rename node”.')
  await redo()
  expect(told.at(-1)?.detail).not.toContain('next Redo')
  expect(labels('redo')).toEqual([])
})

test('a redo that a later step stands in the way of names that step as the one to undo first', async () => {
  go('compile')
  addModel({ ...currentProject().models[0]!, id: 'second', label: 'Second' })
  removeModel('second')
  await undo()
  go('build')
  setPredictorsLm(['classify'], 'second')
  go('compile')
  const before = currentProject()
  await redo()
  expect(currentProject()).toBe(before)
  expect(told.at(-1)).toMatchObject({
    title: '“Remove model” cannot be redone now',
    detail: '“Change model of step” was done after it, on Build. Undo that first.',
    action: { label: 'Go to Build' },
  })
  told.at(-1)?.action?.run()
  await undo()
  go('compile')
  await redo()
  expect(currentProject().models.map(({ id }) => id)).toEqual(['sandbox'])
})

test('rows whose dataset is gone are not in the way of the steps before them', async () => {
  go('data')
  setSplit({ ...currentProject().split, seed: 7 })
  await setCell('data', undoRows[0]!, { column: 'c-text', value: 'mine' })
  await deleteDataset('data')
  await undo()
  expect(told.at(-1)).toMatchObject({ title: '“Edit cell” can no longer be undone' })
  expect(told.at(-1)?.detail).toContain('no longer stored')
  expect(told.at(-1)?.detail).toContain('The next Undo here is for “Change split”.')
  await undo()
  expect(currentProject().split.seed).not.toBe(7)
})

test('what another tab has undone already is passed over, and said where nothing else is left', async () => {
  go('build')
  renameNode('in', 'Mine')
  const node = addNode('signature', { x: 0, y: 0 })
  await changeElsewhere(project => ({
    ...project,
    graph: { ...project.graph, nodes: project.graph.nodes.filter(({ id }) => id !== node) },
    state: Object.fromEntries(Object.entries(project.state).filter(([id]) => id !== node)),
    layout: Object.fromEntries(Object.entries(project.layout).filter(([id]) => id !== node)),
  }))
  await undo()
  expect(currentProject().graph.nodes.map(({ name }) => name)).toContain('Input')
  expect(labels('undo')).toEqual([])
  expect(labels('redo')).toEqual(['Rename node'])

  go('data')
  await setCell('data', undoRows[0]!, { column: 'c-text', value: 'mine' })
  await editDataset('data', { kind: 'cell', row: 'r0', column: 'c-text', from: 'mine', to: undoRows[0]!.cells['c-text']! })
  await undo()
  expect(told.at(-1)).toMatchObject({ title: '“Edit cell” has been undone already' })
  expect(hasStep('undo')).toBe(false)
})

test('an edit whose result is equal to what was there is no step', () => {
  const before = currentProject()
  setMetric(structuredClone(before.metric))
  setSplit({ ...before.split })
  expect(currentProject()).toBe(before)
  expect(labels('undo')).toEqual([])
})

test('a read-only project is not changed by undo and redo, and says so instead of what they would do', async () => {
  go('build')
  addNode('signature', { x: 0, y: 0 })
  renameNode('classify', 'Mine')
  await undo()
  expect(undoWords('undo')).toMatch(/^add /)
  go('data')
  await setCell('data', undoRows[0]!, { column: 'c-text', value: 'mine' })
  await changeElsewhere(project => ({ ...project, optimizer: { ...project.optimizer, id: 'not-known-here' } }))
  const shown = currentProject()
  for (const screen of ['build', 'data', 'settings'] as const) {
    go(screen)
    for (const direction of ['undo', 'redo'] as const) {
      expect(hasStep(direction)).toBe(false)
      expect(undoWords(direction)).toBe('this project is read-only, the bar below says why.')
      await (direction === 'undo' ? undo() : redo())
    }
  }
  expect(currentProject()).toBe(shown)
  expect((await readRows('data'))[0]?.cells['c-text']).toBe('mine')
  // Nor are rows edited, which nothing could take back.
  await setCell('data', undoRows[1]!, { column: 'c-text', value: 'more' })
  expect(told.at(-1)).toMatchObject({ title: 'The cell was not saved' })
  expect(await readRows('data')).toMatchObject([{}, undoRows[1]!, {}, {}, {}, {}])
  allowEdits()
  go('data')
  expect(nextStep('undo')).toBe('Edit cell')
  await undo()
  expect((await readRows('data'))[0]).toEqual(undoRows[0])
})

test('the hint at another screen names a step that is there, and is none where nothing can be undone', async () => {
  go('compile')
  setOptimizer('gepa')
  go('data')
  await setCell('data', undoRows[0]!, { column: 'c-text', value: 'mine' })
  go('build')
  expect(undoWords('undo')).toBe('nothing here. The last change was on Data.')
  await changeElsewhere(({ datasetId: _gone, ...project }) => project)
  expect(undoWords('undo')).toBe('nothing here. The last change was on Compile.')
  await undo()
  expect(told.at(-1)).toMatchObject({ title: 'Nothing to undo here', action: { label: 'Go to Compile' } })
  told.at(-1)?.action?.run()
  await undo()
  go('build')
  expect(hasStep('undo')).toBe(false)
  expect(undoWords('undo')).toBeUndefined()
  expect(undoWords('redo')).toBe('nothing here. The last undone change was on Compile.')
  await redo()
  expect(told.at(-1)).toMatchObject({
    title: 'Nothing to redo here',
    detail: 'The change that was undone last, “Change optimizer”, was made on Compile.',
  })
})

test('a step in a program that is gone is named nowhere', async () => {
  const { graph, state } = currentProject()
  showProject({ ...currentProject(), ...voteProgram(graph, [state, state], 'majority') })
  go('build')
  const vote = currentProject().graph.nodes.find(node => node.kind === 'vote')
  openBody(`${vote!.id}/${bodiesOf(vote)[0]!.id}`)
  addNode('signature', { x: 0, y: 0 })
  go('data')
  expect(undoWords('undo')).toMatch(/The last change was on Build, in “/)
  projectStore.setState({ project: { ...currentProject(), graph, state } })
  for (const screen of ['data', 'build'] as const) {
    go(screen)
    expect(hasStep('undo')).toBe(false)
    expect(undoWords('undo')).toBeUndefined()
  }
})

test('whatever was done here and in other tabs: each key takes a step back, forgets it, or names a later one that can be reached', async () => {
  const pick = <T>(items: readonly T[], n: number): T | undefined => items[n % Math.max(items.length, 1)]
  let models = 0
  const edits: Record<string, readonly [UndoScreen, (n: number) => void]> = {
    add: ['build', () => void addNode('signature', { x: 0, y: 0 })],
    remove: ['build', n => removeItems([pick(currentProject().graph.nodes, n)?.id ?? ''])],
    rename: [
      'build',
      n => currentProject().graph.nodes.length > 0 && void renameNode(pick(currentProject().graph.nodes, n)?.id ?? '', `Step ${n}`),
    ],
    lm: ['build', n => setPredictorsLm(Object.keys(currentProject().state).slice(0, 1), pick(currentProject().models, n)?.id)],
    split: ['data', n => setSplit({ ...currentProject().split, seed: n })],
    metric: ['compile', n => setMetric({ kind: 'contains', params: { n } })],
    model: ['compile', () => addModel({ ...currentProject().models[0]!, id: `model-${(models += 1)}` })],
    unmodel: ['compile', n => void removeModel(pick(currentProject().models, n)?.id ?? '')],
    name: ['runs', n => renameProject(`Name ${n}`)],
  }
  const elsewhere: Record<string, (project: Project, n: number) => Project> = {
    theirName: renamed('Theirs'),
    theirSplit: (project, n) => ({ ...project, split: { ...project.split, seed: 100 + n } }),
    theirMetric: (project, n) => ({ ...project, metric: { kind: 'contains', params: { n: 100 + n } } }),
    theirProgram: project => ({ ...project, graph: { ...project.graph, nodes: [], edges: [] }, state: {}, layout: {} }),
  }
  const screens = ['build', 'data', 'compile', 'runs'] as const
  const action = fc.tuple(
    fc.constantFrom(...Object.keys(edits), ...Object.keys(edits), ...Object.keys(elsewhere), 'undo', 'undo', 'redo'),
    fc.nat(9),
    fc.constantFrom(...screens),
  )
  const start = currentProject()
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async actions => {
      projectStore.setState({ project: start, history: { undo: [], redo: [] } })
      for (const [name, n, screen] of actions) {
        const made = edits[name]
        const foreign = elsewhere[name]
        if (made !== undefined) {
          go(made[0])
          made[1](n)
        } else if (foreign !== undefined) projectStore.setState({ project: foreign(currentProject(), n) })
        else {
          go(screen)
          await (name === 'undo' ? undo() : redo())
        }
      }
      for (const direction of ['undo', 'redo'] as const) {
        for (const screen of screens) {
          go(screen)
          while (nextStep(direction) !== undefined) {
            const count = labels(direction).length
            const order = projectStore.getState().history[direction].findLast(({ label }) => label === nextStep(direction))?.order
            told.length = 0
            await (direction === 'undo' ? undo() : redo())
            if (labels(direction).length < count) continue
            const [, later, remedy] = /^“(.*)” was .* (Undo|Redo) that first\.$/.exec(told.at(-1)?.detail ?? '') ?? []
            expect(told.at(-1)?.title).toMatch(new RegExp(`cannot be ${direction === 'undo' ? 'undone' : 'redone'} now$`))
            const list = projectStore.getState().history[remedy === 'Undo' ? 'undo' : 'redo']
            expect(list.some(entry => entry.label === later && entry.order > (order ?? Infinity))).toBe(true)
            break
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})
