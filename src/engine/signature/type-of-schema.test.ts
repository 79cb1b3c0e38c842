import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from '@/lib/canonical-json'
import { fieldTypes } from '@/testing/arbitrary-fields'
import { jsonSchemaOf } from './json-schema'
import { typeOfSchema } from './type-of-schema'

it('reads back what a type prints as its schema, as far as the schema says it', () => {
  const property = fc.property(fieldTypes, type => {
    const read = typeOfSchema(jsonSchemaOf(type))
    expect(typeOfSchema(jsonSchemaOf(read))).toEqual(read)
    expect(canonicalJson(jsonSchemaOf(read)).length).toBe(canonicalJson(jsonSchemaOf(type)).length)
  })
  const none = { kind: 'union', of: [{ kind: 'str' }, { kind: 'enum', values: [null] }] } as const
  fc.assert(property, { examples: [[none], [{ kind: 'optional', of: none }]] })
})

it.each([[{ type: 'tuple' }], [{ $ref: '#/x' }], ['string'], [null]])('takes %j for anything', schema => {
  expect(typeOfSchema(schema)).toEqual({ kind: 'any' })
})
