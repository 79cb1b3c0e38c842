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

it('takes a word for the value that it reads like', () => {
  expect(readEnumValues('None, True, 3, x', ['x', null, 3, true])).toEqual(['x', null, 3, true])
  expect(readEnumValues('y', [null, 'x'])).toEqual([null, 'x', 'y'])
})

it('keeps numbers numbers only while all of them are', () => {
  expect(readEnumValues('3', [1, 2])).toEqual([1, 2, 3])
  expect(readEnumValues('3', ['a'])).toEqual(['a', '3'])
  expect(readEnumValues('x', [1])).toEqual([1, 'x'])
})

it('makes a type the first value of a tuple or the first type of a union, and goes from one to the other', () => {
  const tuple = changeKind({ kind: 'int' }, 'tuple')
  expect(tuple).toEqual({ kind: 'tuple', items: [{ kind: 'int' }, { kind: 'str' }] })
  expect(changeKind(tuple, 'union')).toEqual({ kind: 'union', of: [{ kind: 'int' }, { kind: 'str' }] })
  expect(changeKind({ kind: 'str' }, 'union')).toEqual({ kind: 'union', of: [{ kind: 'str' }, { kind: 'int' }] })
  expect(changeKind({ kind: 'list', of: { kind: 'bool' } }, 'set')).toEqual({ kind: 'set', of: { kind: 'bool' } })
})
