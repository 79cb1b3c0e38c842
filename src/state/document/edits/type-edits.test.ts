import { beforeEach, expect, it } from 'vitest'
import type { ClassType } from '@/engine/signature/types/field-type'
import { toyProject } from '@/testing/toy-project'
import { currentProject, projectStore } from '../project-store'
import { undo } from '../undo'
import { addType, changeType, knownTypes, removeType, takeTypeEverywhere } from './type-edits'

const address: ClassType = { kind: 'class', name: 'Address', fields: [{ name: 'city', type: { kind: 'str' } }] }
const person: ClassType = { kind: 'class', name: 'Person', fields: [{ name: 'home', type: address }] }

/** The toy, whose signature answers a list of persons, with one demo. */
beforeEach(() => {
  const toy = toyProject()
  const graph = {
    ...toy.graph,
    nodes: toy.graph.nodes.map(node =>
      node.kind !== 'signature'
        ? node
        : {
            ...node,
            fields: node.fields.map(field => (field.role === 'output' ? { ...field, type: { kind: 'list' as const, of: person } } : field)),
          },
    ),
  }
  const node = graph.nodes.find(({ kind }) => kind === 'signature')
  const output = node?.fields.find(({ role }) => role === 'output')
  const state = Object.fromEntries(
    Object.entries(toy.state).map(([id, learned]) => [id, { ...learned, demos: [{ [output?.name ?? '']: [{ home: { city: 'Bonn' } }] }] }]),
  )
  projectStore.setState({ project: { ...toy, types: [], graph, state } })
})

const outputType = () =>
  currentProject()
    .graph.nodes.find(({ kind }) => kind === 'signature')
    ?.fields.find(({ role }) => role === 'output')?.type

it('knows the types that only a program uses, and keeps them with the first edit', () => {
  expect(
    knownTypes()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['Address', 'Person'])
  addType({ kind: 'enum-class', name: 'Mood', members: [{ name: 'GLAD', value: 'glad' }] })
  expect(
    currentProject()
      .types?.map(({ name }) => name)
      .toSorted(),
  ).toEqual(['Address', 'Mood', 'Person'])
})

it('changes a type in other types, fields and demos, as one step', () => {
  const before = currentProject()
  const next: ClassType = { ...address, name: 'Place', fields: [{ name: 'town', type: { kind: 'str' } }] }
  changeType({ name: 'Address', next, renamed: new Map([['city', 'town']]) })
  expect(outputType()).toEqual({ kind: 'list', of: { ...person, fields: [{ name: 'home', type: next }] } })
  expect(JSON.stringify(currentProject().state)).toContain('[{"home":{"town":"Bonn"}}]')
  expect(
    knownTypes()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['Person', 'Place'])
  void undo()
  expect(currentProject().graph).toEqual(before.graph)
  expect(currentProject().state).toEqual(before.state)
})

it('leaves what a type holds where the type is deleted', () => {
  removeType('Address')
  expect(outputType()).toEqual({
    kind: 'list',
    of: { ...person, fields: [{ name: 'home', type: { kind: 'object', fields: { city: { kind: 'str' } } } }] },
  })
})

it('takes one of two types of a name for all uses', () => {
  const other: ClassType = { ...person, fields: [{ name: 'name', type: { kind: 'str' } }] }
  addType(other)
  takeTypeEverywhere(other)
  expect(outputType()).toEqual({ kind: 'list', of: other })
  expect(knownTypes().filter(({ name }) => name === 'Person')).toEqual([other])
})
