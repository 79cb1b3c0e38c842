import { beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { predictorsOfNode } from '@/engine/graph/predictors'
import { checkGraph } from '@/engine/graph/check'
import { outputFields } from '@/engine/graph/ports'
import { blankProject } from '../blank-project'
import { currentProject, setStoreClock, showProject } from '../project-store'
import { undo } from '../undo'
import { addNode, connect } from './graph-edits'
import { addField, arrangeTools, setModule, setModuleParams, setSignatureLine, updateField } from './node-edits'
import { onNotice } from '../../session/notices'
import { setMetric } from './project-edits'
import { setLock } from './state-edits'

let time = 0
const at = { x: 0, y: 0 }

beforeEach(() => {
  time = 0
  setStoreClock(() => time)
  showProject(blankProject('project_1', 'Test', 0))
})

function step(module: string, line = 'text -> answer'): string {
  const id = addNode('signature', at)
  setSignatureLine(id, line)
  time += 10_000
  setModule(id, module)
  time += 10_000
  return id
}

function nodeOf(id: string) {
  const node = currentProject().graph.nodes.find(each => each.id === id)
  if (node?.kind !== 'signature') throw new Error(`no step ${id}`)
  return node
}

const keys = (id: string) => predictorsOfNode(currentProject().graph, id).map(predictor => predictor.key)

test('typing into one setting is one step of undo, another setting the next', () => {
  const id = step('best-of-n')
  setModuleParams(id, { N: 1 })
  setModuleParams(id, { N: 12 })
  setModuleParams(id, { N: 12, threshold: 0.5 })
  expect(nodeOf(id).moduleParams).toEqual({ N: 12, threshold: 0.5 })
  void undo()
  expect(nodeOf(id).moduleParams).toEqual({ N: 12 })
  void undo()
  expect(nodeOf(id).moduleParams).toEqual({})
})

test('places within one setting are steps of their own, and so is each arrangement', () => {
  const id = step('react')
  const tool = { name: 'look', desc: '', args: [], source: 'return 1' }
  arrangeTools(id, 'Add tool', { tools: [tool] })
  setModuleParams(id, { tools: [{ ...tool, name: 'look_u' }] }, 'tools.0.name')
  setModuleParams(id, { tools: [{ ...tool, name: 'look_up' }] }, 'tools.0.name')
  setModuleParams(id, { tools: [{ ...tool, name: 'look_up', desc: 'Looks.' }] }, 'tools.0.desc')
  void undo()
  expect(nodeOf(id).moduleParams).toEqual({ tools: [{ ...tool, name: 'look_up' }] })
  void undo()
  expect(nodeOf(id).moduleParams).toEqual({ tools: [tool] })
  void undo()
  expect(nodeOf(id).moduleParams).toEqual({})
})

test('an equal value leaves no step', () => {
  const id = step('best-of-n')
  setModuleParams(id, { N: 4 })
  setModuleParams(id, { N: 4 })
  void undo()
  expect(nodeOf(id).moduleParams).toEqual({})
})

test('a setting that does not fit is kept as typed, is told, and takes no wire, output or learned state', () => {
  const id = step('best-of-n')
  const output = addNode('output', at)
  const why = addField(output, 'input', { name: 'why' })
  const reasoning = outputFields(nodeOf(id)).find(field => field.name === 'reasoning')
  expect(connect({ node: id, field: reasoning?.id ?? '' }, { node: output, field: why })).toEqual({ ok: true })
  const before = currentProject()
  const unfit: readonly JsonObject[] = [{ N: 0 }, { N: 2.5 }, { module: 'nothing' }, { reward: '' }, { N: 'many', threshold: 2 }]
  for (const params of unfit) {
    time += 10_000
    setModuleParams(id, params)
    expect(nodeOf(id).moduleParams).toEqual(params)
    expect(outputFields(nodeOf(id))).toEqual(outputFields(before.graph.nodes.find(node => node.id === id)!))
    expect(currentProject().state).toEqual(before.state)
    expect(currentProject().graph.edges).toEqual(before.graph.edges)
    expect(checkGraph(currentProject().graph).some(problem => problem.node === id && /does not fit/.test(problem.message))).toBe(true)
  }
})

test('another module inside takes what it added with it, and undo brings it back', () => {
  const id = step('best-of-n')
  setModuleParams(id, { module: 'predict' })
  expect(outputFields(nodeOf(id)).map(field => field.name)).toEqual(['answer'])
  void undo()
  expect(outputFields(nodeOf(id)).map(field => field.name)).toEqual(['reasoning', 'answer'])
})

test('a new module keeps the settings that it knows, too', () => {
  const id = step('best-of-n')
  setModuleParams(id, { N: 5, reward: '() => 1' })
  time += 10_000
  setModule(id, 'refine')
  // What a new Refine starts from, as BestOfN does by default.
  expect(nodeOf(id).moduleParams).toEqual({ N: 5, reward: '() => 1', threshold: 1 })
  setModule(id, 'predict')
  expect(nodeOf(id).moduleParams).toEqual({})
})

test('one predictor is locked for itself, and unlocked out of a step that is locked as a whole', () => {
  const id = step('react')
  expect(keys(id)).toEqual(['react', 'extract'])
  setLock(id, 'demos', true, 'react')
  expect(nodeOf(id)).toMatchObject({ slotLocks: { react: { demos: true } } })
  expect(nodeOf(id).locks).toBeUndefined()
  setLock(id, 'demos', true)
  expect(nodeOf(id).locks).toEqual({ demos: true })
  expect(nodeOf(id).slotLocks).toBeUndefined()
  setLock(id, 'demos', false, 'extract')
  expect(nodeOf(id).locks).toBeUndefined()
  expect(nodeOf(id).slotLocks).toEqual({ react: { demos: true } })
  setLock(id, 'demos', false)
  expect(nodeOf(id).slotLocks).toBeUndefined()
})

test('locks of predictors that a new module does not have go', () => {
  const id = step('react')
  setLock(id, 'instructions', true, 'react')
  setModule(id, 'predict')
  expect(nodeOf(id).slotLocks).toBeUndefined()
  void undo()
  expect(nodeOf(id).slotLocks).toEqual({ react: { instructions: true } })
})

test('a metric chosen again has the settings it had', () => {
  const rubric = { kind: 'rubric-judge', params: { criteria: 'Polite, and right.' } }
  setMetric(rubric)
  time += 10_000
  setMetric({ kind: 'exact-match', params: { field: 'answer' } })
  expect(currentProject().otherMetrics?.['rubric-judge']).toEqual(rubric.params)
  time += 10_000
  setMetric(rubric)
  expect(currentProject().otherMetrics?.['exact-match']).toEqual({ field: 'answer' })
  const output = currentProject().graph.nodes.find(({ kind }) => kind === 'output')?.id ?? addNode('output', at)
  addField(output, 'input', { name: 'answer' })
  const field = currentProject()
    .graph.nodes.find(({ id }) => id === output)
    ?.fields.find(({ name }) => name === 'answer')
  updateField(output, field?.id ?? '', { name: 'reply' })
  expect(currentProject().otherMetrics?.['exact-match']).toEqual({ field: 'reply' })
})

test('what a change of module takes away is said, and undo brings it back', () => {
  const said: string[] = []
  const stop = onNotice(({ title, detail }) => said.push(`${title}. ${detail}`))
  const id = step('react')
  setModuleParams(id, { tools: [{ name: 'look', desc: '', args: [], source: 'return 1' }], max_iters: 6 })
  const params = nodeOf(id).moduleParams
  time += 10_000
  setModule(id, 'chain-of-thought')
  expect(said).toEqual([
    expect.stringMatching(/no longer has its tools and its most steps\. ChainOfThought has no place for them\. Undo brings/i),
  ])
  void undo()
  expect(nodeOf(id).moduleParams).toEqual(params)
  setModule(id, 'best-of-n')
  setModuleParams(id, { N: 3, reward: '() => 1' })
  said.length = 0
  setModule(id, 'refine')
  expect(said).toEqual([])
  stop()
})

test('a field of a vote is another name at its ends, and changes neither instructions nor demos of the steps within', () => {
  const id = addNode('vote', at)
  const vote = () => {
    const node = currentProject().graph.nodes.find(each => each.id === id)
    if (node?.kind !== 'vote') throw new Error('no vote')
    return node
  }
  const before = currentProject().state
  const inner = vote().bodies.map(({ graph }) => graph.nodes.filter(({ kind }) => kind === 'signature'))
  const field = outputFields(vote())[0]
  time += 10_000
  updateField(id, field?.id ?? '', { name: 'reply' })
  time += 10_000
  addField(id, 'input', { name: 'hint' })
  expect(currentProject().state).toEqual(before)
  expect(vote().bodies.map(({ graph }) => graph.nodes.filter(({ kind }) => kind === 'signature'))).toEqual(inner)
  for (const { graph } of vote().bodies) {
    expect(graph.nodes.find(({ kind }) => kind === 'output')?.fields.map(({ name }) => name)).toEqual(['reply'])
    expect(graph.nodes.find(({ kind }) => kind === 'input')?.fields.map(({ name }) => name)).toContain('hint')
  }
})

test('a predictor with a task of its own keeps it when the module is chosen, and the others are told what the step was', () => {
  const id = step('rlm')
  const told = (key: string) => currentProject().state[`${id}.${key}`]?.instructions
  expect(told('sub_lm')).toBe('Do what the prompt asks.')
  expect(told('extract')).toBe(told('generate_action'))
  expect(told('extract')).toContain('`answer`')
})
