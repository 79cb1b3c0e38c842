import { expect, it } from 'vitest'
import { demoWords } from './state-words'

const demos = Array.from({ length: 40 }, (_, n) => ({ n }))

it('says how many demos a call shows', () => {
  expect(demoWords({ demos, nearest: { k: 3 } })).toBe('3 nearest of 40 demos')
  expect(demoWords({ demos: demos.slice(0, 3), nearest: { k: 3 } })).toBe('3 demos')
  expect(demoWords({ demos: demos.slice(0, 1) })).toBe('1 demo')
  expect(demoWords({ demos: [], nearest: { k: 3 } })).toBe('')
})
