import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEngineError } from '../../base/errors'
import { arbitraryKey } from '@/testing/arbitrary-keys'
import { keyProblem, takeKey } from './take-key'

describe('a key as it is typed', () => {
  it('is taken as it is', () => {
    fc.assert(
      fc.property(arbitraryKey, key => {
        expect(takeKey(key)).toEqual({ key, remarks: [] })
      }),
    )
  })

  it.each([
    [' sk-abcdef-123 ', 'Spaces'],
    ['sk-abcdef-123\n', 'line breaks'],
    ['\ufeffsk-abcdef-123\r\n', 'Spaces'],
    ['"sk-abcdef-123"', 'quotation marks'],
    ['“sk-abcdef-123”', 'quotation marks'],
    ['Bearer sk-abcdef-123', '“Bearer”'],
    ['bearer  sk-abcdef-123', '“Bearer”'],
    ['Authorization: Bearer sk-abcdef-123', 'name of the header'],
    ['OPENAI_API_KEY=sk-abcdef-123', 'variable'],
    ["export OPENAI_API_KEY='sk-abcdef-123'\n", 'variable'],
  ])('loses what is not its own, and says so: %j', (typed, remark) => {
    const { key, remarks } = takeKey(typed)
    expect(key).toBe('sk-abcdef-123')
    expect(remarks.join(' ')).toContain(remark)
  })

  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['Bearer ', 'empty|space'],
    ['sk-abc\ndef-123', 'line break'],
    ['sk-abc def-123', 'space'],
    ['sk-abc\u00a0def-123', 'space'],
    ['sk-abc\u200bdef-123', 'cannot be seen'],
    ['sk-аbcdef-123', 'look like Latin'],
    ['sk-ключ-123456', 'look like Latin'],
    ['sk-abc…wxyz', 'middle hidden'],
    ['sk-abc****wxyz', 'middle hidden'],
    ['sk-abc"def-123', 'quotation mark'],
    ['sk-abc\\ndef-123', 'backslash'],
    ['k'.repeat(9000), 'characters long'],
  ])('is refused in words: %j', (typed, reason) => {
    expect(() => takeKey(typed)).toThrow(new RegExp(reason))
    expect(keyProblem(typed) ?? 'empty').toMatch(new RegExp(reason))
  })

  it('says that a short one, or an ordinary word, is hidden behind Bearer only', () => {
    for (const typed of ['test', 'EMPTY', 'lm-studio', 'not-needed']) expect(takeKey(typed).caution).toMatch(/short or an ordinary/)
  })

  it('never holds any of it in what it says', () => {
    const spoilt = fc
      .tuple(arbitraryKey, fc.nat(), fc.constantFrom('\n', ' ', '"', '\\', 'ключ', '\u200b', '…', '\t', '\u0000'))
      .map(([key, place, mark]) => ({ key, typed: key.slice(0, place % key.length) + mark + key.slice(place % key.length) }))
    fc.assert(
      fc.property(spoilt, ({ key, typed }) => {
        let said: string
        try {
          said = takeKey(typed).remarks.join(' ')
        } catch (error) {
          if (!isEngineError(error, 'params-invalid')) throw error
          said = error.message + JSON.stringify(error.facts)
        }
        for (let at = 0; at + 6 <= key.length; at += 1) expect(said).not.toContain(key.slice(at, at + 6))
      }),
    )
  })
})
