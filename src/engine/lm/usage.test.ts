import { describe, expect, it } from 'vitest'
import { testRequest } from '@/testing/test-call'
import { usageFrom, worstCaseTokens } from './usage'

const request = testRequest('x'.repeat(400))

describe('usageFrom', () => {
  it.each([
    [
      'OpenAI',
      {
        prompt_tokens: 9,
        completion_tokens: 4,
        prompt_tokens_details: { cached_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
      { cachedInputTokens: 3, reasoningTokens: 2 },
    ],
    [
      'DeepSeek',
      { prompt_tokens: 9, completion_tokens: 4, prompt_cache_hit_tokens: 5, prompt_cache_miss_tokens: 4 },
      { cachedInputTokens: 5 },
    ],
    ['Mistral', { prompt_tokens: 9, completion_tokens: 4, num_cached_tokens: 1 }, { cachedInputTokens: 1 }],
    ['a bare one', { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: null }, {}],
    ['the Responses spelling', { input_tokens: 9, output_tokens: 4 }, {}],
  ])('reads the block of %s', (_name, block, more) => {
    expect(usageFrom(block, request, 'answer')).toEqual({ inputTokens: 9, outputTokens: 4, ...more })
  })

  it.each([[undefined], [null], [{}], ['text'], [{ prompt_tokens: 1e308 }], [{ prompt_tokens: -1, completion_tokens: Number.NaN }]])(
    'counts characters where it gets %j',
    block => {
      expect(usageFrom(block, request, 'x'.repeat(40))).toEqual({ inputTokens: 104, outputTokens: 10, estimated: true })
    },
  )

  it('says that half a block is an estimate', () => {
    expect(usageFrom({ prompt_tokens: 9 }, request, 'x'.repeat(40))).toEqual({ inputTokens: 9, outputTokens: 10, estimated: true })
  })
})

describe('worstCaseTokens', () => {
  it('is never below the bytes of the prompt', () => {
    for (const text of ['plain', 'ünïcödé', '日本語', '💡💡', '\uD800 half a pair', '']) {
      const bytes = new TextEncoder().encode(text).length
      expect(worstCaseTokens(testRequest(text)).input).toBeGreaterThanOrEqual(bytes + 16)
    }
  })

  it('takes max tokens for the answer', () => {
    expect(worstCaseTokens(testRequest('q', { settings: { maxTokens: 77 } })).output).toBe(77)
    expect(worstCaseTokens(testRequest('q')).output).toBe(4096)
  })
})
