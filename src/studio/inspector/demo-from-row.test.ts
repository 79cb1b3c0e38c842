import { expect, it } from 'vitest'
import type { ProgramGraph } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import { demoFromRow, inputSources } from './demo-from-row'

const field = (id: string, role: Field['role'], name = id): Field => ({ id, name, role, type: { kind: 'str' }, desc: '' })
const first = [field('a', 'input', 'ticket'), field('gist', 'output')]
const second = [field('b', 'input', 'summary'), field('label', 'output')]
const graph: ProgramGraph = {
  nodes: [
    { kind: 'input', id: 'in', name: 'In', fields: [field('text', 'output')] },
    { kind: 'signature', id: 'one', name: 'One', module: 'predict', moduleParams: {}, fields: first },
    { kind: 'signature', id: 'two', name: 'Two', module: 'predict', moduleParams: {}, fields: second },
    { kind: 'output', id: 'out', name: 'Out', fields: [field('category', 'input')] },
  ],
  edges: [
    { id: 'e1', from: { node: 'in', field: 'text' }, to: { node: 'one', field: 'a' } },
    { id: 'e2', from: { node: 'one', field: 'gist' }, to: { node: 'two', field: 'b' } },
    { id: 'e3', from: { node: 'two', field: 'label' }, to: { node: 'out', field: 'category' } },
  ],
}
const example = { id: 'r', inputs: { text: 'stuck lift' }, labels: { category: 'repair', gist: 'lift' } }

it('takes inputs along the wires, whatever the fields are called', () => {
  expect(inputSources(graph, 'one', { example })).toEqual({ ticket: { value: 'stuck lift' } })
})

it('takes inner values from the last run, and says where one would come from without it', () => {
  expect(inputSources(graph, 'two', { example })).toEqual({ summary: { missing: 'gist from One' } })
  const nodes = { one: { status: 'done', outputs: { gist: 'lift' } } } as const
  expect(inputSources(graph, 'two', { example, nodes })).toEqual({ summary: { value: 'lift' } })
})

it('makes a demo of what a row knows: labels of the program output it is wired to, else of the same name', () => {
  expect(demoFromRow(graph, 'one', first, { example })).toEqual({ ticket: 'stuck lift', gist: 'lift' })
  expect(demoFromRow(graph, 'two', second, { example })).toEqual({ label: 'repair' })
})
