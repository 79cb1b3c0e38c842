import { describe, expect, it } from 'vitest'
import { embedRequest } from '@/engine/lm/embed-request'
import { testRequest } from '@/engine/providers/test-call'
import { encodeVectors } from '@/engine/lm/vectors'
import { answerText } from './answer-text'

describe('a stored answer', () => {
  const answer = (text: string) => ({ text, finish: 'stop' as const, usage: { inputTokens: 1, outputTokens: 0 }, ms: 1 })
  const wide = Array.from({ length: 1536 }, () => 0.5)

  it('is shown as vectors are counted', () => {
    const request = embedRequest('m', ['a', 'b', 'c'])
    expect(answerText({ request, response: answer(encodeVectors([wide, wide, wide])) })).toBe('3 vectors of 1,536 numbers')
    expect(answerText({ request, response: answer(encodeVectors([[1]])) })).toBe('1 vector of 1 number')
    expect(answerText({ request, response: answer('damaged') })).toBe('damaged')
  })

  it('is its text where words were asked for, whatever they look like', () => {
    expect(answerText({ request: testRequest('q'), response: answer('3x2 is six') })).toBe('3x2 is six')
  })
})
