import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryKey, givesAway, spellings } from '@/testing/arbitrary-keys'
import { EngineError } from '../../base/errors'
import { cleanAnswer } from '../kept/clean-answer'
import { createMasker } from './mask'

const ways = fc.constantFrom(...Object.keys(spellings))
const spelled = (way: string, text: string): string => spellings[way]?.(text) ?? text

describe('a key in a text', () => {
  it.each(Object.keys(spellings))('is found: %s', way => {
    fc.assert(
      fc.property(arbitraryKey, fc.constantFrom('', 'Bearer ', 'user:'), (key, front) => {
        const text = `You sent ${spelled(way, front + key)} to us.`
        expect(givesAway(text, key)).toBe(true)
        const clean = createMasker([key]).text(text)
        expect(givesAway(clean, key)).toBe(false)
        expect(clean).toContain('[key removed]')
        expect(clean.startsWith('You sent ') && clean.endsWith(' to us.')).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is found whatever stands before and behind it', () => {
    const edges = [
      '',
      ' ',
      'a',
      '4',
      '"',
      '\\',
      '\\\\',
      '\\u00',
      '\\u{',
      '\\x',
      '\\n',
      '%',
      '%2',
      '%25',
      '&',
      '&amp',
      '&#',
      '&#x4',
      '=',
      '\n',
    ]
    // Escaped in two ways at once, a key may lose its first letter to what another way takes for an escape before it.
    const once = ways.filter(way => !/in HTML|HTML in|HTML, URL/.test(way))
    const beside = fc.constantFrom(...edges)
    fc.assert(
      fc.property(
        arbitraryKey,
        once,
        fc.array(beside, { maxLength: 3 }),
        fc.array(beside, { maxLength: 3 }),
        (key, way, before, behind) => {
          const text = before.join('') + spelled(way, key) + behind.join('')
          expect(givesAway(createMasker([key]).text(text), key)).toBe(false)
        },
      ),
      { numRuns: 1500 },
    )
  })

  it('is found among others, as often as it stands there: some begin alike, some overlap', () => {
    const alike = fc
      .tuple(arbitraryKey, arbitraryKey, fc.nat(20))
      .map(([one, other, at]) => [one, one + other, one.slice(at) + other, other + one.slice(0, 8)].filter(key => key.length >= 8))
    fc.assert(
      fc.property(
        fc.oneof(fc.array(arbitraryKey, { minLength: 2, maxLength: 5 }), alike),
        fc.array(ways, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(' and ', ''),
        (keys, written, between) => {
          const text = written.map((way, at) => spelled(way, keys[at % keys.length] ?? '')).join(between)
          const clean = createMasker(keys).text(text)
          for (const key of keys) expect(givesAway(clean, key)).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
    const [one, other] = ['sk-abcdefghijklmnop-1234', '1234-qrstuvwxyz-abcdefgh']
    const { text } = createMasker([one, other])
    expect(text(`${one}${other.slice(4)}!`)).toBe('[key removed]!')
    expect(text(`${one}${other}!`)).toBe('[key removed][key removed]!')
  })

  it('takes the time of the text', () => {
    const keys = ['sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz', `${'a'.repeat(40)}b`, '%25%25%25%25%25%25', '&amp;&amp;&amp;&amp;']
    const { text } = createMasker(keys)
    const hostile = [
      'a',
      '\\',
      '%25',
      '%2525',
      '&amp;',
      '\\\\u0061',
      '\\u00',
      '&#97;',
      'sk-proj-AbCdEfGhIjKlMnOpQrS',
      '\\u0026amp;%25',
      'A'.repeat(76) + '\n',
      '\\n',
    ]
    for (const piece of hostile) {
      const time = (length: number): number => {
        const long = piece.repeat(length / piece.length)
        const startedAt = performance.now()
        text(long)
        return performance.now() - startedAt
      }
      time(10_000)
      const short = Math.min(time(30_000), time(30_000))
      expect(Math.min(time(120_000), time(120_000))).toBeLessThan(12 * short + 60)
    }
  })

  it('leaves all other text as it is', () => {
    fc.assert(
      fc.property(arbitraryKey, fc.string({ unit: 'binary', maxLength: 300 }), (key, text) => {
        fc.pre(!givesAway(text, key))
        expect(createMasker([key]).text(text)).toBe(text)
      }),
    )
    expect(createMasker(['sk-abcdefgh']).text('Use sk-abcdef or task-abc.')).toBe('Use sk-abcdef or task-abc.')
  })

  it('is found where it was cut off', () => {
    const key = 'sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz'
    expect(createMasker([key]).text(`Bearer ${key.slice(0, 24)}`)).toBe('Bearer [key removed]')
    expect(createMasker([key]).text(btoa(`Bearer ${key}`).slice(0, 44))).not.toContain(btoa(`Bearer ${key}`).slice(12, 40))
  })

  it('hides a short one behind Bearer only', () => {
    const { text } = createMasker(['test'])
    const sentence = 'A test of testing, bearer testing.'
    expect(text(sentence)).toBe(sentence)
    expect(text('{"authorization":"Bearer test"}')).toBe('{"authorization":"[key removed]"}')
    expect(text('Bearer%20test')).toBe('[key removed]')
    expect(text(`see ${btoa('Bearer test')}`)).not.toContain(btoa('Bearer test').slice(0, -3))
  })
})

describe('a key in a value', () => {
  it('is taken out of texts and names, wherever they stand', () => {
    const key = 'my-own-secret'
    const value = { a: [1, null, { [key]: `x ${key}` }], b: true }
    expect(createMasker([key]).value(value)).toEqual({ a: [1, null, { '[key removed]': 'x [key removed]' }], b: true })
  })

  it('leaves a value without keys the very same', () => {
    const value = { a: [{ b: 'text' }], c: new Map() }
    expect(createMasker(['my-own-secret']).value(value)).toBe(value)
    expect(createMasker([]).value(value)).toBe(value)
  })

  it('leaves a body JSON, also where a key is made of digits', () => {
    const body = createMasker(['17644781']).body(JSON.stringify({ created: 1764478118, text: 'key 17644781' }))
    expect(JSON.parse(body)).toEqual({ created: 1764478118, text: 'key [key removed]' })
  })

  it('leaves vectors alone', () => {
    const answer = { text: '', vectors: { count: 1, size: 6, float32: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }
    expect(cleanAnswer(answer, createMasker(['AAAAAAAAAAAA']))).toBe(answer)
  })

  it('is taken out of errors with their facts, and their stack is not kept', () => {
    const { error } = createMasker(['my-own-secret'])
    const typed = error(
      new EngineError('lm-server', 'Key my-own-secret', { text: 'my-own-secret', status: 500 }, new Error('my-own-secret')),
    )
    expect(typed).toMatchObject({ code: 'lm-server', message: 'Key [key removed]', facts: { text: '[key removed]', status: 500 } })
    for (const one of [typed, error(new TypeError('"Bearer my-own-secret" is an invalid header value'))]) {
      expect(one instanceof Error && `${one.message}${one.stack}${String(one.cause)}`).not.toContain('my-own-secret')
    }
    const other = new Error('something else')
    expect(error(other)).toBe(other)
  })
})
