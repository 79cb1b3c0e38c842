import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUnsafeInteger } from '@/lib/exact-json'
import { pythonRepr } from '@/lib/python-text'
import type { Json } from '@/lib/json'
import { readLooseJson, readLooseObject } from './loose-json'
import { readPythonLiteral } from './python-literal'

const anywhere = { anywhere: true }

describe('readPythonLiteral', () => {
  it.each<[string, Json]>([
    ['(1)', 1],
    ['(1,)', [1]],
    ['1, 2', [1, 2]],
    ['()', []],
    ['{1, 2}', [1, 2]],
    ['{}', {}],
    ['{1: "a"}', { 1: 'a' }],
    ["'it\\'s \\x41\\u00e9\\n'", "it's Aé\n"],
    ["'''two\nlines'''", 'two\nlines'],
    ['0b101', 5],
    ['0o17', 15],
    ['+.5', 0.5],
    ['[None, True, -1_0.5e1]', [null, true, -105]],
  ])('reads %s', (text, value) => {
    expect(readPythonLiteral(text)).toEqual(value)
  })

  it.each(['', 'word', '[1 2]', '[1', '(', "'open", '{1: }', '{"a" 1}', '1 2', '.', '-', '1__0', '0xg', '[,]', '{[1]: 2}', "'two\nlines'"])(
    'does not read %j',
    text => {
      expect(readPythonLiteral(text)).toBeUndefined()
    },
  )

  it('reads back whatever prints as Python', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), value => {
        // Astral characters that Python escapes as \U are the one thing out of reach.
        const text = pythonRepr(value as Json)
        fc.pre(!text.includes('\\U'))
        // Integers beyond 2^53 come back as the text of their digits.
        fc.pre(!(text.match(/-?\d{16,}/g) ?? []).some(isUnsafeInteger))
        expect(readPythonLiteral(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('readLooseJson', () => {
  it('repairs what is broken, inside fences and behind prose too', () => {
    expect(readLooseJson('{a: True, b: None, "c": "x" "d": 1}', anywhere)).toEqual({ a: true, b: null, c: 'x', d: 1 })
    expect(readLooseJson("Here you go:\n```python\n{'a': (1, 2)}\n```\nDone.", anywhere)).toEqual({ a: [1, 2] })
    expect(readLooseJson('```\n[1, 2', anywhere)).toEqual([1, 2])
    expect(readLooseJson('x [1]', { anywhere: false })).toBeUndefined()
  })

  it('keeps a fence that stands inside a value', () => {
    const value = { code: 'a\n```js\n1\n```' }
    expect(readLooseJson(JSON.stringify(value), anywhere)).toEqual(value)
  })

  it('gives up on nesting that would exhaust the stack', () => {
    for (const text of ['['.repeat(100_000), `${'['.repeat(5000)}${']'.repeat(5000)}`, '{"a":'.repeat(20_000), '('.repeat(100_000)]) {
      expect(readLooseJson(text, anywhere)).toBeUndefined()
    }
  })

  it('stays quick on texts made to be slow', () => {
    const long = 100_000
    const texts = [
      `x${' '.repeat(long)}[{${' '.repeat(long)}x`,
      `${'1'.repeat(long)}x`,
      `1${'_1'.repeat(long)}_`,
      '{"a": "x '.repeat(long / 9),
      '`'.repeat(long),
      `[${'('.repeat(50)}${'1,'.repeat(long)}`,
    ]
    const before = performance.now()
    for (const text of texts) {
      readLooseJson(text, anywhere)
      readLooseObject(text, () => false)
    }
    expect(performance.now() - before).toBeLessThan(20_000)
  })

  it('never throws', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"', "'", ',', ':', 'a', '1', ' ', '\n', '```', '\\', '(', ')', 'None', '//', '/*')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 40 }).map(all => all.join('')),
        ),
        text => {
          readLooseJson(text, anywhere)
          readLooseObject(text, () => false)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('readLooseObject', () => {
  it('prefers the object with a wanted key over braces in front of it', () => {
    const isWanted = (object: object) => 'answer' in object
    expect(readLooseObject('I think {hard} of {"x": 1}. So: {"answer": "4"} as asked', isWanted)).toEqual({ answer: '4' })
    expect(readLooseObject('only {"x": 1} here', isWanted)).toEqual({ x: 1 })
    expect(readLooseObject('[{"answer": 1}]', isWanted)).toEqual({ answer: 1 })
    expect(readLooseObject('```json\n{"answer": "cut o', isWanted)).toEqual({ answer: 'cut o' })
    expect(readLooseObject('no braces', isWanted)).toBeUndefined()
  })
})
