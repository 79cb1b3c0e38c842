import { beforeEach, describe, expect, it } from 'vitest'
import { checkGraph } from '@/engine/graph/check'
import { waysOf } from '@/engine/modules/branch'
import type { BranchNode } from '@/engine/program/program'
import { blankProject } from '../blank-project'
import { currentProject, setStoreClock, showProject } from '../project-store'
import { undo } from '../undo'
import { addNode, connect, connectNew, duplicateNodes } from './graph-edits'
import { removeField, updateField } from './node-edits'
import { setOutputType } from './retype'
import { addWay, setDecidingInput, setHandedInput, setWayRule } from './way-edits'

let time = 0
beforeEach(() => {
  time = 0
  setStoreClock(() => (time += 10_000))
  showProject(blankProject('project_1', 'Test', 0))
})

const at = { x: 0, y: 0 }
const colour = { kind: 'enum', values: ['dark red', 'green'] } as const
const branchOf = (id: string) => currentProject().graph.nodes.find(node => node.id === id) as BranchNode
const idOf = (node: string, name: string, role?: string) =>
  currentProject()
    .graph.nodes.find(({ id }) => id === node)!
    .fields.find(field => field.name === name && (role === undefined || field.role === role))!.id
const rulesOf = (id: string) => waysOf(branchOf(id)).map(({ output, rule }) => [output.name, rule])

describe('a branch on the canvas', () => {
  it('starts with two ways of which one is taken, typed as the wire it came from', () => {
    const input = addNode('input', at)
    updateField(input, idOf(input, 'text'), { type: { kind: 'int' } })
    const id = connectNew('branch', at, { node: input, field: idOf(input, 'text'), side: 'from' })
    expect(rulesOf(id)).toEqual([
      ['yes', { when: 'return Boolean(inputs.text)' }],
      ['no', undefined],
    ])
    expect(branchOf(id).fields.map(({ type }) => type.kind)).toEqual(['int', 'int', 'int'])
  })

  it('is typed by the input it is to feed, too', () => {
    const step = addNode('signature', at)
    updateField(step, idOf(step, 'question'), { type: colour })
    const id = connectNew('branch', at, { node: step, field: idOf(step, 'question'), side: 'to' })
    expect(branchOf(id).fields.map(({ name, type }) => [name, type])).toEqual(['value', 'question', 'no'].map(name => [name, colour]))
    expect(currentProject().graph.edges).toHaveLength(1)
  })

  it('follows what its fields are called, and lets go of one that goes', () => {
    const id = addNode('branch', at)
    updateField(id, idOf(id, 'yes'), { name: 'big' })
    updateField(id, idOf(id, 'value'), { name: 'order' })
    expect(branchOf(id).moduleParams).toEqual({ gives: 'order', ways: { big: { when: 'return Boolean(inputs.value)' } } })
    removeField(id, idOf(id, 'big'))
    expect(rulesOf(id)).toEqual([['no', undefined]])
    void undo()
    expect(rulesOf(id).map(([name]) => name)).toEqual(['big', 'no'])
  })

  it('gets a way for each value of a list, and keeps its wires', () => {
    const id = addNode('branch', at)
    const output = addNode('output', at)
    expect(connect({ node: id, field: idOf(id, 'yes') }, { node: output, field: idOf(output, 'answer') })).toEqual({ ok: true })
    updateField(id, idOf(id, 'value'), { type: colour })
    setDecidingInput(id, 'value')
    expect(rulesOf(id)).toEqual([
      ['dark_red', { is: 'dark red' }],
      ['green', { is: 'green' }],
    ])
    expect(currentProject().graph.edges).toHaveLength(1)
    // The other way meets it in the same input.
    expect(connect({ node: id, field: idOf(id, 'green') }, { node: output, field: idOf(output, 'answer') })).toEqual({ ok: true })
    expect(checkGraph(currentProject().graph).filter(({ edge }) => edge !== undefined)).toEqual([])
    setDecidingInput(id, undefined)
    expect(rulesOf(id)[0]).toEqual(['dark_red', { when: 'return inputs.value === "dark red"' }])
  })

  it('gets more ways, for all else or for a condition to be written', () => {
    const id = addNode('branch', at)
    addWay(id)
    expect(rulesOf(id).at(-1)).toEqual(['way', { when: 'return false' }])
    setWayRule(id, 'no', { when: 'return true' })
    addWay(id)
    expect(rulesOf(id).at(-1)).toEqual(['way_2', undefined])
  })

  it('types its ways by what it hands on, up to where a program answers', () => {
    const step = addNode('signature', at)
    const id = connectNew('branch', at, { node: step, field: idOf(step, 'answer'), side: 'from' })
    const output = addNode('output', at)
    for (const way of ['yes', 'no'])
      expect(connect({ node: id, field: idOf(id, way) }, { node: output, field: idOf(output, 'answer') })).toEqual({ ok: true })
    setOutputType('answer', colour)
    expect(branchOf(id).fields.map(({ type }) => type)).toEqual([colour, colour, colour])
    expect(
      currentProject()
        .graph.nodes.find(node => node.id === step)
        ?.fields.find(({ name }) => name === 'answer')?.type,
    ).toEqual(colour)
    setHandedInput(id, 'answer')
    expect(branchOf(id).moduleParams['gives']).toBe('answer')
  })

  it('is copied with its rules', () => {
    const id = addNode('branch', at)
    const [copy = ''] = duplicateNodes([id])
    updateField(copy, idOf(copy, 'yes'), { name: 'other' })
    expect([rulesOf(id)[0]?.[0], rulesOf(copy)[0]?.[0]]).toEqual(['yes', 'other'])
  })
})
