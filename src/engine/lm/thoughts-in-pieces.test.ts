import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitThoughts } from './thoughts'
import { thoughtReader } from './thoughts-in-pieces'

function told(text: string, length: number): { readonly text: string; readonly reasoning: string } {
  const reader = thoughtReader()
  const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, at) => text.slice(at * length, (at + 1) * length))
  const all = [...pieces.flatMap(piece => reader.push(piece)), ...reader.end()]
  const joined = (type: string): string => all.map(piece => (piece.type === type ? piece.text : '')).join('')
  return { text: joined('text'), reasoning: joined('reasoning') }
}

test('thoughts at the start are told apart as the whole answer has them, however it is cut', () => {
  const words = fc.array(fc.constantFrom('a', ' ', '\n', '<', '</', '>', 'think', '/', '[', 'I', '<b>', 'word'), { maxLength: 20 })
  const tags = fc.constantFrom(['<think>', '</think>'], ['<thinking>', '</thinking>'], ['[THINK]', '[/THINK]'], ['◁think▷', '◁/think▷'])
  fc.assert(
    fc.property(words, words, tags, fc.integer({ min: 1, max: 30 }), (thought, answer, [opener = '', closer = ''], length) => {
      const [inner, rest] = [thought.join(''), answer.join('')]
      const text = `${opener}${inner}${closer}\n${rest}`
      const whole = splitThoughts(text)
      // What else the text holds is for the whole answer to tell.
      fc.pre(
        whole.text === rest.trimStart() &&
          whole.thoughts.length <= 1 &&
          !inner.includes('/think') &&
          (whole.thoughts[0] ?? '') === inner.trim(),
      )
      expect(told(text, length)).toEqual({ text: rest.trimStart(), reasoning: inner })
    }),
  )
})

test('an answer without thoughts is all words', () => {
  for (const text of ['One <think> two', '<b>bold</b>', '<', '[1, 2]', '']) expect(told(text, 1)).toEqual({ text, reasoning: '' })
})

test('a thought that never ends is a thought', () => {
  expect(told('<think>Hm, and', 3)).toEqual({ text: '', reasoning: 'Hm, and' })
})
