import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinLines, trimEndOf, trimOf } from './trim-of'

const texts = fc.string({ unit: fc.constantFrom('/', ' ', '\n', '"', 'a', '\t', '\u2003'), maxLength: 12 })

describe('trimming', () => {
  it('takes away what the regular expression would', () => {
    fc.assert(
      fc.property(texts, text => {
        expect(trimEndOf(text, /\//)).toBe(text.replace(/\/+$/, ''))
        expect(trimOf(text, /[\s"]/)).toBe(text.replace(/^[\s"]+|[\s"]+$/g, ''))
        expect(joinLines(text)).toBe(text.replace(/\s*\n\s*/g, ' ').trim())
      }),
    )
  })
})
