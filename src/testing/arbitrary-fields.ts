import fc from 'fast-check'
import type { Json } from '@/lib/json'
import { fieldNameProblem, reservedNames } from '@/engine/signature/field-name'
import type { FieldType } from '@/engine/signature/field-type'
import type { Field, Signature } from '@/engine/signature/signature'

/** Names a field may have, with letters of several scripts. */
export const fieldNames = fc
  .string({ unit: fc.constantFrom(...'abcxyzAZ_019éßж日'.split('')), minLength: 1, maxLength: 8 })
  .filter(name => fieldNameProblem(name) === undefined)

const options = fc.uniqueArray(
  fc.oneof(
    fc.string({ minLength: 1 }).filter(text => text.trim() === text),
    fc.integer(),
  ),
  { minLength: 1, maxLength: 4, selector: String },
)
const keys = fc.string({ minLength: 1, maxLength: 6 }).filter(key => !reservedNames.has(key))

/** Every kind of type, in the one form the grammar gives it (no optional of optional, an open dict is an empty object). */
export const fieldTypes: fc.Arbitrary<FieldType> = fc.letrec<{ type: FieldType }>(tie => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('str', 'int', 'float', 'bool', 'any').map((kind): FieldType => ({ kind })),
    options.map((values): FieldType => ({ kind: 'enum', values })),
    tie('type').map((of): FieldType => ({ kind: 'list', of })),
    tie('type').map((of): FieldType => (of.kind === 'any' ? { kind: 'object', fields: {} } : { kind: 'dict', of })),
    tie('type').map((of): FieldType => (of.kind === 'optional' ? of : { kind: 'optional', of })),
    fc.dictionary(keys, tie('type'), { maxKeys: 3, noNullPrototype: true }).map((fields): FieldType => ({ kind: 'object', fields })),
  ),
})).type

/** A value of the type as a program would return it; texts come trimmed and without header lines. */
export function valuesOf(type: FieldType): fc.Arbitrary<Json> {
  switch (type.kind) {
    case 'str':
      return plainTexts
    case 'int':
      return fc.integer()
    case 'float':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0)
    case 'bool':
      return fc.boolean()
    case 'image':
      return fc.constant({ $blob: 'a'.repeat(64), mime: 'image/png', bytes: 1 })
    case 'any':
      return fc.oneof(fc.integer(), fc.boolean(), fc.array(fc.integer()), fc.constant('plain words'))
    case 'enum':
      return fc.constantFrom(...type.values)
    case 'list':
      return fc.array(valuesOf(type.of), { maxLength: 3 })
    case 'dict':
      return fc.dictionary(keys, valuesOf(type.of), { maxKeys: 3, noNullPrototype: true })
    case 'optional':
      return fc.oneof(fc.constant(null), valuesOf(type.of))
    case 'object':
      return Object.keys(type.fields).length === 0
        ? fc.dictionary(keys, fc.integer(), { maxKeys: 3, noNullPrototype: true })
        : fc.record(Object.fromEntries(Object.entries(type.fields).map(([name, of]) => [name, valuesOf(of)])), { noNullPrototype: true })
  }
}

export const signatures: fc.Arbitrary<Signature> = fc
  .tuple(
    fc.string(),
    fc.uniqueArray(fc.tuple(fieldNames, fieldTypes, fc.boolean()), { selector: ([name]) => name, minLength: 1, maxLength: 5 }),
  )
  .map(([instructions, rows]) => ({
    instructions,
    fields: rows.map(([name, type, isInput], i): Field => ({
      id: `f${i}`,
      name,
      role: isInput && i > 0 ? 'input' : 'output',
      type,
      desc: '',
    })),
  }))

const plainTexts = fc
  .string({ unit: fc.constantFrom(...'ab é日"\'\\{}[]#:,\n'.split('')) })
  .map(text => text.trim())
  .filter(text => !text.includes('[[ ##'))
