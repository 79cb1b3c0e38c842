import { expect, it } from 'vitest'
import { changeKind, readEnumValues } from './type-choice'

it('keeps the items when an enum becomes a list, and gives them back', () => {
  const labels = { kind: 'enum', values: ['a', 'b'] } as const
  const list = changeKind(labels, 'list')
  expect(list).toEqual({ kind: 'list', of: labels })
  expect(changeKind(list, 'enum')).toEqual(labels)
})

it('keeps a type optional when its kind changes', () => {
  expect(changeKind({ kind: 'optional', of: { kind: 'str' } }, 'int')).toEqual({ kind: 'optional', of: { kind: 'int' } })
})

it('reads pasted values, without quotes and without twins', () => {
  expect(readEnumValues(`'yes', "no"\nyes\n maybe `, [])).toEqual(['yes', 'no', 'maybe'])
})

it('keeps numbers numbers only while all of them are', () => {
  expect(readEnumValues('3', [1, 2])).toEqual([1, 2, 3])
  expect(readEnumValues('3', ['a'])).toEqual(['a', '3'])
  expect(readEnumValues('x', [1])).toEqual([1, 'x'])
})
