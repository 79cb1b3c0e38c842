import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { keptTurns } from './kept-turns'
import { shownTurns } from './shown-turns'
import { shortLine } from './value-text'

const calls = {
  tool_calls: [
    { id: 'a', name: 'lookup', args: { word: 'zorp' } },
    { id: 'b', name: 'lookup', args: { word: 'blin' } },
  ],
}
const results = {
  tool_call_results: {
    tool_call_results: [
      { call_id: 'a', name: 'lookup', value: 'red', is_error: false },
      { call_id: 'b', name: 'lookup', value: { colour: 'blue' }, is_error: false },
    ],
  },
}

describe('what an agent did', () => {
  it('is read out of the history of a ReActV2: a turn for each call, with the thought at the first', () => {
    const history: Json = {
      messages: [
        { text: 'x', next_thought: 'On.', tool_calls: { ...calls, ...results } },
        { tool_calls: { tool_calls: [{ name: 'submit', args: { label: 'red' } }] }, label: 'red' },
      ],
    }
    expect(keptTurns(history)).toEqual([
      { thought: 'On.', tool: 'lookup', args: { word: 'zorp' }, observation: 'red' },
      { thought: null, tool: 'lookup', args: { word: 'blin' }, observation: { colour: 'blue' } },
      { thought: null, tool: 'submit', args: { label: 'red' }, observation: null },
    ])
    expect(shownTurns(history)?.map(({ thought, line }) => [thought, line])).toEqual([
      ['On.', 'zorp → red'],
      ['', 'blin → blue'],
      ['', 'red'],
    ])
    expect(shortLine({ history })).toBe('lookup → lookup → submit')
  })

  it('is read out of the calls of one turn, before they have results', () => {
    expect(keptTurns(calls)?.map(({ tool, args }) => [tool, args])).toEqual([
      ['lookup', { word: 'zorp' }],
      ['lookup', { word: 'blin' }],
    ])
  })

  it('is code and what came of it in the trajectory of a CodeAct', () => {
    const trajectory: Json = { generated_code_0: 'a()\nb()', code_output_0: '7', generated_code_1: 'c(', observation_1: 'The code failed.', observation_2: 'No code.' }
    expect(shownTurns(trajectory)).toEqual([
      { thought: '', tool: '', args: [], code: 'a()\nb()', observation: '7', line: 'a() → 7' },
      { thought: '', tool: '', args: [], code: 'c(', observation: 'The code failed.', line: 'c( → The code failed.' },
      { thought: '', tool: '', args: [], code: '', observation: 'No code.', line: ' → No code.' },
    ])
  })

  it.each([
    ['a conversation without tools', { messages: [{ q: 'a', a: 'b' }] }],
    ['a conversation without turns', { messages: [] }],
    ['no calls', { tool_calls: [] }],
    ['calls beside something else', { ...calls, label: 'red' }],
    ['any object', { code_output_0: '7', total: 1 }],
    ['a text', 'generated_code_0'],
    ['nothing', undefined],
  ])('is not in %s', (_name, value) => {
    expect(keptTurns(value)).toBeUndefined()
    expect(shownTurns(value)).toBeUndefined()
  })
}) // prettier-ignore
