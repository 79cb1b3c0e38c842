import { describe, expect, it } from 'vitest'
import { joinAnswers } from './join-answers'

describe('one answer of several', () => {
  it('is the most frequent after normalisation, in the words of who said it first', () => {
    const answers = ['Paris', 'Lyon', 'paris.'].map((answer, n) => ({ note: n, answer }))
    expect(joinAnswers('majority', answers)).toEqual({ note: 0, answer: 'Paris' })
    expect(joinAnswers('majority', [{ answer: ['a'] }, { answer: ['b'] }, { answer: ['b'] }])).toEqual({ answer: ['b'] })
    // The first of equally frequent ones.
    expect(joinAnswers('majority', [{ answer: 'x' }, { answer: 'y' }])).toEqual({ answer: 'x' })
  })

  it('is a majority of answers that are the same under the rule of the vote', () => {
    const answers = ['-5', '5', '5.', '-5', '-5'].map(answer => ({ answer }))
    expect(joinAnswers('majority', answers)).toEqual({ answer: '-5' })
    expect(
      joinAnswers(
        'majority',
        ['C', 'C#', 'C++', 'C++'].map(answer => ({ answer })),
      ),
    ).toEqual({ answer: 'C++' })
    expect(
      joinAnswers(
        'majority',
        ['5', '-5', '-5'].map(answer => ({ answer })),
        { rule: 'dspy' },
      ),
    ).toEqual({ answer: '5' })
    const type = { kind: 'enum', values: ['yes', 'Yes'] } as const
    const votes = ['yes', 'Yes', 'Yes'].map(answer => ({ answer }))
    expect(joinAnswers('majority', votes, { typeOf: () => type })).toEqual({ answer: 'Yes' })
    expect(joinAnswers('majority', votes)).toEqual({ answer: 'yes' })
  })

  it('is the mean or the median of numbers, and the majority of the rest', () => {
    const answers = [
      { sum: 1, unit: 'm' },
      { sum: 2, unit: 'km' },
      { sum: 9, unit: 'km' },
    ]
    expect(joinAnswers('mean', answers)).toEqual({ sum: 4, unit: 'km' })
    expect(joinAnswers('median', answers)).toEqual({ sum: 2, unit: 'km' })
    expect(joinAnswers('median', [{ n: 1 }, { n: 4 }])).toEqual({ n: 2.5 })
    // A number that one of them does not have is not a number to average.
    expect(joinAnswers('mean', [{ n: null }, { n: 4 }, { n: 4 }])).toEqual({ n: 4 })
  })
})
