import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { isUnsafeInteger } from '@/lib/exact-json'
import { columnGuesser, storedCell } from '@/lib/cell-types'
import { formatValue } from '../adapters/format-value'
import type { ColumnType } from '../project/project'
import type { FieldType } from '../signature/types/field-type'
import { fedValue } from './fed-value'

const str: FieldType = { kind: 'str' }

/** The cells of one column as an import stores them. */
function column(texts: readonly string[]): { readonly type: ColumnType; readonly cells: readonly Json[] } {
  const guesser = columnGuesser()
  for (const text of texts) guesser.add([text])
  const type = guesser.type(0)
  return { type, cells: texts.map(text => storedCell(text, type)) }
}

const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }).map(String),
  fc.tuple(fc.integer(), fc.nat(999)).map(([whole, part]) => `${whole}.${part}0`),
  fc.tuple(fc.constantFrom('+', '-', '', '0', '00'), fc.nat()).map(([sign, number]) => sign + number),
  fc.tuple(fc.nat(99), fc.constantFrom('E', 'e'), fc.integer({ min: -30, max: 30 })).map(parts => parts.join('')),
)
const cellText = fc.oneof(
  numberText,
  fc.constantFrom('TRUE', 'true', 'False', 'yes', '', ' ', 'null', 'None', 'NaN'),
  fc.json().map(text => ` ${text}`),
  fc.string(),
)

describe('a cell that feeds a field', () => {
  it('of text keeps the characters of the file, whatever its column was taken for', () => {
    fc.assert(
      fc.property(fc.array(cellText, { minLength: 1, maxLength: 6 }), texts => {
        const { type, cells } = column(texts)
        expect(cells.map(cell => formatValue(str, fedValue(cell, type, str)))).toEqual(texts)
      }),
      { numRuns: 2_000 },
    )
  })

  it('of text keeps them whatever type the user chose for its column', () => {
    fc.assert(
      fc.property(cellText, fc.constantFrom<ColumnType>('str', 'int', 'float', 'bool', 'json'), (text, type) => {
        expect(formatValue(str, fedValue(storedCell(text, type), type, str))).toBe(text)
      }),
      { numRuns: 2_000 },
    )
  })

  it('of numbers is a number, or the digits of one that would be rounded', () => {
    fc.assert(
      fc.property(fc.array(numberText, { minLength: 1, maxLength: 5 }), texts => {
        const { type, cells } = column(texts)
        const floats = cells.map(cell => fedValue(cell, type, { kind: 'float' }))
        const wanted = texts.map(text => (isUnsafeInteger(text) ? text : Number(text)))
        expect(floats).toEqual(wanted)
        const whole = texts.map((text, index) => [text, fedValue(cells[index] ?? null, type, { kind: 'int' })] as const)
        const digits = whole.filter(([text]) => /^-?(0|[1-9]\d*)$/.test(text))
        expect(digits.map(([, value]) => String(value))).toEqual(digits.map(([text]) => (text === '-0' ? '0' : text)))
      }),
      { numRuns: 1_000 },
    )
  })

  it('is read as its field asks', () => {
    const { type, cells } = column(['1.10', '2.50'])
    expect([type, cells]).toEqual(['float', ['1.10', '2.50']])
    expect(fedValue('1.10', 'float', { kind: 'float' })).toBe(1.1)
    expect(fedValue('+4915112345678', 'str', { kind: 'int' })).toBe(4915112345678)
    expect(fedValue('1E5', 'str', { kind: 'float' })).toBe(100000)
    expect(fedValue('12345678901234567890', 'str', { kind: 'int' })).toBe('12345678901234567890')
    expect(fedValue('TRUE', 'bool', { kind: 'bool' })).toBe(true)
    expect(fedValue('TRUE', 'bool', { kind: 'enum', values: ['TRUE', 'FALSE'] })).toBe('TRUE')
    expect(fedValue('2', 'str', { kind: 'enum', values: [1, 2] })).toBe(2)
    expect(fedValue('{"a": 1.0}', 'json', { kind: 'dict', of: { kind: 'float' } })).toEqual({ a: 1 })
    expect(fedValue('["a","b"]', 'json', { kind: 'list', of: str })).toEqual(['a', 'b'])
    expect(fedValue('', 'int', { kind: 'optional', of: { kind: 'int' } })).toBe(null)
    expect(fedValue('many', 'int', { kind: 'int' })).toBe('many')
  })

  it('of an older dataset is what was stored', () => {
    const stored: readonly [Json, ColumnType, FieldType][] = [
      [1.1, 'float', str],
      [true, 'bool', str],
      [{ a: 1 }, 'json', str],
      [4915112345678, 'int', str],
      ['text', 'str', str],
      [null, 'int', { kind: 'int' }],
      ['many', 'int', { kind: 'int' }],
    ]
    for (const [cell, type, field] of stored) expect(fedValue(cell, type, field)).toEqual(cell)
  })
})
