import { describe, expect, it } from 'vitest'
import type { ProgramGraph } from '../program/program'
import type { Column } from '../project/project'
import type { Field } from '../signature/signature'
import { duplicateRows, explainedMapping, guessMapping, labelNames, toExample, unmappedInputs } from './mapping'

const field = (name: string, role: 'input' | 'output'): Field => ({ id: `f_${name}`, name, role, type: { kind: 'str' }, desc: '' })
const graphOf = (inputs: string[], outputs: string[]): ProgramGraph => ({
  nodes: [
    { id: 'in', kind: 'input', name: 'Input', fields: inputs.map(name => field(name, 'output')) },
    { id: 'out', kind: 'output', name: 'Output', fields: outputs.map(name => field(name, 'input')) },
  ],
  edges: [],
})
const columnsOf = (...names: string[]): Column[] => names.map((name, index) => ({ id: `c${index}`, name, type: 'str' }))

describe('guessMapping', () => {
  it('prefers the same name, then the same spelling, then another word for it', () => {
    const graph = graphOf(['question', 'user_context'], ['answer'])
    const { mapping, guesses } = explainedMapping(graph, columnsOf('query', 'User Context', 'question', 'response', 'id'))
    expect(mapping).toEqual({ inputs: { f_question: 'c2', f_user_context: 'c1' }, labels: { f_answer: 'c3' } })
    expect(guesses.map(guess => guess.how)).toEqual(['exact', 'spelling', 'synonym'])
  })

  it('uses no column twice and leaves unlikely ones alone', () => {
    expect(guessMapping(graphOf(['text'], ['text']), columnsOf('text', 'weather'))).toEqual({ inputs: { f_text: 'c0' }, labels: {} })
  })
})

describe('toExample', () => {
  const graph = graphOf(['text'], ['label'])
  const columns = columnsOf('body', 'gold', 'note')
  const mapping = { inputs: { f_text: 'c0' }, labels: { f_label: 'c1' } }

  it('names inputs and labels after the fields and keeps the other columns', () => {
    const example = toExample({ id: 'r', cells: { c0: 'hi', c1: 'a', c2: 'seen' } }, columns, graph, mapping)
    expect(example).toEqual({ id: 'r', inputs: { text: 'hi' }, labels: { label: 'a', note: 'seen' } })
    expect([...labelNames(graph, columns, mapping)].sort()).toEqual(['label', 'note'])
  })

  it('gives null for an empty cell, and prefers the mapped column to another of the same name', () => {
    const example = toExample({ id: 'r', cells: { c0: 'hi', c1: 'gold', c2: 'other' } }, columnsOf('body', 'gold', 'label'), graph, mapping)
    expect(example.labels).toEqual({ label: 'gold' })
    expect(toExample({ id: 'r', cells: {} }, columns, graph, mapping).inputs).toEqual({ text: null })
  })

  it('tells inputs that nothing feeds', () => {
    expect(unmappedInputs(graph, columns, { inputs: { f_text: 'gone' }, labels: {} }).map(one => one.name)).toEqual(['text'])
    expect(unmappedInputs(graph, columns, mapping)).toEqual([])
  })
})

describe('duplicateRows', () => {
  it('reports equal inputs that lie in different splits, and only those', () => {
    const graph = graphOf(['text'], ['label'])
    const rows = Array.from({ length: 40 }, (_, index) => ({
      id: `row_${index}`,
      cells: { c0: index < 20 ? 'same' : `own ${index}`, c1: index },
    }))
    const query = {
      graph,
      columns: columnsOf('text', 'label'),
      mapping: guessMapping(graph, columnsOf('text', 'label')),
      split: { train: 1, val: 1, test: 1, seed: 0 },
    }
    const groups = duplicateRows(rows, query)
    expect(groups).toHaveLength(1)
    expect(groups[0]?.rows).toHaveLength(20)
    expect(groups[0]?.splits).toEqual(['train', 'val', 'test'])
    expect(duplicateRows(rows, { ...query, split: { train: 1, val: 0, test: 0, seed: 0 } })).toEqual([])
  })
})
