import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutText, wellFormed } from './cut-text'

const characters = ['a', 'é', 'e\u0301', '😀', '👩‍👩‍👧‍👦', '👍🏽', '🇩🇪', '🇯🇵', '字', '❤️', '\r\n', 'ก็', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', ' ']

describe('cutting a text', () => {
  it('leaves whole characters', () => {
    const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...characters), { maxLength: 40 }), fc.nat(200), (all, most) => {
        const text = all.join('')
        const cut = cutText(text, most)
        expect(cut.length).toBeLessThanOrEqual(most)
        expect(text.startsWith(cut)).toBe(true)
        expect(cut.isWellFormed()).toBe(true)
        const borders = [...segments.segment(text)].map(({ index }) => index)
        expect([...borders, text.length]).toContain(cut.length)
      }),
      { numRuns: 2000 },
    )
  })

  it('parts no pair, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.nat(120), (text, most) => {
        expect(cutText(text, most).isWellFormed()).toBe(true)
        expect(most - cutText(text, most).length <= 41 || text.length < most).toBe(true)
      }),
      { numRuns: 2000 },
    )
    expect(cutText(`a${'\u0301'.repeat(500)}`, 100)).toHaveLength(100)
  })

  it('repairs what is broken, in keys and values', () => {
    expect(wellFormed({ 'a\ud83d': ['x\ude00y', { b: '😀' }, 1, null] })).toEqual({ 'a\ufffd': ['x\ufffdy', { b: '😀' }, 1, null] })
  })
})
