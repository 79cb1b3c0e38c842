import { describe, expect, it } from 'vitest'
import { pythonFloat, pythonJson, pythonRepr, pythonStr } from './python-text'

describe('pythonStr and pythonRepr', () => {
  it('print values as Python does', () => {
    expect([pythonStr(5), pythonStr(true), pythonStr(null), pythonStr([1]), pythonStr({ a: 1 })]).toEqual([
      '5',
      'True',
      'None',
      '[1]',
      "{'a': 1}",
    ])
    expect(pythonStr('as "is"')).toBe('as "is"')
    expect(pythonRepr({ a: [null, false, 0.5, 'x'] })).toBe("{'a': [None, False, 0.5, 'x']}")
  })

  it.each([
    ["a'b", `"a'b"`],
    ['a"b', `'a"b'`],
    [`a'"b`, `'a\\'"b'`],
    ['tab\t\0\x7f\xa0\u200b\u2028é😀', "'tab\\t\\x00\\x7f\\xa0\\u200b\\u2028é😀'"],
    ['back\\slash\n', "'back\\\\slash\\n'"],
  ])('quotes %j as Python does', (text, expected) => {
    expect(pythonRepr(text)).toBe(expected)
  })
})

describe('pythonFloat', () => {
  it.each([
    [1, '1.0'],
    [0.1, '0.1'],
    [1e-5, '1e-05'],
    [0.00012, '0.00012'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e22, '1e+22'],
    [1.5e-7, '1.5e-07'],
    [-0, '-0.0'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Infinity, 'inf'],
    [NaN, 'nan'],
  ])('prints %d as repr does', (value, expected) => {
    expect(pythonFloat(value)).toBe(expected)
  })
})

describe('pythonJson', () => {
  it('puts spaces after separators and keeps letters of all scripts', () => {
    expect(pythonJson({ a: [1, 'é"\n'], b: { c: null, d: true }, e: [], f: {} })).toBe(
      '{"a": [1, "é\\"\\n"], "b": {"c": null, "d": true}, "e": [], "f": {}}',
    )
  })
})
