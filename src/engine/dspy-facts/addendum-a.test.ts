import { describe, expect, it } from 'vitest'
import { chatAnswer } from '@/testing/run-module'
import { askOnce } from '@/testing/ask-once'
import { signatureOf } from '@/testing/signature-of'
import { fieldReader } from '../adapters/stream/registry'
import { adapters } from '../adapters/registry'
import { EngineError, isEngineError } from '../base/errors'

describe('answers that come in pieces', () => {
  const shown = (adapter: 'chat' | 'xml', line: string, pieces: readonly string[]): readonly (readonly [string, boolean])[] => {
    const reader = fieldReader(adapter, signatureOf(line))
    const all = [...pieces.flatMap(piece => reader?.push(piece) ?? []), ...(reader?.end() ?? [])]
    return all.filter(({ field }) => field === 'a').map(({ text, isLast }) => [text, isLast])
  }
  const joined = (chunks: readonly (readonly [string, boolean])[]): string => chunks.map(([text]) => text).join('')

  it.each<[id: string, adapter: 'chat' | 'xml', line: string, pieces: readonly string[], chunks: readonly (readonly [string, boolean])[]]>([
    [
      'ST1', 'chat', 'q -> a', ['[[ ##', ' a', ' ## ]]', '\n', '\n', 'Hello', ' wor', 'ld', '  \n', '\n', '[[ ##', ' completed', ' ## ]]'],
      [['Hello', false], [' wor', false], ['ld', false], ['', true]],
    ],
    [
      'ST2', 'chat', 'q -> a, b', ['[[ ## a ## ]]', '\n\n  ', 'One', ' \n\n ', 'two\n', '\n[[ ## b ## ]]', '\nx'],
      [['One', false], [' \n\n two', false], ['', true]],
    ],
    ['ST3', 'xml', 'q -> a', ['<a', '>', '\n', ' Hi', ' there', '\n', '</a', '>'], [['Hi', false], [' there', false], ['', true]]],
  ])('§A.8 %s in %s: no white space before a value, and what may be its end is held back', (_id, adapter, line, pieces, chunks) => {
    expect(shown(adapter, line, pieces)).toEqual(chunks)
  }) // prettier-ignore

  it('§A.8 ST4 the texts put together are the value that is read', () => {
    const pieces = ['[[ ## a ## ]]\n', 'Hel', 'lo  ', '\n']
    expect(joined(shown('chat', 'q -> a', pieces))).toBe('Hello')
    expect(adapters.chat.parse(signatureOf('q -> a'), pieces.join(''))).toEqual({ a: 'Hello' })
  })

  it('§A.8 differs on purpose: an answer that comes whole in one piece is told, too, and each value has an end', () => {
    expect(shown('chat', 'q -> a', ['[[ ## a ## ]]\nx\n\n[[ ## completed ## ]]'])).toEqual([
      ['x', false],
      ['', true],
    ])
  })
})

describe('values and requests', () => {
  it('§A.1 nothing is sent for a setting that nobody makes, where DSPy sends the nulls that somebody wrote (K01)', async () => {
    const { requests } = await askOnce([chatAnswer({ a: 'x' })], { signature: signatureOf('q -> a'), own: { maxTokens: 5 } })
    expect(Object.values(requests[0]?.settings ?? {})).not.toContain(null)
    expect(requests[0]?.settings).toMatchObject({ maxTokens: 5 })
  })

  it('§A.3 a JSON value of another type is an answer that cannot be read, with what could be', () => {
    const error = caught(() => adapters.json.parse(signatureOf('q -> a, n: int'), '{"a": "x", "n": "zz"}'))
    expect(error).toMatchObject({ code: 'adapter-parse', facts: { adapter: 'json', parsed: { a: 'x' }, unreadable: ['n'] } })
    expect(caught(() => adapters.baml.parse(signatureOf('q -> n: int'), '{"n": "zz"}'))).toMatchObject({ facts: { adapter: 'baml' } })
  })
})

function caught(work: () => unknown): EngineError | undefined {
  try {
    work()
  } catch (error) {
    if (isEngineError(error)) return error
    throw error
  }
  return undefined
}
