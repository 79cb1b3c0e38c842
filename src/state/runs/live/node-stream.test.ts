import { expect, test } from 'vitest'
import type { StreamEvent } from '@/engine/modules/stream-event'
import { shownLetters, streamAfter, type NodeStream } from './node-stream'

function after(...events: readonly (StreamEvent & { readonly of?: string })[]): NodeStream | undefined {
  return events.reduce<NodeStream | undefined>((stream, { of, ...event }) => streamAfter(stream, of, event), undefined)
}
const gain = (field: string, text: string): StreamEvent => ({ type: 'field', field, text, isLast: false })

test('outputs and thoughts grow, each in its place', () => {
  const stream = after({ type: 'begin' }, { type: 'reasoning', text: 'Hm' }, gain('a', 'On'), gain('a', 'e'), gain('b', 'x'))
  expect(stream).toEqual({ fields: { a: 'One', b: 'x' }, reasoning: 'Hm', isCut: false })
})

test('an answer that begins takes the place of the one before', () => {
  expect(after({ type: 'begin' }, gain('a', 'half'), { type: 'begin' }, gain('a', 'whole'))?.fields).toEqual({ a: 'whole' })
})

test('what an output turned out to be takes the place of what was shown', () => {
  expect(after({ type: 'begin' }, gain('a', '**x'), { type: 'replace', field: 'a', text: 'x' })?.fields).toEqual({ a: 'x' })
})

test('of two answers side by side the one that began last is shown', () => {
  const stream = after(
    { type: 'begin', of: 'p' },
    { ...gain('a', '1'), of: 'p' },
    { type: 'begin', of: 'q' },
    { ...gain('a', '2'), of: 'p' },
    { ...gain('a', '3'), of: 'q' },
  )
  expect(stream).toMatchObject({ predictor: 'q', fields: { a: '3' } })
})

test('a cut answer stays as it was', () => {
  expect(after({ type: 'begin' }, gain('a', 'half'), { type: 'cut' })).toMatchObject({ fields: { a: 'half' }, isCut: true })
})

test('of a text without end the end is kept', () => {
  const stream = after({ type: 'begin' }, gain('a', 'x'.repeat(shownLetters)), gain('a', 'yz'))
  expect(stream?.fields['a']).toHaveLength(shownLetters)
  expect(stream?.fields['a']?.endsWith('xyz')).toBe(true)
})
