import { describe, expect, it } from 'vitest'
import { ensembleOf, ensembleState, reduceOutputs } from './ensemble'
import type { ProgramState } from '../program/program'

describe('one answer of several', () => {
  it('is the most frequent after normalisation, in the words of who said it first', () => {
    const answers = ['Paris', 'Lyon', 'paris.'].map((answer, n) => ({ note: n, answer }))
    expect(reduceOutputs('majority', answers)).toEqual({ note: 0, answer: 'Paris' })
    expect(reduceOutputs('majority', [{ answer: ['a'] }, { answer: ['b'] }, { answer: ['b'] }])).toEqual({ answer: ['b'] })
    // The first of equally frequent ones.
    expect(reduceOutputs('majority', [{ answer: 'x' }, { answer: 'y' }])).toEqual({ answer: 'x' })
  })

  it('is the mean or the median of numbers, and the majority of the rest', () => {
    const answers = [
      { sum: 1, unit: 'm' },
      { sum: 2, unit: 'km' },
      { sum: 9, unit: 'km' },
    ]
    expect(reduceOutputs('mean', answers)).toEqual({ sum: 4, unit: 'km' })
    expect(reduceOutputs('median', answers)).toEqual({ sum: 2, unit: 'km' })
    expect(reduceOutputs('median', [{ n: 1 }, { n: 4 }])).toEqual({ n: 2.5 })
    // A number that one of them does not have is no number to average.
    expect(reduceOutputs('mean', [{ n: null }, { n: 4 }, { n: 4 }])).toEqual({ n: 4 })
  })
})

describe('an ensemble', () => {
  it('comes apart into the states it was made of', () => {
    const one: ProgramState = { a: { instructions: '1', demos: [] }, b: { instructions: 'x', demos: [{ q: 1 }], lm: 'big' } }
    const two: ProgramState = { a: { instructions: '2', demos: [{ q: 2 }] }, b: { instructions: 'y', demos: [] } }
    const both = ensembleState(one, [one, two], 'mean')
    expect(both['a']).toMatchObject(one['a'] ?? {})
    expect(ensembleOf(both)).toEqual({ reduce: 'mean', members: [one, two] })
    expect(ensembleOf(one)).toBeUndefined()
  })
})
