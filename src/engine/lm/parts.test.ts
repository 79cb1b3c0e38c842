import { describe, expect, it } from 'vitest'
import { contentOf, plainMessages, plainText, textOf, type Part } from './parts'
import { messageSchema, partsSchema } from './parts-schema'
import { estimatePromptTokens, worstCaseTokens } from './usage'
import { testRequest } from '@/testing/test-call'

const ref = { $blob: '0123456789abcdef'.repeat(4), mime: 'audio/wav', bytes: 64_000 }
const parts: readonly Part[] = [
  { type: 'text', text: 'Hear ' },
  { type: 'blob', ref },
  { type: 'reasoning', text: 'secret' },
  { type: 'tool-call', id: '1', name: 'find', args: { q: 1 } },
  { type: 'tool-result', id: '1', value: ['a'] },
  { type: 'text', text: '!' },
]

describe('parts of a message', () => {
  it('are read as words, or as all that is sent', () => {
    expect(textOf(parts)).toBe('Hear !')
    expect(plainText(parts)).toBe('Hear [audio/wav, 64.0 kB, 01234567][calls find with {"q":1}][result: ["a"]]!')
    expect(plainText('a')).toBe('a')
    expect(contentOf([{ type: 'text', text: 'a' }])).toBe('a')
    expect(contentOf(parts)).toBe(parts)
  })

  it('leave a list of texts as it is', () => {
    const messages = [{ role: 'user', content: 'a' }] as const
    expect(plainMessages(messages)).toBe(messages)
    expect(plainMessages([{ role: 'user', content: parts }])[0]?.content).toContain('[audio/wav')
  })

  it('are checked where they come in', () => {
    expect(partsSchema.safeParse(parts).success).toBe(true)
    for (const content of ['a', parts]) expect(messageSchema.safeParse({ role: 'assistant', content }).success).toBe(true)
    const bad: readonly unknown[] = [
      undefined,
      'text',
      { role: 'user' },
      { content: 'no role' },
      { role: 'robot', content: parts },
      { role: 'user', content: [{ type: 'image', url: 'http://x' }] },
      { role: 'user', content: [{ type: 'blob', ref: { ...ref, $blob: 'short' } }] },
      { role: 'user', content: [{ type: 'blob', ref: { ...ref, mime: 'not a type' } }] },
      { role: 'user', content: [{ type: 'blob', ref: { ...ref, more: 1 } }] },
      { role: 'user', content: [{ type: 'tool-result', id: '1', value: Number.NaN }] },
    ]
    for (const value of bad) expect(messageSchema.safeParse(value).success).toBe(false)
  })

  it('count with their files, for an estimate and for the most they can take', () => {
    const request = testRequest('', { messages: [{ role: 'user', content: parts }] })
    const words = testRequest(plainText(parts))
    expect(estimatePromptTokens(request) - estimatePromptTokens(words)).toBe(64)
    expect(worstCaseTokens(request).input - worstCaseTokens(words).input).toBe(50_000 + 64_000)
  })
})
