import { beforeEach, expect, it } from 'vitest'
import { checkGraph } from '@/engine/graph/check'
import type { VoteNode } from '@/engine/program/program'
import { toyProject } from '@/testing/toy-project'
import { oneStep, twoSteps, voteOf } from '@/testing/toy-programs'
import { sessionStore } from '../session/session-store'
import { addNode, autoLayout, moveNodes, removeItems, renameNode } from './edits/graph-edits'
import { layoutGraph } from './edits/layout'
import { addField, removeField, setNodeAdapter, setSignatureLine, updateField } from './edits/node-edits'
import { setInstructions, setLock } from './edits/state-edits'
import { currentProject, setStoreClock, showProject } from './project-store'
import { undo } from './undo'
import { leaveBody, openBody, shownPath, shownProject } from './shown-program'

let time = 0
const program = voteOf([oneStep(), twoSteps()])
beforeEach(() => {
  setStoreClock(() => (time += 10_000))
  const mapping = { inputs: { 'f-text': 'col_text' }, labels: { 'f-label': 'col_label' } }
  showProject({ ...toyProject(), ...program, mapping, layout: {} })
  openBody(undefined)
})

const vote = (): VoteNode => {
  const node = currentProject().graph.nodes.find(({ id }) => id === 'vote')
  if (node?.kind !== 'vote') throw new Error('a vote')
  return node
}

it('shows a body as a project of its own, and writes what is edited there into the whole', () => {
  openBody('vote/b2')
  expect(shownProject().graph.nodes.map(({ id }) => id)).toEqual(['in', 'extract', 'classify', 'out'])
  // A body that nobody has seen has places, too.
  expect(new Set(Object.values(shownProject().layout).map(({ x }) => x)).size).toBeGreaterThan(2)
  const before = currentProject()
  renameNode('extract', 'Find it')
  moveNodes({ extract: { x: 5, y: 6 } })
  setLock('classify', 'demos', true)
  expect(vote().bodies[1]?.graph.nodes.map(({ name }) => name)).toContain('Find it')
  expect(currentProject().layout['vote/b2/extract']).toEqual({ x: 5, y: 6 })
  expect(vote().bodies[0]).toEqual(before.graph.nodes[1]?.kind === 'vote' && before.graph.nodes[1].bodies[0])
  const added = addNode('signature', { x: 0, y: 0 })
  expect(currentProject().state[`vote/b2/${added}`]?.demos).toEqual([])
  setInstructions(added, 'Be brief.')
  expect(currentProject().state[`vote/b2/${added}`]?.instructions).toBe('Be brief.')
  removeItems([added])
  expect(Object.keys(currentProject().state).some(id => id.includes(added))).toBe(false)
  autoLayout(layoutGraph)
  for (let steps = 0; steps < 7; steps += 1) void undo()
  expect(currentProject()).toEqual(before)
})

it('keeps columns and metric, which belong to the whole, when a field of the same id changes in a body', () => {
  const { mapping, metric } = currentProject()
  openBody('vote/b1')
  updateField('out', 'f-label', { name: 'kind' })
  removeField('in', 'f-text')
  expect(currentProject()).toMatchObject({ mapping, metric })
  expect(checkGraph(currentProject().graph).filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0)
})

it('shows the adapter that a body inherits and does not write it into the body', () => {
  setNodeAdapter('vote', 'xml')
  openBody('vote/b1')
  expect(shownProject().graph.adapter).toBe('xml')
  renameNode('classify', 'Sort')
  expect(vote().bodies[0]?.graph).not.toHaveProperty('adapter')
  openBody(undefined)
  setNodeAdapter('vote', undefined)
  expect(vote()).not.toHaveProperty('adapter')
})

it('leads back to the step that holds the body, and out of a body that is gone', () => {
  openBody('vote/b1')
  expect(leaveBody()).toBe(true)
  expect(sessionStore.getState()).toMatchObject({ openBody: undefined, selectedNodes: ['vote'] })
  expect(leaveBody()).toBe(false)
  openBody('vote/b1')
  const inner = addNode('vote', { x: 0, y: 0 })
  openBody(`vote/b1/${inner}/b2`)
  expect(shownProject().graph.nodes).toHaveLength(3)
  void undo()
  expect(shownPath()).toBe('vote/b1')
  openBody(undefined)
  removeItems(['vote'])
  expect(currentProject().state).toEqual({})
  expect(currentProject().layout).toEqual({})
})

it('lets the ends of each body follow the fields of its step', () => {
  const errors = () => checkGraph(currentProject().graph).flatMap(({ severity, message }) => (severity === 'error' ? [message] : []))
  const ends = () =>
    vote().bodies.map(({ graph }) =>
      graph.nodes.flatMap(({ kind, fields }) => (kind === 'input' || kind === 'output' ? fields.map(({ name }) => name) : [])),
    )
  updateField('vote', 'f-text', { name: 'words' })
  expect(ends()).toEqual([
    ['words', 'label'],
    ['words', 'label'],
  ])
  updateField('vote', 'f-label', { desc: 'A colour.' })
  const added = addField('vote', 'input', { name: 'more' })
  expect(ends()).toEqual([
    ['words', 'more', 'label'],
    ['words', 'more', 'label'],
  ])
  removeField('vote', added)
  expect(errors()).toEqual([])
  setSignatureLine('vote', 'words, why -> label')
  expect(ends()).toEqual([
    ['words', 'why', 'label'],
    ['words', 'why', 'label'],
  ])
  removeField('vote', 'f-text')
  // The wires of what went are gone, within the programs as well.
  expect(vote().bodies.every(({ graph }) => graph.edges.every(({ from }) => from.node !== 'in'))).toBe(true)
})
