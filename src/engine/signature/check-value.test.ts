import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { fieldTypes, valuesOf } from '@/testing/arbitrary-fields'
import { coerceValue } from './check-value'
import type { FieldType } from './types/field-type'
import { jsonSchemaOf } from './json-schema'
import { parseTypeName } from './parse-type-name'

const coerced = (type: string, value: Json) => {
  const result = coerceValue(parseTypeName(type), value)
  return result.ok ? result.value : undefined
}

describe('coerceValue', () => {
  it.each<[string, Json, Json]>([
    ['int', '1_000', 1000],
    ['int', ' 3 ', 3],
    ['int', '3.0', 3],
    ['int', '+3', 3],
    ['int', '-0', 0],
    ['int', '00012', 12],
    ['int', 3.0, 3],
    ['int', true, 1],
    ['float', '1_0.5', 10.5],
    ['float', '1e3', 1000],
    ['float', '.5', 0.5],
    ['float', '5.', 5],
    ['float', '-.5', -0.5],
    ['float', true, 1],
    ['bool', 'YES', true],
    ['bool', 'f', false],
    ['bool', 1, true],
    ['bool', 0, false],
    ['str', 5, '5'],
    ['str', true, 'True'],
    ['str', null, 'None'],
    ['str', [1], '[1]'],
    ['str', { a: 1 }, "{'a': 1}"],
    ['Any', [1, null], [1, null]],
    ['Optional[int]', null, null],
    ['dict[str, int]', { a: '2' }, { a: 2 }],
    ['dict', { a: ['x'] }, { a: ['x'] }],
    ["{'x': int}", { x: '1', more: true }, { x: 1 }],
    ["{'x': Optional[int]}", {}, { x: null }],
    ["Literal['a', 3]", 3, 3],
    ["Literal['a', 3]", '3', 3],
    ["list[Literal['a']]", ['a'], ['a']],
  ])('fits to %s: %j → %j', (type, value, expected) => {
    expect(coerced(type, value)).toEqual(expected)
  })

  it.each<[string, Json]>([
    ['int', '3.'],
    ['int', '1__0'],
    ['int', '1e3'],
    ['int', '3.5'],
    ['int', 3.5],
    ['int', '３'],
    ['int', ''],
    ['float', 'inf'],
    ['float', 'nan'],
    ['float', '1__0'],
    ['bool', ' yes'],
    ['bool', '1.0'],
    ['bool', 2],
    ['list[str]', [1]],
    ['list[str]', 'a'],
    ['dict[str, int]', []],
    ['Optional[str]', 5],
    ["Literal['a', 'b']", 'A'],
    ["Literal['3']", 3],
  ])('refuses for %s: %j', (type, value) => {
    expect(coerced(type, value)).toBeUndefined()
  })

  it('says where inside a value the trouble is', () => {
    expect(coerceValue(parseTypeName("list[{'x': dict[str, int]}]"), [{ x: { a: 1 } }, { x: { b: 'no' } }])).toEqual({
      ok: false,
      reason: 'item 2: key x: key b: expected int, got no',
    })
    expect(coerceValue(parseTypeName("{'x': int}"), {})).toEqual({ ok: false, reason: 'key x is missing' })
  })

  it('stays quick on a long run of digits', () => {
    const before = performance.now()
    for (const type of ['int', 'float', 'bool']) expect(coerced(type, `${'1'.repeat(100_000)}x`)).toBeUndefined()
    expect(performance.now() - before).toBeLessThan(20_000)
  })

  it('keeps a key that would reach the prototype as plain data', () => {
    const value = JSON.parse('{"__proto__": {"polluted": "1"}}') as Json
    const result = coerceValue({ kind: 'dict', of: { kind: 'any' } }, value)
    expect(result.ok && Object.getOwnPropertyNames(result.value)).toEqual(['__proto__'])
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  it('leaves values that fit as they are, and never throws on others', () => {
    fc.assert(
      fc.property(
        fieldTypes.chain(type => fc.tuple(fc.constant(type), valuesOf(type), fc.jsonValue())),
        ([type, value, other]) => {
          expect(coerceValue(type, value)).toEqual({ ok: true, value })
          // JSON of fast-check is JSON.
          coerceValue(type, other as Json)
        },
      ),
    )
  })
})

describe('jsonSchemaOf', () => {
  it.each([
    ['list[int]', '{"type":"array","items":{"type":"integer"}}'],
    ['Optional[str]', '{"anyOf":[{"type":"string"},{"type":"null"}]}'],
    ['dict[str, Any]', '{"type":"object","additionalProperties":true}'],
    ['dict[str, float]', '{"type":"object","additionalProperties":{"type":"number"}}'],
    ["Literal['b', 'a']", '{"type":"string","enum":["b","a"]}'],
    ["Literal['b', 1]", '{"enum":["b",1]}'],
    ["{'z': int, 'a': bool}", '{"type":"object","properties":{"a":{"type":"boolean"},"z":{"type":"integer"}},"required":["z","a"]}'],
  ])('of %s has type first and the rest in order', (type, schema) => {
    expect(JSON.stringify(jsonSchemaOf(parseTypeName(type)))).toBe(schema)
  })

  it('says the same of both forms of an open dict', () => {
    const open: FieldType = { kind: 'dict', of: { kind: 'any' } }
    expect(jsonSchemaOf(open)).toEqual(jsonSchemaOf({ kind: 'object', fields: {} }))
  })
})
