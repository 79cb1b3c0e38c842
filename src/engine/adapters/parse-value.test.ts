import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { parseTypeName } from '../signature/parse-type-name'
import { parseValue } from './parse-value'

const parsed = (type: string, value: Json) => {
  const result = parseValue(parseTypeName(type), value)
  return result.ok ? result.value : undefined
}
const fenced = '```json\n[1,2]\n```'

describe('parseValue', () => {
  it.each<[string, Json, Json]>([
    ['bool', 'yes', true],
    ['bool', 'Y', true],
    ['bool', 't', true],
    ['bool', 'on', true],
    ['bool', 'TRUE', true],
    ['bool', 'True', true],
    ['bool', 'no', false],
    ['bool', '1', true],
    ['int', '1e3', 1000],
    ['int', '0x10', 16],
    ['int', '3.0', 3],
    ['int', '1_000', 1000],
    ['int', '-7', -7],
    ['float', '1', 1],
    ['float', '-1.5e-3', -0.0015],
    ['list[str]', '[a, b]', ['a', 'b']],
    ['list[str]', '["a"]', ['a']],
    ['list[str]', "['a', 'b']", ['a', 'b']],
    ['list[int]', fenced, [1, 2]],
    ['list[int]', '(1,2)', [1, 2]],
    ['list[int]', 'The items are [1, 2].', [1, 2]],
    ['list[int]', '[1, 2', [1, 2]],
    ['dict[str, int]', "{'a':1}", { a: 1 }],
    ['dict[str, int]', '{"a":1}', { a: 1 }],
    ['dict[str, Any]', "{'a': (1, None), 'b': True,}", { a: [1, null], b: true }],
    ["{'x': int, 'y': list[str]}", '{"x": "3", "y": ["a"], "z": 0}', { x: 3, y: ['a'] }],
    ['Optional[int]', 'null', null],
    ['Optional[int]', 'None', null],
    ['Optional[int]', '4', 4],
    ['Optional[str]', 'null', 'null'],
    ['Optional[str]', '5', '5'],
    ['Any', '5', 5],
    ['Any', 'hello', 'hello'],
    ['Any', '[1]', [1]],
    ['Any', 'see [1] for more', 'see [1] for more'],
    ["Literal['a', 'b']", "'a'", 'a'],
    ["Literal['a', 'b']", ' "a" ', 'a'],
    ["Literal['a', 'b']", 'Literal[a]', 'a'],
    ["Literal['a', 'b']", "str['b']", 'b'],
    ["Literal['x y', '']", '', ''],
    ['Literal[3, 4]', 3, 3],
    ['Literal[3, 4]', '3', 3],
    ["Optional[Literal['a', 'b']]", "'a'", 'a'],
    ["Optional[Literal['a', 'b']]", 'Literal[a]', 'a'],
    ["Optional[Literal['a', 'b']]", 'None', null],
    ['str', 5, '5'],
    ['str', true, 'True'],
    ['str', null, 'None'],
    ['str', [1], '[1]'],
    ['str', { a: 1 }, "{'a': 1}"],
    ['str', '[1, 2]', '[1, 2]'],
  ])('reads %s from %j as %j', (type, value, expected) => {
    expect(parsed(type, value)).toEqual(expected)
  })

  it.each<[string, Json]>([
    ['bool', '2'],
    ['bool', 'maybe'],
    ['int', '1,000'],
    ['int', '3.5'],
    ['int', '3 apples'],
    ['int', ''],
    ['float', '50%'],
    ['float', '$5'],
    // Differs from DSPy: values are JSON, which has neither.
    ['float', 'inf'],
    ['float', 'nan'],
    ['list[str]', 'a, b'],
    ['list[str]', '[1,2]'],
    ['list[str]', ''],
    ['dict[str, int]', '[]'],
    ["{'x': int}", '{"y": 1}'],
    ['Optional[int]', ''],
    ["Literal['a', 'b']", 'A'],
    ["Literal['a', 'b']", 'a or b'],
    ["Literal['3', '4']", 3],
  ])('finds no %s in %j', (type, value) => {
    expect(parsed(type, value)).toBeUndefined()
  })

  it('shows what the model wrote, not how it was read', () => {
    expect(parseValue({ kind: 'int' }, '1,000')).toEqual({ ok: false, reason: 'expected int, got 1,000' })
    expect(parseValue({ kind: 'int' }, '')).toEqual({ ok: false, reason: 'expected int, got nothing' })
  })
})
