import { produce } from 'immer'
import { expect, it } from 'vitest'
import { checkGraph } from '@/engine/graph/check'
import { typesOfOutputs } from '@/engine/graph/ports'
import { bodiesOf } from '@/engine/program/bodies'
import type { ProgramGraph, ProgramNode } from '@/engine/program/program'
import type { FieldType } from '@/engine/signature/types/field-type'
import { retypeOutput } from './retype'

const few: FieldType = { kind: 'enum', values: ['a', 'b'] }
const more: FieldType = { kind: 'enum', values: ['a', 'b', 'c'] }
const str: FieldType = { kind: 'str' }
const field = (id: string, name: string, role: 'input' | 'output', type: FieldType) => ({ id, name, role, type, desc: '' })

function chain(step: ProgramNode, given: FieldType): ProgramGraph {
  return {
    nodes: [
      { id: 'in', kind: 'input', name: 'In', fields: [field('i', 'text', 'output', str)] },
      step,
      { id: 'out', kind: 'output', name: 'Out', fields: [field('o', 'label', 'input', given)] },
    ],
    edges: [
      { id: 'e1', from: { node: 'in', field: 'i' }, to: { node: step.id, field: 's_text' } },
      { id: 'e2', from: { node: step.id, field: 's_label' }, to: { node: 'out', field: 'o' } },
    ],
  }
}

const fields = [field('s_text', 'text', 'input', str), field('s_label', 'label', 'output', few)]
const signature: ProgramNode = { id: 's', kind: 'signature', name: 'Step', module: 'predict', moduleParams: {}, fields }
const vote: ProgramNode = {
  id: 'v',
  kind: 'vote',
  name: 'Vote',
  moduleParams: {},
  fields,
  bodies: [
    { id: 'b1', name: 'One', graph: chain(signature, few) },
    { id: 'b2', name: 'Two', graph: chain(signature, str) },
  ],
}
const retyped = (graph: ProgramGraph, type: FieldType): ProgramGraph => produce(graph, draft => retypeOutput(draft, 'label', type))

it('changes the step and the Output alike, and leaves an Output that takes any text', () => {
  const both = retyped(chain(signature, few), more)
  expect(typesOfOutputs(both)('label')).toEqual(more)
  expect(both.nodes.at(-1)?.fields[0]?.type).toEqual(more)
  expect(checkGraph(both)).toEqual([])
  expect(retyped(chain(signature, str), more).nodes.at(-1)?.fields[0]?.type).toEqual(str)
})

it('reaches the programs within a step, where the answer is made', () => {
  const graph = retyped(chain(vote, few), more)
  expect(checkGraph(graph)).toEqual([])
  const inner = graph.nodes.flatMap(node => ('bodies' in node ? bodiesOf(node) : [])).map(body => typesOfOutputs(body.graph)('label'))
  expect(inner).toEqual([more, more])
})

it('takes what else reads the answer along where it would not fit any more', () => {
  const reader: ProgramNode = {
    ...signature,
    id: 'r',
    name: 'Reader',
    fields: [field('r_label', 'label', 'input', few), field('r_note', 'note', 'output', str)],
  }
  const base = chain(signature, few)
  const graph: ProgramGraph = {
    nodes: [
      ...base.nodes.slice(0, 2),
      reader,
      { id: 'out', kind: 'output', name: 'Out', fields: [field('o', 'label', 'input', few), field('n', 'note', 'input', str)] },
    ],
    edges: [
      ...base.edges,
      { id: 'e3', from: { node: 's', field: 's_label' }, to: { node: 'r', field: 'r_label' } },
      { id: 'e4', from: { node: 'r', field: 'r_note' }, to: { node: 'out', field: 'n' } },
    ],
  }
  expect(checkGraph(graph)).toEqual([])
  expect(checkGraph(retyped(graph, more))).toEqual([])
})
