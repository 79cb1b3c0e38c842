import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { signatureOf } from '@/testing/signature-of'
import type { Adapter } from '../adapters/adapter'
import { parseValue, parseValueExactly } from '../adapters/parse-value'
import { adapters, exactAdapters } from '../adapters/registry'
import { isEngineError } from '../base/errors'
import type { AdapterId } from '../program/adapter-id'
import { parseTypeName } from '../signature/parse-type-name'
import type { ClassType } from '../signature/types/field-type'

const letters: ClassType = { kind: 'enum-class', name: 'Letters', members: [{ name: 'A', value: 'x' }] }
const numbers: ClassType = { kind: 'enum-class', name: 'Numbers', members: [{ name: 'ONE', value: 1 }] }
const point: ClassType = {
  kind: 'class',
  name: 'Pt',
  fields: [
    { name: 'x', type: { kind: 'int' } },
    { name: 'y', type: { kind: 'int' }, default: 0 },
  ],
}

/** Stands for a refusal. */
const refused = Symbol('refused')
type Read = Json | typeof refused
const read = (parse: typeof parseValue, type: string, value: Json): Read => {
  const result = parse(parseTypeName(type, [letters, numbers, point]), value)
  return result.ok ? result.value : refused
}
const shown = (rows: readonly (readonly [Json, string, Read])[]): (readonly [string, string, string, Json, Read])[] =>
  rows.map(([value, type, result]) => [JSON.stringify(value), type, result === refused ? 'refused' : JSON.stringify(result), value, result])

describe('the value of an output', () => {
  it.each(
    shown([
      ['yes', 'bool', true], ['Y', 'bool', true], ['t', 'bool', true], ['on', 'bool', true], ['TRUE', 'bool', true], ['1', 'bool', true],
      ['no', 'bool', false], ['N', 'bool', false], ['f', 'bool', false], ['off', 'bool', false], ['False', 'bool', false], ['0', 'bool', false],
      ['2', 'bool', refused], ['maybe', 'bool', refused],
      ['3', 'int', 3], ['1e3', 'int', 1000], ['0x10', 'int', 16], ['3.0', 'int', 3], ['1_000', 'int', 1000],
      ['1,000', 'int', refused], ['3.5', 'int', refused], ['3 apples', 'int', refused], ['', 'int', refused],
      ['1', 'float', 1], ['0.5', 'float', 0.5], ['50%', 'float', refused], ['$5', 'float', refused],
      ['["a"]', 'list[str]', ['a']], ['[a, b]', 'list[str]', ['a', 'b']], ['a, b', 'list[str]', refused], ['[1,2]', 'list[str]', refused],
      ['```json\n[1,2]\n```', 'list[int]', [1, 2]],
      ["{'a':1}", 'dict[str, int]', { a: 1 }], ['{"a":1}', 'dict[str, int]', { a: 1 }],
      ['(1,2)', 'tuple[int, int]', [1, 2]], ['[1,2]', 'tuple[int, int]', [1, 2]], ['[1,1]', 'set[int]', [1]],
      ['null', 'Optional[int]', null], ['None', 'Optional[int]', null], ['', 'Optional[int]', refused],
      ['null', 'Optional[str]', 'null'], ['None', 'Optional[str]', 'None'],
      ['5', 'Union[int, str]', 5], ['5', 'Any', 5], ['5', 'Optional[str]', '5'], ['hello', 'Any', 'hello'], ['[1]', 'Any', [1]],
      ["'a'", "Literal['a', 'b']", 'a'], [' "a" ', "Literal['a', 'b']", 'a'], ['Literal[a]', "Literal['a', 'b']", 'a'], ['A', "Literal['a', 'b']", refused],
      [3, 'Literal[3, 4]', 3], ['x', 'Letters', 'x'], ['A', 'Letters', 'x'], ['X', 'Letters', refused], [1, 'Numbers', 1],
      [5, 'str', '5'], [true, 'str', 'True'], [null, 'str', 'None'], [[1], 'str', '[1]'], [{ a: 1 }, 'str', "{'a': 1}"],
      ['{"x": 1, "z": 5}', 'Pt', { x: 1, y: 0 }], ['{"y": 1}', 'Pt', refused],
    ]), // prettier-ignore
  )('§2.15 %s as `%s`: %s', (_value, type, _result, value, expected) => {
    expect(read(parseValueExactly, type, value)).toEqual(expected)
    expect(read(parseValue, type, value)).toEqual(expected)
  })

  it.each(
    shown([
      ['2', 'Literal[1, 2, 3]', 2], ["'2'", 'Literal[1, 2, 3]', 2], ['2.0', 'Literal[2]', 2], ['Literal[2]', 'Literal[1, 2, 3]', 2],
      ['x', 'Literal[1, 2]', refused], ['true', 'Literal[True]', true], ['yes', 'Literal[True]', refused], ['null', "Literal['a', None]", null],
      ['None', "Literal['a', None]", null], ['1', "Literal['1', 1]", '1'], ['[2]', 'Literal[2]', refused],
      ['"3"', 'Literal[3, 4]', 3],
    ]), // prettier-ignore
  )('§A.3 (3.4.1, in place of §2.15) %s as `%s`: %s', (_value, type, _result, value, expected) => {
    expect(read(parseValueExactly, type, value)).toEqual(expected)
    expect(read(parseValue, type, value)).toEqual(expected)
  })

  it.each(
    shown([
      ['1', 'Numbers', 1],
      [' x', 'Letters', 'x'],
    ]),
  )(
    '§2.15 differs on purpose: %s as `%s` is the member %s; to the letter it is refused, as in DSPy',
    (_value, type, _result, value, expected) => {
      expect(read(parseValue, type, value)).toEqual(expected)
      expect(read(parseValueExactly, type, value)).toBe(refused)
    },
  )

  it.each(['inf', 'nan', '1e999'])('§2.15 differs on purpose: %s is no float, since values are JSON', text => {
    expect(read(parseValueExactly, 'float', text)).toBe(refused)
    expect(read(parseValue, 'float', text)).toBe(refused)
  })

  it('§2.11 differs on purpose: prose of any type keeps its words; to the letter the part in brackets is read', () => {
    expect(read(parseValue, 'Any', 'see [1] there')).toBe('see [1] there')
    expect(read(parseValueExactly, 'Any', 'see [1] there')).toEqual([1])
  })
})

describe.each([
  ['as usual', adapters],
  ['to the letter', exactAdapters],
] as const)('answers, %s', (_how, all) => {
  const parse = (id: AdapterId, line: string, text: string): Read => answerOf(all[id], line, text)

  it.each<[fact: string, line: string, text: string, values: Read]>([
    ['the rest of the line of a header is the first line of its value', 'q -> a', '[[ ## a ## ]] yes\nmore', { a: 'yes\nmore' }],
    ['the first section of a field counts', 'q -> a', '[[ ## a ## ]]\none\n[[ ## a ## ]]\ntwo', { a: 'one' }],
    ['text before the first header is ignored', 'q -> a', 'Well.\n[[ ## a ## ]]\nx', { a: 'x' }],
    ['an unknown header ends a section', 'q -> a', '[[ ## a ## ]]\nx\n[[ ## other ## ]]\ny', { a: 'x' }],
    ['so does the closing marker', 'q -> a', '[[ ## a ## ]]\nx\n[[ ## completed ## ]]\ny', { a: 'x' }],
    ['sections come in any order', 'q -> a, n: int', '[[ ## n ## ]]\n3\n[[ ## a ## ]]\nx', { a: 'x', n: 3 }],
    ['values are stripped', 'q -> a', '[[ ## a ## ]]\n\n  x  \n\n', { a: 'x' }],
    ['a field that may be null and is not there is null', 'q -> a, b: Optional[int]', '[[ ## a ## ]]\nx', { a: 'x', b: null }],
    ['a missing field is refused', 'q -> a, b', '[[ ## a ## ]]\nx', refused],
    ['a value of another type is refused', 'q -> a, n: int', '[[ ## a ## ]]\nx\n[[ ## n ## ]]\nmany', refused],
    ['text without a header is refused', 'q -> a', 'just words', refused],
    ['empty text is refused', 'q -> a', '', refused],
    ['lines end as in Python', 'q -> a', '[[ ## a ## ]]\r\nx\u2028[[ ## completed ## ]]', { a: 'x' }],
  ])('§2.11 chat: %s', (_fact, line, text, values) => {
    expect(parse('chat', line, text)).toEqual(values)
  })

  it('§2.11 a missing output is its default', () => {
    const signature = signatureOf('q -> a, n: int = 3')
    expect(all.chat.parse(signature, '[[ ## a ## ]]\nx')).toEqual({ a: 'x', n: 3 })
  })

  it('§2.11 what is refused carries the text and the fields that could be read', () => {
    const text = '[[ ## a ## ]]\nx'
    expect(() => all.chat.parse(signatureOf('q -> a, b'), text)).toThrow(
      expect.objectContaining({
        code: 'adapter-parse',
        facts: expect.objectContaining({ text, adapter: 'chat', parsed: { a: 'x' }, missing: ['b'] }),
      }),
    )
  })

  it.each<[fact: string, line: string, text: string, values: Read]>([
    ['a JSON object', 'q -> a, n: int', '{"a": "x", "n": 3}', { a: 'x', n: 3 }],
    ['words and a fence around it', 'q -> a', 'Here:\n```json\n{"a": "x"}\n```', { a: 'x' }],
    ['broken JSON is repaired', 'q -> a', "{'a': 'x',}", { a: 'x' }],
    ['other keys are ignored', 'q -> a', '{"b": 1, "a": "x"}', { a: 'x' }],
    ['a missing key is refused', 'q -> a, b', '{"a": "x"}', refused],
    ['a value of another type is refused', 'q -> n: int', '{"n": "zz"}', refused],
    ['a list is no object', 'q -> a', '["a"]', refused],
    ['an object around it is not taken off', 'q -> a', '{"answer": {"a": "x"}}', refused],
  ])('§2.11 JSON: %s', (_fact, line, text, values) => {
    expect(parse('json', line, text)).toEqual(values)
    expect(parse('baml', line, text)).toEqual(values)
  })

  it.each<[fact: string, line: string, text: string, values: Read]>([
    ['text between tags', 'q -> a', '<a>\nx\n</a>', { a: 'x' }],
    ['entities are read', 'q -> a', '<a>1 &lt; 2 &amp; 3</a>', { a: '1 < 2 & 3' }],
    ['items of a list', 'q -> l: list[int]', '<l><item>1</item><item>2</item></l>', { l: [1, 2] }],
    [
      'keys of a dict as tags and as entries',
      'q -> d: dict[str, int]',
      '<d><x>1</x><entry key="a b">2</entry></d>',
      { d: { x: 1, 'a b': 2 } },
    ],
    ['a closed tag without content is null', 'q -> l: list[Optional[int]]', '<l><item /><item>2</item></l>', { l: [null, 2] }],
    ['JSON between the tags of a list', 'q -> l: list[int]', '<l>[1, 2]</l>', { l: [1, 2] }],
    ['a missing tag is refused', 'q -> a, b', '<a>x</a>', refused],
  ])('§2.11 XML: %s', (_fact, line, text, values) => {
    expect(parse('xml', line, text)).toEqual(values)
  })
})

describe('where answers are read more leniently than by DSPy', () => {
  it.each<[fact: string, id: AdapterId, line: string, text: string, usual: Json, exact: Read]>([
    ['a header in bold', 'chat', 'q -> a', '**[[ ## a ## ]]**\nx', { a: 'x' }, refused],
    ['a header behind an indent', 'chat', 'q -> a', '  [[ ## a ## ]] yes', { a: 'yes' }, { a: ']] yes' }],
    ['a bare sign in XML', 'xml', 'q -> a', '<a>1 < 2 & 3</a>', { a: '1 < 2 & 3' }, refused],
    ['a tag that is never closed', 'xml', 'q -> a', '<a>x', { a: 'x' }, refused],
    ['a field that stands twice in XML', 'xml', 'q -> a', '<a>x</a><a>y</a>', { a: 'x' }, { a: "['x', 'y']" }],
  ])('§2.11 differs on purpose: %s; to the letter as DSPy', (_fact, id, line, text, usual, exact) => {
    expect(answerOf(adapters[id], line, text)).toEqual(usual)
    expect(answerOf(exactAdapters[id], line, text)).toEqual(exact)
  })
})

function answerOf(adapter: Adapter, line: string, text: string): Read {
  try {
    return adapter.parse(signatureOf(line), text)
  } catch (error) {
    if (isEngineError(error, 'adapter-parse')) return refused
    throw error
  }
}
