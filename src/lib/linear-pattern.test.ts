import fc from 'fast-check'
import { expect, it } from 'vitest'
import { linearPattern } from './linear-pattern'

function isIn(source: string, text: string): boolean | string {
  const read = linearPattern(source)
  return read.ok ? read.pattern.isIn(text) : read.reason
}

it.each<[string, string, boolean]>([
  ['^[A-Z]{2}-\\d+$', 'AB-12', true],
  ['^[A-Z]{2}-\\d+$', 'AB-', false],
  ['^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$', 'me@example.org', true],
  ['b', 'abc', true],
  ['^b', 'abc', false],
  ['a$', 'a\n', false],
  ['a.c', 'a\nc', false],
  ['^(?:a|bc)*$', 'abca', true],
  ['^(?P<year>\\d{4})$', '2024', true],
  ['(?i)^straße$', 'STRAßE', true],
  ['^.$', '😀', true],
  ['\\bword\\b', 'a word here', true],
  ['\\bword\\b', 'a sword here', false],
  ['^\\w+$', 'éßж日', true],
  ['^\\d$', '٣', true],
  ['^a{0,2}$', 'aaa', false],
  ['^a{2,}?$', 'aaa', true],
  ['^[\\]\\-x-z]+$', ']-y', true],
  ['^$', '', true],
  ['^()*a$', 'a', true],
])('finds %s in %j: %s', (source, text, found) => {
  expect(isIn(source, text)).toBe(found)
})

it.each([
  '(a',
  'a)',
  '[a',
  '*a',
  'a{',
  '(?=a)',
  '(?<!a)b',
  '(a)\\1',
  '\\',
  'a{3,1}',
  '[a[b]]',
  '\\q',
  'a(?i)b',
  '[z-a]',
  '((){9999}){9999}',
])('refuses %s with a reason', source => {
  expect(isIn(source, 'a')).toMatch(/\.$/)
})

it('agrees with JavaScript on patterns that both read', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\s', '(?:a|b)', '(ab?)', '1')
  const quantified = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{2,}', '*?')).map(parts => parts.join(''))
  const sources = fc
    .tuple(fc.constantFrom('', '^'), fc.array(quantified, { maxLength: 4 }), fc.constantFrom('', '|b', '|'), fc.constantFrom('', '$'))
    .map(([begin, parts, or, end]) => `${begin}${parts.join('')}${or}${end}`)
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '\n'), maxLength: 8 })
  fc.assert(
    fc.property(sources, texts, (source, text) => {
      expect(isIn(source, text), `${source} in ${JSON.stringify(text)}`).toBe(new RegExp(source, 'u').test(text))
    }),
    { numRuns: 2000 },
  )
})

it('follows a pattern that others never finish, and says where a text is too long for one', () => {
  expect(isIn('^(a+)+$', `${'a'.repeat(100_000)}b`)).toBe(false)
  expect(isIn('^(a|aa)+$', `${'a'.repeat(100_000)}b`)).toBe(false)
  expect(isIn('(a?){500}a{500}$', 'a'.repeat(500))).toBe(true)
  expect(isIn('(a?){500}a{500}$', 'a'.repeat(1_000_000))).toBe('too-long')
})
