import { expect, test } from 'vitest'
import type { ProgramGraph } from '@/engine/program/program'
import { missingMatches } from './fill-mapping'

const str = { kind: 'str' } as const
const graph: ProgramGraph = {
  nodes: [
    {
      kind: 'input',
      id: 'in',
      name: 'input',
      fields: [
        { id: 'text', name: 'text', role: 'output', type: str, desc: '' },
        { id: 'title', name: 'title', role: 'output', type: str, desc: '' },
      ],
    },
    { kind: 'output', id: 'out', name: 'output', fields: [{ id: 'answer', name: 'answer', role: 'input', type: str, desc: '' }] },
  ],
  edges: [],
}
const columns = ['text', 'title', 'answer'].map(name => ({ id: `c_${name}`, name, type: 'str' as const }))

test('matches what nothing was chosen for', () => {
  expect(missingMatches({ graph, mapping: { inputs: {}, labels: {} } }, columns)).toEqual({
    inputs: { text: 'c_text', title: 'c_title' },
    labels: { answer: 'c_answer' },
  })
})

test('keeps what was chosen by hand and takes no column twice', () => {
  const mapping = { inputs: { text: 'c_title' }, labels: { answer: 'c_text' } }
  expect(missingMatches({ graph, mapping }, columns)).toEqual({ inputs: {}, labels: {} })
})

test('an input whose column is gone is matched again', () => {
  const mapping = { inputs: { text: 'old', title: 'c_title' }, labels: { answer: 'c_answer' } }
  expect(missingMatches({ graph, mapping }, columns)).toEqual({ inputs: { text: 'c_text' }, labels: {} })
})
