import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUnsafeInteger, parseExactJson, parseTwofoldJson, plainDigits } from './exact-json'

const plain = fc.json().filter(text => !/\d{16}/.test(text))

describe('parseExactJson', () => {
  it('reads what JSON.parse reads where no integer is too long', () => {
    fc.assert(
      fc.property(plain, text => {
        expect(parseExactJson(text)).toMatchObject({ ok: true, value: JSON.parse(text) })
      }),
      { numRuns: 500 },
    )
  })

  it('keeps every digit of every integer, and no text changes', () => {
    const big = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })
    const word = fc.oneof(fc.string(), big.map(String), fc.constantFrom('NaN', '"', '\\', '\\" 12345678901234567890', 'Infinity'))
    fc.assert(
      fc.property(fc.array(fc.tuple(word, big), { maxLength: 6 }), pairs => {
        const text = `[${pairs.map(([name, number]) => `{${JSON.stringify(name)} : ${number},"x":[ ${number}]}`).join(' ,')}]`
        const read = parseExactJson(text)
        const value = (number: bigint) => (Number.isSafeInteger(Number(number)) ? Number(number) : String(number))
        const expected = pairs.map(([name, number]) => ({ ...Object.fromEntries([[name, value(number)]]), x: [value(number)] }))
        expect(read).toMatchObject({ ok: true, value: expected })
      }),
      { numRuns: 500 },
    )
  })

  it('refuses what is no JSON, also with long numbers and odd words in it', () => {
    for (const text of [
      '[12345678901234567890',
      '{"a": NaN}',
      '[Infinity]',
      '1234567890123456789012 3',
      '"12345678901234567890',
      '[01234567890123456789]',
    ])
      expect([text, parseExactJson(text).ok]).toEqual([text, false])
    expect(parseExactJson('[NaN, -Infinity, "NaN"]', { allowNonFinite: true })).toMatchObject({
      ok: true,
      value: [null, '-Infinity', 'NaN'],
      odd: { nan: 1, infinite: 1 },
    })
  })

  it('leaves floats of many digits to be floats', () => {
    expect(parseExactJson('[0.12345678901234567890, 1234567890123456789e3, 12345678901234567890.5]')).toMatchObject({
      value: ['0.12345678901234567890', '1234567890123456789e3', '12345678901234567890.5'].map(Number),
    })
  })
})

describe('parseTwofoldJson', () => {
  it('gives numbers and, beside them, what does not print back as it is written', () => {
    expect(parseTwofoldJson('{"a":1.10,"b":[1E5,2],"c":-0,"d":"1.0"}')).toEqual({
      ok: true,
      typed: { a: 1.1, b: [100000, 2], c: -0, d: '1.0' },
      raw: { a: '1.10', b: ['1E5', 2], c: '-0', d: '1.0' },
      odd: { nan: 0, infinite: 0 },
    })
    const same = parseTwofoldJson('{"a":1.5}')
    expect(same.ok && same.raw === same.typed).toBe(true)
  })
})

describe('time', () => {
  const hostile: Readonly<Record<string, (length: number) => string>> = {
    quotes: length => '"'.repeat(length),
    slashes: length => `"${'\\'.repeat(length)}`,
    'escaped quotes': length => `"${'\\"'.repeat(length / 2)}`,
    digits: length => '9'.repeat(length),
    minuses: length => '-'.repeat(length),
    'short numbers': length => `[${'1234567890123456789,'.repeat(length / 20)}0]`,
    words: length => 'NaN'.repeat(length / 3),
    infinities: length => '-Infinity'.repeat(length / 9),
    dots: length => `1${'.e+-'.repeat(length / 4)}`,
  }

  it.each(Object.keys(hostile))('grows with the length of %s, and no faster', name => {
    const timeOf = (length: number): number => {
      const text = hostile[name]?.(length) ?? ''
      const started = performance.now()
      parseTwofoldJson(text)
      parseExactJson(text, { allowNonFinite: true })
      return performance.now() - started
    }
    timeOf(1 << 16)
    // A quadratic reader takes minutes for these two million characters.
    expect(timeOf(1 << 21)).toBeLessThan(1_500)
  })

  it('keeps digits of any length', () => {
    expect(plainDigits('+000123')).toBe('123')
    expect(plainDigits('-0012345678901234567890')).toBe('-12345678901234567890')
    expect([isUnsafeInteger('9007199254740993'), isUnsafeInteger('9007199254740991'), isUnsafeInteger('-9007199254740993')]).toEqual([
      true,
      false,
      true,
    ])
  })
})
