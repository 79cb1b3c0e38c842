import { expect, test } from 'vitest'
import { shownTurns } from './shown-turns'

test('shows the blocks of RLM as turns, and no other list', () => {
  const block = { reasoning: 'Look.', code: 'print(1)', output: '1' }
  expect(shownTurns([block])).toEqual([{ thought: 'Look.', tool: '', args: [], code: 'print(1)', observation: '1', line: 'print(1) → 1' }])
  expect(shownTurns([])).toBeUndefined()
  expect(shownTurns([block, { ...block, output: 1 }])).toBeUndefined()
  expect(shownTurns([{ code: 'a', output: 'b' }])).toBeUndefined()
})
