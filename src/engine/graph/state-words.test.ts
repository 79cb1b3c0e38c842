import { expect, it } from 'vitest'
import { ensembleState } from './ensemble'
import type { ProgramState } from '../program/program'
import { bestMember, demoWords, ensembleWords } from './state-words'

const demos = Array.from({ length: 40 }, (_, n) => ({ n }))

it('says how many demos a call shows', () => {
  expect(demoWords({ demos, nearest: { k: 3 } })).toBe('3 nearest of 40 demos')
  expect(demoWords({ demos: demos.slice(0, 3), nearest: { k: 3 } })).toBe('3 demos')
  expect(demoWords({ demos: demos.slice(0, 1) })).toBe('1 demo')
  expect(demoWords({ demos: [], nearest: { k: 3 } })).toBe('')
})

it('finds the member that stands for an ensemble', () => {
  const members: readonly ProgramState[] = ['a', 'b'].map(instructions => ({ step: { instructions, demos: [] } }))
  const [, second = {}] = members
  expect(bestMember(ensembleState(second, members, 'mean'))).toBe(1)
  expect(bestMember(ensembleState({ step: { instructions: 'c', demos: [] } }, members, 'mean'))).toBeUndefined()
  expect(bestMember(second)).toBeUndefined()
  expect(ensembleWords(ensembleState(second, members, 'mean'))).toBe('2 members, mean of answers')
  expect(ensembleWords(second)).toBeUndefined()
})
