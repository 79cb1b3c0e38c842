import { describe, expect, test } from 'vitest'
import type { Json } from '@/lib/json'
import type { ColumnType } from '@/engine/project/project'
import { cellText } from '@/engine/data/cell-text'
import { searchRows, typedCell } from './cell-value'

describe('cells', () => {
  test.each<[string, ColumnType, Json]>([
    [' kept as typed ', 'str', ' kept as typed '],
    ['', 'str', ''],
    ['', 'int', null],
    [' 12 ', 'int', 12],
    ['-3', 'int', -3],
    ['+09999999999999999999', 'int', '9999999999999999999'],
    ['-12345678901234567890', 'int', '-12345678901234567890'],
    ['1,5', 'float', 1.5],
    ['1e3', 'float', 1000],
    ['Yes', 'bool', true],
    ['0', 'bool', false],
    ['{"a": [1]}', 'json', { a: [1] }],
    ['{"a": 1.0}', 'json', '{"a": 1.0}'],
    ['[1,2]', 'json', [1, 2]],
    ['[1.0]', 'json', '[1.0]'],
  ])('%j in a %s column is %j', (text, type, value) => {
    expect(typedCell(text, type)).toEqual({ ok: true, value })
  })

  test.each<[string, ColumnType]>([
    ['1.5', 'int'],
    ['twelve', 'float'],
    ['Infinity', 'float'],
    ['maybe', 'bool'],
    ['{a', 'json'],
  ])('%j does not go into a %s column', (text, type) => {
    expect(typedCell(text, type)).toMatchObject({ ok: false, reason: expect.any(String) })
  })

  test('what is shown can be typed back', () => {
    const values: [Json, ColumnType][] = [
      ['x "y"', 'str'],
      [7, 'int'],
      [0.1, 'float'],
      [true, 'bool'],
      [['a', { b: null }], 'json'],
      [null, 'int'],
    ]
    for (const [value, type] of values) expect(typedCell(cellText(value), type)).toEqual({ ok: true, value })
  })

  test('search looks into every column, whatever the case', () => {
    const columns = [
      { id: 'a', name: 'a', type: 'str' as const },
      { id: 'b', name: 'b', type: 'json' as const },
    ]
    const rows = [
      { id: '1', cells: { a: 'Hello', b: 1 } },
      { id: '2', cells: { a: 'bye', b: { note: 'HELL' } } },
      { id: '3', cells: { a: 'bye', b: null } },
    ]
    expect(searchRows(rows, columns, ' hell ').map(row => row.id)).toEqual(['1', '2'])
    expect(searchRows(rows, columns, '')).toBe(rows)
  })
})
