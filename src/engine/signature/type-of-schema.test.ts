import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fieldTypes } from '@/testing/arbitrary-fields'
import { jsonSchemaOf } from './json-schema'
import { typeOfSchema } from './type-of-schema'

it('reads back whatever a type prints as its schema', () => {
  fc.assert(
    fc.property(fieldTypes, type => {
      expect(typeOfSchema(jsonSchemaOf(type))).toEqual(type)
    }),
  )
})

it.each([[{ type: 'tuple' }], [{ $ref: '#/x' }], ['string'], [null]])('takes %j for anything', schema => {
  expect(typeOfSchema(schema)).toEqual({ kind: 'any' })
})
