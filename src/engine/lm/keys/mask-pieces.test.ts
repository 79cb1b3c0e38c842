import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMasker, keyMark } from './mask'
import { cleanPieces } from './mask-pieces'

const key = 'sk-proj-0123456789abcdefghij'
const masker = createMasker([key])

function cleaned(pieces: readonly string[]): readonly string[] {
  const clean = cleanPieces(() => masker)
  return [...pieces.map(piece => clean.push(piece)), clean.end()]
}

test('no piece holds a part of a key, however the text is cut', () => {
  const words = fc.array(fc.constantFrom(key, 'one ', '"', 'two', '\n', 'é', '日本', 'sk-proj-', ' ', 'x'.repeat(30_000)), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 40 }), (list, length) => {
      const text = list.join('')
      const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, at) => text.slice(at * length, (at + 1) * length))
      const told = cleaned(pieces).join('')
      expect(told).not.toContain(key)
      expect(told).toBe(masker.text(text))
    }),
  )
})

test('words come as soon as they are whole', () => {
  expect(cleaned(['One', ' tw', 'o ', '三', 'four'])).toEqual(['', 'One ', 'two ', '三', '', 'four'])
})

test('a key that is a word is found behind the word that makes it one', () => {
  const plain = createMasker(['ollama'])
  const clean = cleanPieces(() => plain)
  expect(['Authorization: Bearer ', 'oll', 'ama now'].map(clean.push).join('') + clean.end()).toBe(`Authorization: ${keyMark} now`)
})
