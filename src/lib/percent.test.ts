import { expect, it } from 'vitest'
import { scorePercent, wholePercent } from './percent'

it('gives every score one digit', () => {
  expect([0, 0.5, 0.8333, 1].map(scorePercent)).toEqual(['0.0 %', '50.0 %', '83.3 %', '100.0 %'])
})

it('gives shares none', () => {
  expect([0, 0.0049, 0.5, 2 / 3, 1].map(wholePercent)).toEqual(['0 %', '0 %', '50 %', '67 %', '100 %'])
})
