import { expect, test } from 'vitest'
import type { ProgramGraph } from '@/engine/program/program'
import { guessMapping } from '@/engine/data/mapping'
import { mappedFields, withColumn } from './mapping-facts'

const graph: ProgramGraph = {
  nodes: [
    { kind: 'input', id: 'in', name: 'input', fields: [{ id: 'f1', name: 'text', role: 'output', type: { kind: 'str' }, desc: '' }] },
    {
      kind: 'output',
      id: 'out',
      name: 'output',
      fields: [{ id: 'f2', name: 'category', role: 'input', type: { kind: 'enum', values: ['bug', 'billing'] }, desc: '' }],
    },
  ],
  edges: [],
}
const columns = [
  { id: 'c1', name: 'text', type: 'str' as const },
  { id: 'c2', name: 'label', type: 'str' as const },
]
const rows = [
  { id: 'r1', cells: { c1: 'crash', c2: 'bug' } },
  { id: 'r2', cells: { c1: 'refund', c2: 'money' } },
]

test('tells which matches were guessed and which values do not fit', () => {
  const mapping = guessMapping(graph, columns)
  const [text, category] = mappedFields(graph, columns, { mapping, rows })
  expect(text).toMatchObject({ column: 'c1', isGuessed: false })
  expect(text?.problem).toBeUndefined()
  expect(category).toMatchObject({ column: 'c2', isGuessed: true, problem: expect.stringContaining('"money"') })
})

test('an input without a column is told, a missing label is not', () => {
  const fields = mappedFields(graph, columns, { mapping: { inputs: {}, labels: {} }, rows })
  expect(fields[0]?.problem).toContain('No column feeds "text"')
  expect(fields[1]?.problem).toBeUndefined()
})

test('a column that is gone counts as none', () => {
  const [text] = mappedFields(graph, columns, { mapping: { inputs: { f1: 'old' }, labels: {} }, rows })
  expect(text?.column).toBeUndefined()
})

test('empty cells are told', () => {
  const mapping = { inputs: { f1: 'c1' }, labels: {} }
  const [text] = mappedFields(graph, columns, { mapping, rows: [...rows, { id: 'r3', cells: { c1: '', c2: 'bug' } }] })
  expect(text?.problem).toBe('1 row is empty here.')
})

test('changes one match and leaves the rest', () => {
  const mapping = { inputs: { f1: 'c1' }, labels: { f2: 'c2' } }
  const [text] = mappedFields(graph, columns, { mapping, rows })
  expect(text && withColumn(mapping, text, undefined)).toEqual({ inputs: {}, labels: { f2: 'c2' } })
  expect(text && withColumn(mapping, text, 'c2')).toEqual({ inputs: { f1: 'c2' }, labels: { f2: 'c2' } })
})
