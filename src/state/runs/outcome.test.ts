import { expect, it } from 'vitest'
import { changeOf, countOutcomes, outcomeOf } from './outcome'

const error = { code: 'metric-failed', message: 'no' } as const

it('keeps a failed row apart from one that is wrong, and from one without a score', () => {
  expect(outcomeOf({ score: 0 })).toBe('failed')
  expect(outcomeOf({ score: 0, error })).toBe('error')
  expect(outcomeOf({ score: null, error: { code: 'lm-server', message: 'down' } })).toBe('unscored')
  expect(outcomeOf({ score: 1 })).toBe('passed')
  expect(outcomeOf({ score: 0.4 })).toBe('partial')
})

it('counts every row once', () => {
  const counts = countOutcomes([{ score: 1 }, { score: 0 }, { score: 0, error }, { score: null, error }])
  expect(counts).toEqual({ passed: 1, partial: 0, failed: 1, error: 1, unscored: 1 })
})

it('compares a row only where both have a score', () => {
  expect(changeOf(0, 1)).toBe('fixed')
  expect(changeOf(1, 0.5)).toBe('broken')
  expect(changeOf(0.5, 0.5)).toBe('same')
  expect(changeOf(null, 1)).toBe('unscored')
  expect(changeOf(1, undefined)).toBe('unscored')
})
