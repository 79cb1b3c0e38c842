import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import { checkFields } from '../signature/check-fields'
import { coerceValue } from '../signature/check-value'
import { typeOfValues } from './type-of-values'

it('makes a class of objects, with what some of them lack optional', () => {
  const rows: Json[] = [
    { name: 'Ann', age: 30, home: { city: 'Bonn' }, born: '1994-01-02', tags: ['a'] },
    { name: 'Bo', age: null, home: { city: 'Ulm', zip: 89073.5 }, born: '1990-10-12', tags: [] },
  ]
  expect(typeOfValues(rows, 'Person')).toEqual({
    kind: 'class',
    name: 'Person',
    fields: [
      { name: 'name', type: { kind: 'str' } },
      { name: 'age', type: { kind: 'optional', of: { kind: 'int' } }, default: null },
      {
        name: 'home',
        type: {
          kind: 'class',
          name: 'Home',
          fields: [
            { name: 'city', type: { kind: 'str' } },
            { name: 'zip', type: { kind: 'optional', of: { kind: 'float' } }, default: null },
          ],
        },
      },
      { name: 'born', type: { kind: 'date' } },
      { name: 'tags', type: { kind: 'list', of: { kind: 'str' } } },
    ],
  })
})

it('leaves a type that any value of the column fits and that can be used', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1, maxLength: 5 }), values => {
      // JSON of fast-check is JSON.
      const type = typeOfValues(values as Json[], 'Row')
      for (const value of values) expect(coerceValue(type, value as Json).ok).toBe(true)
      const [problem] = checkFields([{ id: 'f', name: 'f', role: 'input', type, desc: '' }])
      expect(problem?.message ?? '').not.toMatch(/no fields|Rename one/)
    }),
  )
})
