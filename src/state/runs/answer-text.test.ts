import { describe, expect, it } from 'vitest'
import { embedRequest } from '@/engine/lm/embed-request'
import { testRequest } from '@/testing/test-call'
import { encodeVectors } from '@/engine/lm/vectors'
import { answerText } from './answer-text'

describe('a stored answer', () => {
  const rest = { finish: 'stop', usage: { inputTokens: 1, outputTokens: 0 }, ms: 1 } as const
  const answer = (text: string) => ({ text, ...rest })
  const vectors = (...rows: readonly (readonly number[])[]) => ({ ...answer(''), vectors: encodeVectors(rows) })
  const wide = Array.from({ length: 1536 }, () => 0.5)

  it('is shown as vectors are counted', () => {
    const request = embedRequest('m', ['a', 'b', 'c'])
    expect(answerText({ request, response: vectors(wide, wide, wide) })).toBe('3 vectors of 1,536 numbers')
    expect(answerText({ request, response: vectors([1]) })).toBe('1 vector of 1 number')
  })

  it('is shown alike where an earlier version kept its vectors as text', () => {
    const request = { model: 'm', task: 'embed', messages: [{ role: 'user', content: 'a' }], settings: {} } as const
    expect(answerText({ request, response: answer(`1x1 ${encodeVectors([[1]]).float32}`) })).toBe('1 vector of 1 number')
  })

  it('is its text where words were asked for, whatever they look like', () => {
    expect(answerText({ request: testRequest('q'), response: answer('3x2 is six') })).toBe('3x2 is six')
  })
})
