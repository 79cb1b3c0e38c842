import { expect, test } from 'vitest'
import type { StreamEvent } from '@/engine/modules/stream-event'
import { streamPrinter } from './stream-printer'

function printed(...events: readonly StreamEvent[]): string {
  let text = ''
  const printer = streamPrinter(piece => void (text += piece))
  for (const event of events) printer.tell({ type: 'stream', node: 'n', predictor: 'n', event })
  printer.end()
  return text
}
const gain = (field: string, text: string, isLast = false): StreamEvent => ({ type: 'field', field, text, isLast })

test('outputs come under their names, thoughts apart', () => {
  const events = [{ type: 'begin' }, { type: 'reasoning', text: 'Hm' }, gain('a', 'On'), gain('a', 'e', true), gain('b', 'x')] as const
  expect(printed(...events)).toBe('(thoughts): Hm\nn.a: One\nn.b: x\n')
})

test('a cut answer and one that was read otherwise say so', () => {
  expect(printed({ type: 'begin' }, gain('a', 'On'), { type: 'cut' })).toBe('n.a: On … cut here\n')
  expect(printed({ type: 'begin' }, gain('a', '**x', true), { type: 'replace', field: 'a', text: 'x' })).toBe(
    'n.a: **x\nn.a, as it was read: x\n',
  )
})

test('what a model writes does not steer the terminal', () => {
  expect(printed(gain('a', '\u001b[2Jx\n\ty\u009b'))).toBe('n.a: [2Jx\n\ty\n')
})
