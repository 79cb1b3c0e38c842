import { expect, it } from 'vitest'
import type { ProgramGraph } from '@/engine/program/program'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { Field } from '@/engine/signature/signature'
import { createEdgeDeriver, createNodeDeriver, emptyOverlay } from './flow-items'
import { wireVerdicts } from './wire-legality'

const field = (id: string, role: Field['role'], type: FieldType = { kind: 'str' }): Field => ({ id, name: id, role, type, desc: '' })
const graph: ProgramGraph = {
  nodes: [
    { kind: 'input', id: 'in', name: 'In', fields: [field('text', 'output')] },
    { kind: 'signature', id: 'one', name: 'One', module: 'predict', moduleParams: {}, fields: [field('a', 'input'), field('b', 'output')] },
    { kind: 'output', id: 'out', name: 'Out', fields: [field('x', 'input'), field('n', 'input', { kind: 'list', of: { kind: 'int' } })] },
  ],
  edges: [
    { id: 'e1', from: { node: 'in', field: 'text' }, to: { node: 'one', field: 'a' } },
    { id: 'e2', from: { node: 'one', field: 'b' }, to: { node: 'out', field: 'x' } },
  ],
}

it('says of each handle whether a new wire may end there, and why not', () => {
  const verdicts = wireVerdicts(graph, { end: { node: 'in', field: 'text' }, side: 'from' })
  expect([...verdicts.keys()]).toEqual(['one/a', 'out/x', 'out/n'])
  expect([...verdicts.values()].every(verdict => !verdict.ok)).toBe(true)
})

it('does not let a wire that was pulled off stand in its own way', () => {
  const verdicts = wireVerdicts(graph, { end: { node: 'in', field: 'text' }, side: 'from', edge: 'e1' })
  expect(verdicts.get('one/a')).toEqual({ ok: true })
  expect(verdicts.get('out/x')?.ok).toBe(false)
})

it('keeps the objects of nodes and wires that did not change', () => {
  const nodes = createNodeDeriver()
  const edges = createEdgeDeriver()
  const before = nodes(graph, {}, new Set(), emptyOverlay)
  const after = nodes({ ...graph }, { in: { x: 5, y: 0 } }, new Set(), emptyOverlay)
  expect(after[0]).not.toBe(before[0])
  expect(after[1]).toBe(before[1])
  const wires = edges(graph, new Set())
  expect(edges({ ...graph }, new Set(['e2']))[0]).toBe(wires[0])
  expect(edges({ ...graph }, new Set())[1]).toEqual(wires[1])
})
