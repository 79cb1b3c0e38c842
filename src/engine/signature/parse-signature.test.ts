import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../base/errors'
import type { FieldType } from './types/field-type'
import { fieldTypes, fieldNames } from '@/testing/arbitrary-fields'
import { parseSignatureLine } from './parse-signature'
import { printSignatureLine } from './print-signature'
import { unconstrained } from './types/constraint-rules'
import { classesIn } from './types/registry'
import type { Field } from './signature'
import { parseTypeName } from './parse-type-name'
import { promptTypeName, typeName } from './type-name'
import type { Json } from '@/lib/json'
import { reservedNames } from '@/lib/reserved-names'

const str: FieldType = { kind: 'str' }
const openDict: FieldType = { kind: 'object', fields: {} }

function errorOf(work: () => unknown): EngineError {
  try {
    work()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error('Nothing was thrown')
}

describe('parseSignatureLine', () => {
  it('reads names and types on both sides', () => {
    expect(parseSignatureLine('question, context: list[str] -> answer: float')).toEqual({
      remarks: [],
      inputs: [
        { name: 'question', type: str },
        { name: 'context', type: { kind: 'list', of: str } },
      ],
      outputs: [{ name: 'answer', type: { kind: 'float' } }],
    })
  })

  it('reads an image in both of its spellings, and prints it as a signature and a prompt have it', () => {
    const image: FieldType = { kind: 'image' }
    expect(parseSignatureLine('photo: dspy.Image, more: list[Image] -> answer').inputs).toEqual([
      { name: 'photo', type: image },
      { name: 'more', type: { kind: 'list', of: image } },
    ])
    expect(typeName({ kind: 'list', of: image })).toBe('list[dspy.Image]')
    expect(promptTypeName({ kind: 'optional', of: image })).toBe('Union[Image, NoneType]')
    for (const name of [typeName(image), promptTypeName(image)]) expect(parseTypeName(name)).toEqual(image)
    expect(errorOf(() => parseTypeName('image')).message).toContain('Write `dspy.Image`')
  })

  it('takes newlines, trailing commas, tight spelling and an empty side', () => {
    expect(parseSignatureLine('\n  q ,\n->a,\n').outputs).toEqual([{ name: 'a', type: str }])
    expect(parseSignatureLine('-> a')).toEqual({ inputs: [], outputs: [{ name: 'a', type: str }], remarks: [] })
    expect(parseSignatureLine('q ->')).toEqual({ inputs: [{ name: 'q', type: str }], outputs: [], remarks: [] })
  })

  it('keeps default values, also in front of fields without one', () => {
    expect(parseSignatureLine("q: str = 'x, -> y', k: int = -3, r -> a: list[int] = [1, (2,)], b = {'b': None}")).toEqual({
      inputs: [
        { name: 'q', type: str, default: 'x, -> y' },
        { name: 'k', type: { kind: 'int' }, default: -3 },
        { name: 'r', type: str },
      ],
      outputs: [
        { name: 'a', type: { kind: 'list', of: { kind: 'int' } }, default: [1, [2]] },
        { name: 'b', type: str, default: { b: null } },
      ],
      remarks: [],
    })
  })

  it.each([
    ['a: None -> b', '`None` alone is read as `str`', 3],
    ['q -> b: frozenset[int]', '`frozenset` is read as `set`', 8],
    ['q: Sequence[str] -> b', '`Sequence` is read as `list`', 3],
    ['q -> b: set[list[int]]', 'Python keeps no `list` in a set', 12],
    ['fields -> b', "name of DSPy's own", 0],
  ])('takes %j, and says what that means', (line, words, position) => {
    const { remarks } = parseSignatureLine(line)
    expect(remarks.map(remark => remark.position)).toEqual([position])
    expect(remarks[0]?.message).toContain(words)
  })

  it('does not take an arrow inside a quoted option for a second one', () => {
    expect(parseSignatureLine("q -> a: Literal['->', 'b']").outputs[0]?.type).toEqual({ kind: 'enum', values: ['->', 'b'] })
  })

  it.each([
    ['question', 8, '`->` between'],
    ['a -> b -> c', 7, 'one `->`'],
    ['1x -> a', 0, 'start with a digit'],
    ['x-y -> a', 1, 'comma or `->` before `-`'],
    ['class -> a', 0, 'Python language'],
    ['_x -> a', 0, 'underscore'],
    ['q -> q', 5, '`q` already'],
    ['q, q -> a', 3, '`q` already'],
    ['*args -> a', 0, 'drops fields around `*`'],
    ['a, /, b -> c', 3, 'drops fields around `/`'],
    ['a = f(1) -> b', 4, 'plain value'],
    ['a = 12345678901234567890 -> b', 4, 'more digits'],
    ['a: List -> b', 3, 'Write `list`, or `List[…]`'],
    ['a: Optional[int, str] -> b', 15, 'Put `]`'],
    ['a: list["no" -> b', 8, 'no type `no`'],
    ['a: (int -> b', 8, 'Put `)`'],
    ['__proto__ -> a', 0, 'JavaScript'],
    ["x: 'str' -> a", 3, 'without quotes: str'],
    ['x: -> a', 3, 'type belongs here'],
    ['x: strng -> a', 3, 'no type `strng`'],
    ['x: String -> a', 3, 'no type `String`'],
    ['text=>label', 5, 'Write the arrow as `->`'],
    ['x: STR -> a', 3, 'Write `str`'],
    ['x: string -> a', 3, 'Write `str`'],
    ['x: datetime.timedelta -> a', 3, 'not supported'],
    ['x: dspy.Nope -> a', 3, 'not supported'],
    ['x: dict[list[int], str] -> a', 8, 'dict[str, …]'],
    ['x: tuple[int, ..., str] -> a', 17, 'Put `]`'],
    ['x: list[str -> a', 12, 'Put `]`'],
    ['x: Literal[] -> a', 11, 'at least one option'],
    ['x: Literal[yes] -> a', 11, "Write 'yes' with quotes"],
    ["x: Literal['yes -> a", 11, 'Close the text'],
    ['x: list[None] -> a', 8, 'not a type here'],
    ['x: int[3] -> a', 6, 'nothing in brackets'],
    ["x: {'a': int, 'a': str} -> a", 14, 'is there twice'],
    ["x: {'__proto__': int} -> a", 4, 'JavaScript'],
    ['q -> a b', 7, 'comma before `b`'],
    [', -> a', 0, 'name of a field'],
    [`x: ${'list['.repeat(60)} -> a`, 257, 'too deep'],
  ])('refuses %j at %d', (line, position, message) => {
    const error = errorOf(() => parseSignatureLine(line))
    expect(error.code).toBe('signature-syntax')
    expect(error.message).toContain(message)
    expect(error.facts['position']).toBe(position)
  })

  it('throws nothing but signature-syntax on any text', () => {
    const pieces = fc.constantFrom(
      'q',
      '->',
      ',',
      ':',
      '[',
      ']',
      '{',
      '}',
      "'",
      '"',
      '|',
      'list',
      'Literal',
      'Optional',
      'None',
      '1',
      '-',
      '\\',
      '=',
      '.',
      ' ',
      '\n',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map(all => all.join('')),
        ),
        line => {
          try {
            parseSignatureLine(line)
          } catch (error) {
            if (!(error instanceof EngineError)) throw error
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('parseTypeName', () => {
  it.each<[string, FieldType]>([
    ['str', str],
    ['None', str],
    ['list', { kind: 'list', of: { kind: 'any' }, isBare: true }],
    ['List[int]', { kind: 'list', of: { kind: 'int' } }],
    ['typing.List[typing.Any]', { kind: 'list', of: { kind: 'any' } }],
    ['dict', { kind: 'dict', of: { kind: 'any' }, isBare: true }],
    ['dict[str, Any]', openDict],
    ['dict[str, int]', { kind: 'dict', of: { kind: 'int' } }],
    ['Optional[int]', { kind: 'optional', of: { kind: 'int' } }],
    ['int | None', { kind: 'optional', of: { kind: 'int' } }],
    ['None | int | None', { kind: 'optional', of: { kind: 'int' } }],
    ['Union[int, NoneType]', { kind: 'optional', of: { kind: 'int' } }],
    ['Optional[Optional[int]]', { kind: 'optional', of: { kind: 'int' } }],
    ['list[str | None]', { kind: 'list', of: { kind: 'optional', of: str } }],
    [`Literal['a', "b's", 3, -1]`, { kind: 'enum', values: ['a', "b's", 3, -1] }],
    ["Literal['a', None, True]", { kind: 'enum', values: ['a', null, true] }],
    ['int | str | None', { kind: 'optional', of: { kind: 'union', of: [{ kind: 'int' }, str] } }],
    [
      'Union[int, Union[str, int], Optional[bool]]',
      { kind: 'optional', of: { kind: 'union', of: [{ kind: 'int' }, str, { kind: 'bool' }] } },
    ],
    ['tuple[int, ...]', { kind: 'tuple', items: [], rest: { kind: 'int' } }],
    ['tuple[int, Ellipsis]', { kind: 'tuple', items: [], rest: { kind: 'int' } }],
    ['tuple[()]', { kind: 'tuple', items: [] }],
    ['Tuple[int, str,]', { kind: 'tuple', items: [{ kind: 'int' }, str] }],
    ['frozenset[int]', { kind: 'set', of: { kind: 'int' } }],
    ['dict[int, str]', { kind: 'dict', key: { kind: 'int' }, of: str }],
    ['datetime.date', { kind: 'date' }],
    ['datetime', { kind: 'datetime' }],
    ["{'x': int, y: list[str],}", { kind: 'object', fields: { x: { kind: 'int' }, y: { kind: 'list', of: str } } }],
    ['{}', openDict],
  ])('reads %s', (text, type) => {
    expect(parseTypeName(text)).toEqual(type)
  })

  it('says where something follows the type', () => {
    expect(errorOf(() => parseTypeName('int, str')).facts['position']).toBe(3)
  })
})

describe('typeName', () => {
  it('spells types as DSPy does, optional ones otherwise inside prompts', () => {
    const type: FieldType = { kind: 'optional', of: { kind: 'enum', values: ['a', "b's", `c'"`, 3] } }
    expect(typeName(type)).toBe(`Optional[Literal['a', "b's", 'c\\'"', 3]]`)
    expect(promptTypeName({ kind: 'list', of: { kind: 'optional', of: { kind: 'int' } } })).toBe('list[Union[int, NoneType]]')
    expect(typeName({ kind: 'object', fields: { x: { kind: 'int' }, y: { kind: 'list', of: str } } })).toBe("{'x': int, 'y': list[str]}")
  })

  it('reads back as the same type, from both spellings', () => {
    fc.assert(
      fc.property(fieldTypes, type => {
        const classes = classesIn([type])
        expect(parseTypeName(typeName(type), classes)).toEqual(type)
        expect(parseTypeName(promptTypeName(type), classes)).toEqual(unconstrained(type))
      }),
      { numRuns: 500 },
    )
  })
})

describe('printSignatureLine', () => {
  it('leaves str unsaid', () => {
    const fields: Field[] = [
      { id: '1', name: 'a', role: 'output', type: { kind: 'bool' }, desc: '' },
      { id: '2', name: 'q', role: 'input', type: str, desc: 'x' },
      { id: '3', name: 'n', role: 'output', type: { kind: 'float' }, desc: '', default: 1 },
    ]
    expect(printSignatureLine(fields)).toBe('q -> a: bool, n: float = 1.0')
    expect(printSignatureLine([])).toBe('->')
  })

  it('reads back as the same fields', () => {
    const defaults = fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 2 }).filter(isPlain))
    const named = fc.tuple(fieldNames, fieldTypes, fc.constantFrom('input' as const, 'output' as const), defaults)
    fc.assert(
      fc.property(fc.uniqueArray(named, { selector: ([name]) => name, maxLength: 6 }), rows => {
        const fields = rows.map(([name, type, role, value], i): Field => ({
          id: String(i),
          name,
          role,
          type,
          desc: '',
          ...(value !== undefined && { default: value as Json }),
        }))
        const side = (role: string) =>
          fields
            .filter(field => field.role === role)
            .map(({ name, type, default: value }) => ({ name, type, ...(value !== undefined && { default: value }) }))
        const classes = classesIn(fields.map(({ type }) => type))
        const { inputs, outputs } = parseSignatureLine(printSignatureLine(fields), classes)
        expect({ inputs, outputs }).toEqual({ inputs: side('input'), outputs: side('output') })
      }),
      { numRuns: 300 },
    )
  })
})

/** What a text of Python can say: JavaScript has a zero below zero, and keys that reach into its own objects. */
function isPlain(value: unknown): boolean {
  if (Object.is(value, -0)) return false
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, item]) => !reservedNames.has(key) && isPlain(item))
}
