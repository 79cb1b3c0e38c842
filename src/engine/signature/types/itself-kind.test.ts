import { expect, it } from 'vitest'
import { pythonJson } from '@/lib/python-text'
import { responseSchema } from '../../adapters/response-schema'
import { bamlType } from '../../adapters/baml-type'
import { xmlSkeleton } from '../../adapters/xml-text'
import { formatJson } from '../../adapters/format-value'
import { typeMismatch } from '../../program/type-compatible'
import { fieldTypeSchema } from '../../program/program-schema'
import { replacedIn, withoutName, withRenamedKeys } from '../../program/named-types'
import { checkFields } from '../check-fields'
import { coerceValue } from '../check-value'
import { jsonSchemaOf } from '../json-schema'
import { pythonTypes } from '../python-classes'
import { typeOfSchema } from '../type-of-schema'
import type { ClassField, FieldType, TypeOf } from './field-type'

const self: FieldType = { kind: 'itself', name: 'Tree' }
const tree: TypeOf<'class'> = {
  kind: 'class',
  name: 'Tree',
  desc: 'A tree.',
  fields: [
    { name: 'value', type: { kind: 'float' } },
    { name: 'children', type: { kind: 'list', of: self }, desc: 'below', default: [] },
    { name: 'next', type: { kind: 'optional', of: self }, default: null },
  ],
}

/** What DSPy 3.4.1 shows of this class. */
const described =
  '"$defs": {"Tree": {"type": "object", "description": "A tree.", "properties": {"children": {"type": "array", "default": [], "description": "below", "items": {"$ref": "#/$defs/Tree"}, "title": "Children"}, "next": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}], "default": null}, "value": {"type": "number", "title": "Value"}}, "required": ["value"], "title": "Tree"}}'

it('describes a class that holds itself as DSPy does, and reads the schema back', () => {
  expect(pythonJson(jsonSchemaOf(tree))).toBe(`{${described}, "$ref": "#/$defs/Tree"}`)
  expect(pythonJson(jsonSchemaOf({ kind: 'list', of: tree }))).toBe(`{"type": "array", ${described}, "items": {"$ref": "#/$defs/Tree"}}`)
  expect(typeOfSchema(jsonSchemaOf(tree))).toEqual(tree)
})

it('reads, prints and bounds values level by level', () => {
  const value = { value: '1', children: [{ value: 2, children: [{ value: 3 }] }] }
  const read = coerceValue(tree, value)
  expect(read).toEqual({
    ok: true,
    value: {
      value: 1,
      children: [{ value: 2, children: [{ value: 3, children: [], next: null }], next: null }],
      next: null,
    },
  })
  if (!read.ok) throw new Error(read.reason)
  expect(formatJson(tree, read.value)).toBe(
    '{"value": 1.0, "children": [{"value": 2.0, "children": [{"value": 3.0, "children": [], "next": null}], "next": null}], "next": null}',
  )
  expect(coerceValue(tree, { value: 1, children: [{ value: 2, next: { value: 'many' } }] })).toEqual({
    ok: false,
    reason: 'key children: item 1: key next: key value: expected float, got many',
  })
})

it('asks for structured outputs by a reference, with nothing beside it', () => {
  const schema = responseSchema([{ id: 'a', name: 'a', role: 'output', type: tree, desc: '' }])
  expect(schema).toMatchObject({
    properties: { a: { $ref: '#/$defs/Tree' } },
    $defs: { Tree: { additionalProperties: false, required: ['value', 'children', 'next'] } },
  })
  expect(Object.keys(Object(schema?.['properties'])['a'])).toEqual(['$ref'])
})

it('is shown as tags to one level, as DSPy does, and by its name in the short notation', () => {
  expect(xmlSkeleton('a', tree)).toBe('<a><value>...</value><children><item>...</item></children><next>...</next></a>')
  expect(bamlType(tree)).toBe('# A tree.\nTree {\n  value: float,\n  # below\n  children: Tree[],\n  next: Tree or null,\n}')
})

it('is written as a class of Python', () => {
  expect(pythonTypes([{ name: 'a', type: tree }]).classes).toContain("children: list['Tree'] = Field([], description='below')")
})

it('flows into a class of the same shape, into a shorter one and into an open dictionary', () => {
  const other: FieldType = { ...tree, name: 'Node', fields: renamed(tree.fields, 'Node') }
  const leaf: FieldType = { kind: 'class', name: 'Leaf', fields: [{ name: 'value', type: { kind: 'float' } }] }
  const open: FieldType = { kind: 'object', fields: {} }
  const short: FieldType = { kind: 'class', name: 'Short', fields: [{ name: 'children', type: { kind: 'list', of: leaf } }] }
  for (const to of [tree, other, leaf, short, open]) expect(typeMismatch(tree, to)).toBeUndefined()
  expect(typeMismatch(leaf, { ...tree, fields: tree.fields.map(({ name, type }) => ({ name, type })) })).toBeDefined()
  expect(typeMismatch(tree, { ...short, fields: [{ name: 'children', type: { kind: 'list', of: { kind: 'int' } } }] })).toBeDefined()
})

it('is stored, renamed and taken apart with its class', () => {
  expect(fieldTypeSchema.parse(tree)).toEqual(tree)
  const node = { ...tree, name: 'Node', fields: renamed(tree.fields, 'Node') }
  expect(replacedIn({ kind: 'list', of: tree }, 'Tree', () => node)).toEqual({ kind: 'list', of: node })
  expect(JSON.stringify(withoutName(tree))).not.toContain('itself')
  const value = { value: 1, children: [{ value: 2, children: [] }] }
  expect(withRenamedKeys(tree, value, 'Tree', new Map([['value', 'size']]))).toEqual({ size: 1, children: [{ size: 2, children: [] }] })
})

it.each<[string, FieldType, string]>([
  ['in its place', tree, 'nothing'],
  ['outside of any class', { kind: 'list', of: self }, 'is not in one'],
  ['within another class', { ...tree, fields: [{ name: 'a', type: { kind: 'class', name: 'B', fields: tree.fields } }] }, 'is not in one'],
  ['without an end', { ...tree, fields: [{ name: 'a', type: { kind: 'tuple', items: [self] } }] }, 'without end'],
  ['with a default that does not fit', { ...tree, fields: [{ name: 'a', type: self, default: { a: 1 } }] }, 'does not fit'],
])('says what is wrong with one %s', (_where, type, words) => {
  const problem = checkFields([{ id: 'f', name: 'f', role: 'input', type, desc: '' }])[0]?.message ?? 'nothing'
  expect(problem).toContain(words)
})

function renamed(fields: readonly ClassField[], name: string): readonly ClassField[] {
  return fields.map(field => ({
    ...field,
    type: 'of' in field.type ? ({ ...field.type, of: { kind: 'itself', name } } as FieldType) : field.type,
  }))
}
