import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { repairJson } from './repair-json'

describe('repairJson', () => {
  it.each<[string, Json]>([
    // Quotes
    ["{'answer': 'it's'}", { answer: "it's" }],
    ["['it's', 'ok']", ["it's", 'ok']],
    ["{'q': 'What's up, doc?', 'a': 'dogs' and cats'}", { q: "What's up, doc?", a: "dogs' and cats" }],
    ['{"a": "5" tall", "b": "say "hi", then leave", "c": 1}', { a: '5" tall', b: 'say "hi", then leave', c: 1 }],
    [
      '{"why": "It says "I love it" and "great", so yes.", "label": "yes"}',
      { why: 'It says "I love it" and "great", so yes.', label: 'yes' },
    ],
    ['{"code": "print("x")"}', { code: 'print("x")' }],
    ['{"a": ""b"", "c": ""}', { a: '"b"', c: '' }],
    ['{“a”: “b”, ‘c’: `d`}', { a: 'b', c: 'd' }],
    ['{"a": """x "y" z""", \'b\': \'\'\'it\'s\'\'\'}', { a: 'x "y" z', b: "it's" }],
    ['{a: hello world, b: http://x.y/z?q=1}', { a: 'hello world', b: 'http://x.y/z?q=1' }],
    ['{"a": x", "b": 1}', { a: 'x', b: 1 }],
    ['{"a": "x, "b": "y"}', { a: 'x', b: 'y' }],
    ['{"a": "x\n "b": 2}', { a: 'x', b: 2 }],
    ['{\\"a\\": \\"b\\", \\"c\\": 1}', { a: 'b', c: 1 }],
    ['{&quot;a&quot;: &quot;b&quot;}', { a: 'b' }],
    // Backslashes and breaks are letters, too
    ['{a: "\\d+ \\alpha C:\\Users"}', { a: '\\d+ \\alpha C:\\Users' }],
    ['{a: "two\nlines", b: "\\u00e9\\x41"}', { a: 'two\nlines', b: 'éA' }],
    // Commas, colons and brackets
    ['{"a": 1 "b": 2,, "c": [1 2 3],}', { a: 1, b: 2, c: [1, 2, 3] }],
    ['["a" "b"\n"c"]', ['a', 'b', 'c']],
    ['[{"a": 1}\n{"b": 2}', [{ a: 1 }, { b: 2 }]],
    ['[{"a": 1, {"b": 2}]', [{ a: 1 }, { b: 2 }]],
    ['{"a" 1, "b" = 2, c => 3}', { a: 1, b: 2, c: 3 }],
    ['{"a": ["x", "y"}', { a: ['x', 'y'] }],
    ['{"a": "b"]}', { a: 'b' }],
    ['{"a": , "b": 1}', { a: null, b: 1 }],
    ['{"a": 1} and more', { a: 1 }],
    // Cut off
    ['{"a": {"b": [1, "cut o', { a: { b: [1, 'cut o'] } }],
    ['{"a": 1, "b', { a: 1, b: null }],
    ['{"a": "x\\u00', { a: 'x' }],
    // Other languages
    ['{a: True, b: None, c: undefined, d: 0x10, e: .5, f: 1., g: 007}', { a: true, b: null, c: null, d: 16, e: 0.5, f: 1, g: '007' }],
    ['{"a": (1, "b"), "c": NumberLong(2), "d": ObjectId("12")}', { a: [1, 'b'], c: 2, d: '12' }],
    ['callback({"a": 1})', { a: 1 }],
    ['{"a": "b" /* c */, // d\n "e": "f" + "g"}', { a: 'b', e: 'fg' }],
    ['[1, 2, ..., 9]', [1, 2, 9]],
  ])('reads %j', (text, value) => {
    expect(repairJson(text)).toEqual(value)
  })

  it.each(['', '  ', '{hard}', '{"a": [1, 2, "b": 3}', '{"list": "a", "b", "c"}', '['.repeat(200), '{"a": '.repeat(200)])(
    'gives no reading of %j',
    text => {
      expect(repairJson(text)).toBeUndefined()
    },
  )

  it('reads a text with a word or a key after it, however far the lines are set in', () => {
    const deep = [{ a: { a: [[[[[[['A A', false]]]]]]] } }, { a: 'a A' }, [[[[[[[[{ a: 'b', c: true }]]]]]]]]]
    for (const indent of [0, 1, 4, 9]) expect(repairJson(JSON.stringify(deep, null, ' '.repeat(indent)).replaceAll('"', "'"))).toEqual(deep)
  })

  it('reads back any value that was damaged in one way', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(...Object.keys(damages)), (value, kind) => {
        const text = damages[kind]?.(JSON.stringify(value, null, 1)) ?? ''
        expect(repairJson(text)).toEqual(value)
      }),
      { numRuns: 2000 },
    )
  })
})

/** Words of plain letters: what a text of brackets and commas means without its quotes is anybody's guess. */
const word = fc.stringMatching(/^[A-Za-z]{1,8}$/).filter(text => !/^(?:true|false|null|none|undefined)$/i.test(text))
const { value: values } = fc.letrec<{ value: Json; leaf: Json }>(tie => ({
  leaf: fc.oneof(
    fc.integer({ min: -9999, max: 9999 }),
    fc.boolean(),
    fc.constant(null),
    word,
    fc.tuple(word, word).map(pair => pair.join(' ')),
  ),
  value: fc.oneof(
    fc.array(fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('value')), { maxLength: 4 }),
    fc.dictionary(word, fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('value')), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

/** From JSON with a line for each part to what models write in its place. */
const damages: Readonly<Record<string, (json: string) => string>> = {
  'single quotes': json => json.replaceAll('"', "'"),
  'typographic quotes': json => json.replace(/"([^"]*)"/g, '“$1”'),
  'bare keys': json => json.replace(/"(\w+)":/g, '$1:'),
  'bare texts': json => json.replaceAll('"', ''),
  'escaped quotes': json => json.replaceAll('"', '\\"'),
  'no commas': json => json.replace(/,\n/g, '\n'),
  'final commas': json => json.replace(/([^[{,\n])\n(\s*[\]}])/g, '$1,\n$2'),
  'no closing brackets': json => json.replace(/[\s\]}]+$/, ''),
  comments: json => json.replace(/\n/g, ' // a "b" {\n'),
  "Python's words": json => json.replace(/\b(true|false)\b/g, found => (found === 'true' ? 'True' : 'False')).replace(/\bnull\b/g, 'None'),
  'a fence at the end': json => `${json}\n\`\`\``,
}
