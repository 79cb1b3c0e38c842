import fc from 'fast-check'
import type { Json } from '@/lib/json'
import { coerceValue } from '@/engine/signature/check-value'
import { reservedNames } from '@/lib/reserved-names'
import { fieldNameProblem } from '@/engine/signature/types/field-name'
import { holdsItself, withItself } from '@/engine/signature/types/registry'
import { canonicalJson } from '@/lib/canonical-json'
import { pythonFloat } from '@/lib/python-text'
import { optionLabel } from '@/engine/signature/types/decision-kinds'
import type { FieldType, KeyType, TypeOf } from '@/engine/signature/types/field-type'
import type { Field, Signature } from '@/engine/signature/signature'

/** Names a field may have, with letters of several scripts. */
export const fieldNames = fc
  .string({ unit: fc.constantFrom(...'abcxyzAZ_019éßж日'.split('')), minLength: 1, maxLength: 8 })
  .filter(name => fieldNameProblem(name) === undefined)

const options = fc.uniqueArray(
  fc.oneof(
    fc.string({ minLength: 1 }).filter(text => text.trim() === text),
    fc.integer(),
    fc.constantFrom(true, false, null),
  ),
  { minLength: 1, maxLength: 4, selector: String },
)
const keys = fc.string({ minLength: 1, maxLength: 6 }).filter(key => !reservedNames.has(key))

const unions: fc.Arbitrary<FieldType> = fc
  .constantFrom<readonly FieldType[]>(
    [{ kind: 'int' }, { kind: 'bool' }],
    [{ kind: 'bool' }, { kind: 'list', of: { kind: 'int' } }],
    [{ kind: 'int' }, { kind: 'object', fields: { k: { kind: 'int' } } }],
  )
  .map(of => ({ kind: 'union', of }))

const descs = fc.option(fc.constantFrom('Who it is', 'With "quotes" and é'), { nil: undefined })

const enumClasses = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fieldNames, fc.oneof(fc.constantFrom('red', 'blue', 'a b'), fc.integer({ min: 0, max: 9 }))), {
      minLength: 1,
      maxLength: 3,
      selector: ([name]) => name,
    }),
  )
  .map(([rows]) => [...new Map(rows.map(([name, value]) => [value, { name, value }])).values()])
  .map((members): TypeOf<'enum-class'> => ({ kind: 'enum-class', name: `E${digest(canonicalJson(members))}`, members }))

function digest(text: string): number {
  let value = 7
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return value
}

const bounded = fc.constantFrom<FieldType>(
  { kind: 'int', constraints: { ge: 0, le: 10 } },
  { kind: 'int', constraints: { gt: 0, lt: 10 } },
  { kind: 'float', constraints: { ge: 0.5 } },
  { kind: 'str', constraints: { minLength: 2, maxLength: 20 } },
  { kind: 'str', constraints: { pattern: '^[a-z ]+$' } },
  { kind: 'list', of: { kind: 'bool' }, constraints: { maxLength: 3 } },
  { kind: 'tuple', items: [], rest: { kind: 'int' }, constraints: { maxLength: 3 } },
  { kind: 'tuple', items: [{ kind: 'int' }, { kind: 'bool' }], constraints: { minLength: 1 } },
  { kind: 'date', constraints: { ge: '2000-02-29', lt: '2030-01-01' } },
  { kind: 'datetime', constraints: { gt: '2000-01-01T10:00:00' } },
  { kind: 'datetime', constraints: { le: '2030-01-02T10:00:00.500000Z' } },
  { kind: 'time', constraints: { lt: '12:30:00' } },
)

/** Every kind of type, in the one form the grammar gives it (no optional of optional, an open dict is an empty object). */
export const fieldTypes = typesWith(
  type =>
    fc
      .uniqueArray(
        type.filter(({ kind }) => kind !== 'optional' && kind !== 'union'),
        { minLength: 2, maxLength: 3, selector: canonicalJson },
      )
      .map((of): FieldType => ({ kind: 'union', of })),
  type => [classes(type), treesOf(type), enumClasses, bounded],
)

/** Types whose values are read back as they were written: of a union, no text belongs to two members. */
const readableTypes = typesWith(
  () => unions,
  type => [classes(type), treesOf(type), enumClasses, bounded],
)

/** Those of which a prompt says everything: no names for what a class or an Enum holds, and no bounds. */
const toldTypes = typesWith(
  () => unions,
  () => [],
)

function typesWith(
  unionOf: (type: fc.Arbitrary<FieldType>) => fc.Arbitrary<FieldType>,
  namedOf: (type: fc.Arbitrary<FieldType>) => readonly fc.Arbitrary<FieldType>[],
): fc.Arbitrary<FieldType> {
  return fc.letrec<{ type: FieldType }>(tie => ({
    type: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc
        .constantFrom(
          'str' as const,
          'int' as const,
          'float' as const,
          'bool' as const,
          'any' as const,
          'date' as const,
          'datetime' as const,
          'time' as const,
        )
        .map((kind): FieldType => ({ kind })),
      fc.constantFrom('list' as const, 'set' as const).map((kind): FieldType => ({ kind, of: { kind: 'any' }, isBare: true })),
      fc.constant<FieldType>({ kind: 'tuple', items: [], rest: { kind: 'any' }, isBare: true }),
      fc.constant<FieldType>({ kind: 'dict', of: { kind: 'any' }, isBare: true }),
      tie('type').map((of): FieldType => ({ kind: 'set', of })),
      fc.array(tie('type'), { maxLength: 3 }).map((items): FieldType => ({ kind: 'tuple', items })),
      tie('type').map((rest): FieldType => ({ kind: 'tuple', items: [], rest })),
      unionOf(tie('type')),
      fc
        .tuple(
          fc.oneof(
            fc.constantFrom<KeyType>({ kind: 'int' }, { kind: 'float' }, { kind: 'date' }),
            options.map((values): KeyType => ({ kind: 'enum', values })),
          ),
          tie('type'),
        )
        .map(([key, of]): FieldType => ({ kind: 'dict', key, of })),
      options.map((values): FieldType => ({ kind: 'enum', values })),
      tie('type').map((of): FieldType => ({ kind: 'list', of })),
      tie('type').map((of): FieldType => (of.kind === 'any' ? { kind: 'object', fields: {} } : { kind: 'dict', of })),
      tie('type').map((of): FieldType => (of.kind === 'optional' ? of : { kind: 'optional', of })),
      ...namedOf(tie('type')),
      fc.dictionary(keys, tie('type'), { maxKeys: 3, noNullPrototype: true }).map((fields): FieldType => ({ kind: 'object', fields })),
    ),
  })).type
}

/** Named after their shape, so that one type has no two of one name. */
function classes(type: fc.Arbitrary<FieldType>): fc.Arbitrary<FieldType> {
  const field = fc.record({ name: fieldNames, type, desc: descs, isUsual: fc.boolean() })
  return fc.tuple(fc.uniqueArray(field, { minLength: 1, maxLength: 3, selector: ({ name }) => name }), descs).map(([rows, desc]) => {
    const fields = rows.map(({ name, type: of, desc: about, isUsual }) => ({
      name,
      type: of,
      ...(about && { desc: about }),
      ...(isUsual && of.kind === 'optional' && { default: null }),
      ...(isUsual && of.kind === 'int' && { default: 7 }),
    }))
    return { kind: 'class', name: `C${digest(canonicalJson(fields))}`, ...(desc && { desc }), fields }
  })
}

/** Classes that hold themselves, in each way that ends. */
function treesOf(type: fc.Arbitrary<FieldType>): fc.Arbitrary<FieldType> {
  return fc
    .tuple(type, fc.constantFrom('list' as const, 'dict' as const, 'optional' as const), fc.boolean())
    .map(([of, kind, isUsual]): FieldType => {
      const name = `T${digest(canonicalJson([of, kind, isUsual]))}`
      const inner: FieldType = { kind, of: { kind: 'itself', name } }
      const below = { name: 'below', type: inner, ...(isUsual && { default: kind === 'list' ? [] : kind === 'dict' ? {} : null }) }
      return { kind: 'class', name, fields: [{ name: 'held', type: of }, below] }
    })
}

/** Such a class with two levels of itself and no more. */
function twoLevels(type: TypeOf<'class'>): FieldType {
  const change = (of: (type: FieldType) => FieldType) => ({
    ...type,
    fields: type.fields.map(field => ({ ...field, type: of(field.type) })),
  })
  const ends = change(of => {
    if (!('of' in of) || !('kind' in of.of) || of.of.kind !== 'itself') return of
    return of.kind === 'list' ? { kind: 'tuple', items: [] } : of.kind === 'dict' ? empty : { kind: 'enum', values: [null] }
  })
  return change(of => withItself(of, ends))
}

const empty: FieldType = { kind: 'class', name: 'Empty', fields: [] }
const shares = fc.constantFrom(0, 0.25, 0.5, 1)

/** A value of the type as a program would return it; texts come trimmed and without header lines. */
export function valuesOf(type: FieldType): fc.Arbitrary<Json> {
  switch (type.kind) {
    case 'str':
      return type.constraints ? fc.constantFrom('plain words', 'ab') : plainTexts
    case 'int':
      return type.constraints ? fc.integer({ min: 1, max: 9 }) : fc.integer()
    case 'float':
      return type.constraints ? fc.constantFrom(0.5, 1.25, 3) : fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0)
    case 'bool':
      return fc.boolean()
    case 'image':
      return fc.constant({ $blob: 'a'.repeat(64), mime: 'image/png', bytes: 1 })
    case 'audio':
      return fc.constant({ $blob: 'b'.repeat(64), mime: 'audio/wav', bytes: 1 })
    case 'file':
      return fc.constant({ $blob: 'c'.repeat(64), mime: 'application/pdf', bytes: 1, name: 'a.pdf' })
    case 'history':
      return fc.array(fc.record({ q: plainTexts })).map(messages => ({ messages }))
    case 'code':
    case 'reasoning':
      // A quote or a brace at the front would be read as the JSON of one.
      return plainTexts.map(text => text.replace(/^["{]+/, ''))
    case 'tool':
      return fc.constant({ name: 'search', desc: 'Looks it up.', args: { query: { type: 'string' } } })
    case 'tool-calls':
      return fc
        .array(fc.record({ name: fc.constantFrom('search', 'finish'), args: fc.dictionary(keys, fc.integer(), { noNullPrototype: true }) }))
        .map(calls => ({ tool_calls: calls }))
    case 'document':
      return fc.record({ data: plainTexts, title: fc.constant('A title') })
    case 'citations':
      return fc
        .array(
          fc.record({
            type: fc.constant('char_location'),
            cited_text: plainTexts,
            document_index: fc.nat(),
            start_char_index: fc.nat(),
            end_char_index: fc.nat(),
          }),
        )
        .map(citations => ({ citations }))
    case 'noul': {
      if (type.isPlain) return fc.boolean()
      return fc.record({ confidence: shares, value: fc.boolean(), probability: shares })
    }
    case 'choice': {
      const value = fc.constantFrom(...type.options.map(option => option.value))
      if (type.isPlain) return value
      const probabilities = fc.record(Object.fromEntries(type.options.map(option => [optionLabel(option), shares])), {
        noNullPrototype: true,
      })
      return fc.record({ confidence: shares, value, probabilities })
    }
    case 'score': {
      const probabilities = fc.record(Object.fromEntries(type.levels.map((_, at) => [String(at), shares])), { noNullPrototype: true })
      return fc.record({ confidence: shares, value: shares, probabilities, level: fc.nat(type.levels.length - 1) })
    }
    case 'any':
      return fc.oneof(fc.integer(), fc.boolean(), fc.array(fc.integer()), fc.constant('plain words'))
    case 'date':
      return moments(type).map(text => text.slice(0, 10))
    case 'datetime':
      return moments(type).map(text => text.slice(0, 19))
    case 'time':
      return moments(type).map(text => text.slice(11, 19))
    case 'enum':
      return fc.constantFrom(...type.values)
    case 'union':
      // As a program has it once it was read: two members may take the same text.
      return fc.oneof(...type.of.map(of => (of.kind === 'str' ? fc.constant('plain words') : valuesOf(of)))).map(value => {
        const fitted = coerceValue(type, value)
        return fitted.ok ? fitted.value : value
      })
    case 'tuple':
      return type.rest ? fc.array(valuesOf(type.rest), { maxLength: 3 }) : fc.tuple(...type.items.map(valuesOf)).map(items => [...items])
    case 'set':
      return fc.uniqueArray(valuesOf(type.of), { maxLength: 3, selector: canonicalJson })
    case 'list':
      return fc.array(valuesOf(type.of), { maxLength: 3 })
    case 'dict':
      if (type.key) {
        const names = valuesOf(type.key).map(key => (type.key?.kind === 'float' ? pythonFloat(Number(key)) : String(key)))
        return fc.dictionary(names, valuesOf(type.of), { maxKeys: 3, noNullPrototype: true })
      }
      return fc.dictionary(keys, valuesOf(type.of), { maxKeys: 3, noNullPrototype: true })
    case 'enum-class':
      return fc.constantFrom(...type.members.map(({ value }) => value))
    case 'itself':
      return fc.constant({})
    case 'class':
      if (holdsItself(type)) return valuesOf(twoLevels(type))
      return fc.record(Object.fromEntries(type.fields.map(field => [field.name, valuesOf(field.type)])), { noNullPrototype: true })
    case 'optional':
      return fc.oneof(fc.constant(null), valuesOf(type.of))
    case 'object':
      return Object.keys(type.fields).length === 0
        ? fc.dictionary(keys, fc.integer(), { maxKeys: 3, noNullPrototype: true })
        : fc.record(Object.fromEntries(Object.entries(type.fields).map(([name, of]) => [name, valuesOf(of)])), { noNullPrototype: true })
  }
}

/** Within the bounds that types here may have: a morning of 2010 or so. */
function moments({ constraints }: TypeOf<'date' | 'datetime' | 'time'>): fc.Arbitrary<string> {
  const any = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map(date => date.toISOString())
  return constraints ? fc.constantFrom('2010-03-04T05:06:07', '2029-12-31T11:59:59', '2001-01-01T00:00:00') : any
}

export const signatures = signaturesOf(readableTypes)
export const toldSignatures = signaturesOf(toldTypes)

function signaturesOf(types: fc.Arbitrary<FieldType>): fc.Arbitrary<Signature> {
  const rowsOf = fc.uniqueArray(fc.tuple(fieldNames, types, fc.boolean()), { selector: ([name]) => name, minLength: 1, maxLength: 5 })
  return fc.tuple(fc.string(), rowsOf).map(([instructions, rows]) => ({
    instructions,
    fields: rows.map(([name, type, isInput], i): Field => ({
      id: `f${i}`,
      name,
      role: isInput && i > 0 ? 'input' : 'output',
      type,
      desc: '',
    })),
  }))
}

const plainTexts = fc
  .string({ unit: fc.constantFrom(...'ab é日"\'\\{}[]#:,\n'.split('')) })
  .map(text => text.trim())
  .filter(text => !text.includes('[[ ##'))
