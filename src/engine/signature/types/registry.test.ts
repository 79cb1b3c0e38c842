import { expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { coerceValue } from '../check-value'
import { parseValue } from '../../adapters/parse-value'
import type { FieldType } from './field-type'
import { typeMismatch } from '../../program/type-compatible'
import { checkFields } from '../check-fields'
import { jsonSchemaOf } from '../json-schema'
import { parseTypeName } from '../parse-type-name'
import { promptTypeName, typeName } from '../type-name'

/** What DSPy 3.4.1 reads, as `TypeAdapter.dump_python(…, mode="json")` prints it; undefined is a refusal. */
it.each<[string, string, Json | undefined]>([
  ['tuple[int, str]', "(1, 'a')", [1, 'a']],
  ['tuple[int, str]', '[1]', undefined],
  ['tuple[int, ...]', '[1, "2"]', [1, 2]],
  ['tuple[()]', '[]', []],
  ['set[int]', '[1, 1, 2]', [1, 2]],
  ['set[int]', '1', undefined],
  ['Union[int, str]', '5', 5],
  ['Union[int, str]', 'five', 'five'],
  ['Union[int, str]', '5.0', 5],
  ['Union[int, str]', '"5"', '5'],
  ['Union[int, str, None]', '5', '5'],
  ['Union[int, str, None]', 'null', 'null'],
  ['Union[int, list[str]]', '["a"]', ['a']],
  ['Union[int, list[str]]', '[1]', undefined],
  ['Union[float, int]', '5', 5],
  ['Union[bool, int]', '1', 1],
  ['Union[bool, int]', 'yes', true],
  ['dict[int, str]', `{1: 'a'}`, { '1': 'a' }],
  ['dict[int, str]', '{"x": "a"}', undefined],
  ['dict[float, int]', '{"1": 2}', { '1.0': 2 }],
  ["dict[Literal['x', 'y'], int]", '{"z": 1}', undefined],
  ["Literal[True, False, 'x']", 'true', true],
  ["Literal[True, False, 'x']", 'yes', undefined],
  ["Literal[True, False, 'x']", '1', true],
  ['Literal[-1, 0, 1]', '-1', -1],
  ['Literal[-1, 0, 1]', '1.0', 1],
  ["Literal['a', 1, None]", '1', 1],
  ["Literal['a', 1, None]", 'None', null],
  ["Literal['1', 1]", '"1"', '1'],
  ['datetime.date', '2024-01-02', '2024-01-02'],
  ['datetime.date', '2024-01-02T00:00:00', '2024-01-02'],
  ['datetime.date', '2024-01-02T10:00:00', undefined],
  ['datetime.date', '2023-02-29', undefined],
  ['datetime.date', '02/01/2024', undefined],
  ['datetime.date', '1704153600', '2024-01-02'],
  ['datetime.datetime', '2024-01-02', '2024-01-02T00:00:00'],
  ['datetime.datetime', '2024-01-02 10:00', '2024-01-02T10:00:00'],
  ['datetime.datetime', '2024-01-02T10:00:00+00:00', '2024-01-02T10:00:00Z'],
  ['datetime.datetime', '2024-01-02T10:00:00+02:00', '2024-01-02T10:00:00+02:00'],
  ['datetime.datetime', '2024-01-02T10:00:00.5', '2024-01-02T10:00:00.500000'],
  ['datetime.datetime', '1704153600', '2024-01-02T00:00:00Z'],
  ['datetime.datetime', 'January 2', undefined],
  ['datetime.time', '10:00', '10:00:00'],
  ['datetime.time', '10:00:30.25', '10:00:30.250000'],
  ['datetime.time', '25:00', undefined],
])('reads for %s the text %s', (name, text, value) => {
  const read = parseValue(parseTypeName(name), text)
  expect(read.ok ? read.value : undefined).toEqual(value)
})

it.each<[string, string, Json]>([
  [
    'tuple[int, str]',
    'tuple[int, str]',
    { type: 'array', maxItems: 2, minItems: 2, prefixItems: [{ type: 'integer' }, { type: 'string' }] },
  ],
  ['tuple[int, ...]', 'tuple[int, Ellipsis]', { type: 'array', items: { type: 'integer' } }],
  ['set[int]', 'set[int]', { type: 'array', items: { type: 'integer' }, uniqueItems: true }],
  ['int | str | None', 'Union[int, str, NoneType]', { anyOf: [{ type: 'integer' }, { type: 'string' }, { type: 'null' }] }],
  [
    "dict[Literal['x', 'y'], int]",
    "dict[Literal['x', 'y'], int]",
    { type: 'object', additionalProperties: { type: 'integer' }, propertyNames: { enum: ['x', 'y'] } },
  ],
  ['dict[int, str]', 'dict[int, str]', { type: 'object', additionalProperties: { type: 'string' } }],
  ["Literal['a', 1, None]", "Literal['a', 1, None]", { enum: ['a', 1, null] }],
  ['Literal[True]', 'Literal[True]', { type: 'boolean', const: true }],
  ['list', 'list', { type: 'array', items: {} }],
  ['dict', 'dict', { type: 'object', additionalProperties: true }],
  ['datetime.datetime', 'datetime', { type: 'string', format: 'date-time' }],
])('shows %s in prompts as %s, with its schema', (name, shown, schema) => {
  const type = parseTypeName(name)
  expect(promptTypeName(type)).toBe(shown)
  expect(JSON.stringify(jsonSchemaOf(type))).toBe(JSON.stringify(schema))
  expect(parseTypeName(typeName(type))).toEqual(type)
})

it.each<[string, string, boolean]>([
  ['int', 'Union[int, str]', true],
  ['Union[int, bool]', 'int', false],
  ['Union[int, float]', 'float', true],
  ['Union[int, bool]', 'Union[bool, str, int]', true],
  ['tuple[int, int]', 'list[float]', true],
  ['tuple[int, str]', 'tuple[int, str]', true],
  ['tuple[int, str]', 'tuple[int]', false],
  ['list[int]', 'tuple[int, ...]', true],
  ['list[int]', 'tuple[int, int]', false],
  ['set[int]', 'list[int]', true],
  ['dict[int, str]', 'dict[str, str]', true],
  ['dict[str, str]', 'dict[int, str]', false],
  ['datetime.date', 'str', true],
  ['datetime.date', 'datetime.datetime', false],
  ['Literal[True, False]', 'bool', true],
])('lets %s flow into %s: %s', (from, to, flows) => {
  expect(typeMismatch(parseTypeName(from), parseTypeName(to)) === undefined).toBe(flows)
})

it('says what is wrong with a type, also inside of another one', () => {
  const problemOf = (name: string) => checkFields([{ id: 'f', name: 'f', role: 'input', type: parseTypeName(name), desc: '' }])[0]?.message
  expect(problemOf('list[Union[dspy.Image, str]]')).toContain('An image cannot be one of several types')
  expect(problemOf("tuple[int, Literal[' a']]")).toContain('begins or ends with a space')
  expect(problemOf('tuple[int, ...]')).toBeUndefined()
})

const color: FieldType = {
  kind: 'enum-class',
  name: 'Color',
  members: [
    { name: 'RED', value: 'r' },
    { name: 'TWO', value: 2 },
  ],
}
const home: FieldType = {
  kind: 'class',
  name: 'Home',
  fields: [
    { name: 'city', type: { kind: 'str' } },
    { name: 'floor', type: { kind: 'optional', of: { kind: 'int' } }, default: null },
  ],
}
const person: FieldType = {
  kind: 'class',
  name: 'Person',
  desc: 'Someone.',
  fields: [
    { name: 'name', type: { kind: 'str' }, desc: 'In full.' },
    { name: 'age', type: { kind: 'int', constraints: { ge: 0, lt: 150 } }, default: 7 },
    { name: 'homes', type: { kind: 'list', of: home, constraints: { maxLength: 2 } } },
  ],
}

it('reads a class in the order of its fields, with its defaults, and refuses with the path', () => {
  const read = (value: Json) => coerceValue(person, value)
  expect(read({ homes: [{ city: 'Bonn' }], more: 1, name: 'Ann' })).toEqual({
    ok: true,
    value: { name: 'Ann', age: 7, homes: [{ city: 'Bonn', floor: null }] },
  })
  const reasonOf = (value: Json) => {
    const result = read(value)
    return result.ok ? 'fits' : result.reason
  }
  expect(reasonOf({ name: 'Ann' })).toBe('key homes is missing')
  expect(reasonOf({ name: 'Ann', homes: [{}] })).toBe('key homes: item 1: key city is missing')
  expect(reasonOf({ name: 'Ann', age: '150', homes: [] })).toBe('key age: expected a number below 150, got 150')
  expect(reasonOf({ name: 'Ann', homes: [{ city: 'a' }, { city: 'b' }, { city: 'c' }] })).toMatch('key homes: expected at most 2 items')
})

it('finds a member by its value or its name, in a whole field', () => {
  for (const [text, value] of [
    ['r', 'r'],
    ['RED', 'r'],
    ['TWO', 2],
    ['2', 2],
    ['"r"', 'r'],
  ] as const)
    // prettier-ignore
    expect(parseValue(color, text)).toEqual({ ok: true, value })
  expect(parseValue(color, 'red')).toMatchObject({ ok: false, reason: expect.stringContaining('expected Color (r, 2), got red') })
  expect(parseValue({ kind: 'list', of: color }, '["RED"]').ok).toBe(false)
})

it('reads and prints bounds, also raw patterns, and refuses those that a type cannot have', () => {
  const type = parseTypeName("Optional[Annotated[str, Field(min_length=2, pattern=r'^\\d+$')]]")
  expect(type).toEqual({ kind: 'optional', of: { kind: 'str', constraints: { minLength: 2, pattern: '^\\d+$' } } })
  expect(parseTypeName(typeName(type))).toEqual(type)
  expect(coerceValue(type, '12').ok).toBe(true)
  expect(coerceValue(type, '1x')).toMatchObject({ ok: false })
  for (const text of [
    'Annotated[bool, Field(ge=1)]',
    'Annotated[int, Field(pattern="a")]',
    'Annotated[int, Field(x=1)]',
    'Annotated[int, 3]',
  ])
    expect(() => parseTypeName(text)).toThrow(/bound|belongs here/i)
})

/** As pydantic compares them: by the clock where one of the two has no zone. */
it.each<[string, string, boolean]>([
  ["Annotated[datetime.date, Field(ge='2024-01-02')]", '2024-01-02', true],
  ["Annotated[datetime.date, Field(ge='2024-01-02')]", '2024-01-01', false],
  ["Annotated[datetime.date, Field(lt='2024-01-02')]", '1704067200', true],
  ["Annotated[datetime.datetime, Field(gt='2024-01-02T00:00:00')]", '2024-01-02', false],
  ["Annotated[datetime.datetime, Field(gt='2024-01-02')]", '2024-01-02T00:00:00.000001', true],
  ["Annotated[datetime.datetime, Field(gt='2024-01-02T00:00:00Z')]", '2024-01-02T00:00:00', false],
  ["Annotated[datetime.datetime, Field(gt='2024-01-02T00:00:00Z')]", '2024-01-02T01:00:00+02:00', false],
  ["Annotated[datetime.datetime, Field(gt='2024-01-02T00:00:00')]", '2024-01-02T01:00:00+02:00', true],
  ["Annotated[datetime.time, Field(gt='10:00:00Z')]", '09:00Z', false],
  ["Annotated[datetime.time, Field(gt='10:00:00Z')]", '11:00', true],
  ['Annotated[tuple[int, ...], Field(min_length=2, max_length=3)]', '[1]', false],
  ['Annotated[tuple[int, ...], Field(min_length=2, max_length=3)]', '[1, 2, 3]', true],
  ['Annotated[tuple[int, int], Field(min_length=1)]', '[1]', false],
  ["Optional[Annotated[datetime.date, Field(le='2024-01-02')]]", '2024-01-03', false],
])('checks the bounds of %s against %s', (name, text, fits) => {
  const type = parseTypeName(name)
  expect(parseTypeName(typeName(type))).toEqual(type)
  expect(parseValue(type, text).ok).toBe(fits)
})

it('says where bounds of times and tuples leave nothing, and which cannot be', () => {
  const problemOf = (name: string) => checkFields([{ id: 'f', name: 'f', role: 'input', type: parseTypeName(name), desc: '' }])[0]?.message
  expect(problemOf("Annotated[datetime.date, Field(ge='2024-01-02', lt='2024-01-02')]")).toContain('leave no value')
  expect(problemOf("Annotated[datetime.date, Field(ge='2024-01-02', le='2024-01-02')]")).toBeUndefined()
  expect(() => parseTypeName("Annotated[datetime.date, Field(ge='soon')]")).toThrow('a day or time in quotes')
  expect(() => parseTypeName('Annotated[datetime.date, Field(ge=3)]')).toThrow("ge='2024-01-31'")
  expect(() => parseTypeName("Annotated[int, Field(ge='2024-01-02')]")).toThrow('The bounds of this type')
})
