import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LmDelta } from '@/engine/lm/lm'
import { createMasker } from '@/engine/lm/keys/mask'
import { deltaReader } from './read-deltas'

const key = 'sk-proj-0123456789abcdefghij'
const masker = createMasker([key])

function told(body: string, length: number): readonly LmDelta[] {
  const deltas: LmDelta[] = []
  const reader = deltaReader(
    delta => deltas.push(delta),
    () => masker,
  )
  for (let at = 0; at < body.length; at += length) reader.push(body.slice(at, at + length))
  reader.end()
  return deltas
}
const joined = (deltas: readonly LmDelta[], type: 'text' | 'reasoning'): string =>
  deltas.map(delta => (delta.type === type ? delta.text : '')).join('')
const events = (...deltas: readonly object[]): string =>
  `${[...deltas.map(delta => JSON.stringify({ choices: [{ index: 0, delta }] })), '[DONE]'].map(data => `data: ${data}\r\n\r\n`).join('')}`

test('words and thoughts are told as they come, however the bytes are cut', () => {
  const pieces = fc.array(
    fc.record({ kind: fc.constantFrom('content', 'reasoning_content', 'reasoning'), text: fc.string({ unit: 'grapheme' }) }),
  )
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 60 }), (list, length) => {
      const deltas = told(events(...list.map(({ kind, text }) => ({ [kind]: text }))), length)
      const text = (of: (kind: string) => boolean): string => list.map(piece => (of(piece.kind) ? piece.text : '')).join('')
      expect(joined(deltas, 'text')).toBe(text(kind => kind === 'content'))
      expect(joined(deltas, 'reasoning')).toBe(text(kind => kind !== 'content'))
      expect(deltas[0]).toEqual({ type: 'begin' })
    }),
  )
})

test('a key that the server sends back in pieces is in none of them', () => {
  const deltas = told(events(...Array.from(`The key is ${key}, keep it.`, content => ({ content }))), 11)
  expect(joined(deltas, 'text')).toBe('The key is [key removed], keep it.')
})

test('parts, other choices, a last event without counts and what is no event are taken as they are', () => {
  const body = [
    ': PROCESSING',
    'data: {"choices":[{"index":1,"delta":{"content":"other"}},{"index":0,"delta":{"content":[{"type":"text","text":"a "}]}}]}',
    'data: {"choices":[],"usage":{"prompt_tokens":1}}',
    'data: {"choices":[{"delta":{"content":null}}]}',
    'data: {broken',
    'data: [1]',
    '{"choices":[{"delta":{"content":"b"}}]}',
  ].join('\n\n')
  expect(joined(told(body, 7), 'text')).toBe('a b')
})

test('an answer that comes whole is told in no words', () => {
  expect(told('{"choices":[{"message":{"content":"whole"}}]}', 5)).toEqual([{ type: 'begin' }])
})
