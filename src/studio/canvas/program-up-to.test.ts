import { expect, it } from 'vitest'
import { checkGraph } from '@/engine/graph/check'
import type { ProgramGraph } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import { programUpTo } from './program-up-to'

const field = (id: string, role: Field['role']): Field => ({ id, name: id, role, type: { kind: 'str' }, desc: '' })
const graph: ProgramGraph = {
  nodes: [
    { kind: 'input', id: 'in', name: 'In', fields: [field('text', 'output')] },
    {
      kind: 'signature',
      id: 'one',
      name: 'One',
      module: 'chain-of-thought',
      moduleParams: {},
      fields: [field('a', 'input'), field('gist', 'output')],
    },
    {
      kind: 'signature',
      id: 'two',
      name: 'Two',
      module: 'predict',
      moduleParams: {},
      fields: [field('b', 'input'), field('label', 'output')],
    },
    { kind: 'code', id: 'side', name: 'Side', source: 'return { c: 1 }', fields: [field('d', 'input'), field('c', 'output')] },
    { kind: 'output', id: 'out', name: 'Out', fields: [field('answer', 'input')] },
  ],
  edges: [
    { id: 'e1', from: { node: 'in', field: 'text' }, to: { node: 'one', field: 'a' } },
    { id: 'e2', from: { node: 'one', field: 'gist' }, to: { node: 'two', field: 'b' } },
    { id: 'e3', from: { node: 'two', field: 'label' }, to: { node: 'out', field: 'answer' } },
    { id: 'e4', from: { node: 'in', field: 'text' }, to: { node: 'side', field: 'd' } },
  ],
}

it('keeps the node and what leads to it, and returns all it gives', () => {
  const part = programUpTo(graph, 'one')
  expect(part?.nodes.map(node => node.id)).toEqual(['in', 'one', 'one:end'])
  expect(part?.nodes.at(-1)?.fields.map(each => each.name)).toEqual(['reasoning', 'gist'])
  expect(part && checkGraph(part)).toEqual([])
})

it('is no program where no model is asked', () => {
  expect(programUpTo(graph, 'side')).toBeUndefined()
  expect(programUpTo(graph, 'in')).toBeUndefined()
})
