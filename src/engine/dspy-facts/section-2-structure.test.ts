import { describe, expect, it } from 'vitest'
import { pythonJson } from '@/lib/python-text'
import { bamlType } from '../adapters/baml-type'
import { placeholder } from '../adapters/frame'
import { frameText } from '../adapters/frame-text'
import { responseSchema } from '../adapters/response-schema'
import { isNested, xmlSkeleton } from '../adapters/xml-text'
import { noteSchemaOf } from '../signature/json-schema'
import { parseTypeName } from '../signature/parse-type-name'
import type { Field } from '../signature/signature'
import type { ClassType, FieldType } from '../signature/types/field-type'

const point: ClassType = {
  kind: 'class',
  name: 'Pt',
  desc: 'A point.',
  fields: [
    { name: 'y', type: { kind: 'int' } },
    { name: 'x', type: { kind: 'int' }, desc: 'across' },
  ],
}
const color: ClassType = {
  kind: 'enum-class',
  name: 'Color',
  members: [
    { name: 'RED', value: 'r' },
    { name: 'BLUE', value: 2 },
  ],
}
const line: ClassType = {
  kind: 'class',
  name: 'Line',
  desc: 'From here\nto there.',
  fields: [
    { name: 'start', type: point },
    { name: 'ends', type: { kind: 'list', of: point }, desc: 'where it goes' },
    { name: 'note', type: { kind: 'optional', of: { kind: 'str' } }, default: null },
    { name: 'kind', type: color },
  ],
}
const empty: ClassType = { kind: 'class', name: 'Empty', fields: [] }

const pointSchema =
  '{"type": "object", "description": "A point.", "properties": {"x": {"type": "integer", "description": "across", "title": "X"}, "y": {"type": "integer", "title": "Y"}}, "required": ["y", "x"], "title": "Pt"}'

describe('what an output is told of its form', () => {
  it.each<[type: string, schema: string]>([
    ['list[int]', '{"type": "array", "items": {"type": "integer"}}'],
    ['Optional[str]', '{"anyOf": [{"type": "string"}, {"type": "null"}]}'],
    ['dict[str, Any]', '{"type": "object", "additionalProperties": true}'],
    ['Pt', pointSchema],
    ['list[Pt]', `{"type": "array", "$defs": {"Pt": ${pointSchema}}, "items": {"$ref": "#/$defs/Pt"}}`],
    ['Union[int, str]', '{"anyOf": [{"type": "integer"}, {"type": "string"}]}'],
    ['tuple[int, ...]', '{"type": "array", "items": {"type": "integer"}}'],
    ['set[int]', '{"type": "array", "items": {"type": "integer"}, "uniqueItems": true}'],
    ['dict[str, Pt]', `{"type": "object", "$defs": {"Pt": ${pointSchema}}, "additionalProperties": {"$ref": "#/$defs/Pt"}}`],
    [
      'Line',
      `{"type": "object", "$defs": {"Color": {"enum": ["r", 2], "title": "Color"}, "Pt": ${pointSchema}}, "description": "From here\\nto there.", "properties": {"ends": {"type": "array", "description": "where it goes", "items": {"$ref": "#/$defs/Pt"}, "title": "Ends"}, "kind": {"$ref": "#/$defs/Color"}, "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null, "title": "Note"}, "start": {"$ref": "#/$defs/Pt"}}, "required": ["start", "ends", "kind"], "title": "Line"}`,
    ],
    ['Optional[Pt]', `{"$defs": {"Pt": ${pointSchema}}, "anyOf": [{"$ref": "#/$defs/Pt"}, {"type": "null"}]}`],
    ['list[Color]', '{"type": "array", "$defs": {"Color": {"enum": ["r", 2], "title": "Color"}}, "items": {"$ref": "#/$defs/Color"}}'],
    ['Empty', '{"type": "object", "properties": {}, "title": "Empty"}'],
    ['dict[str, list[int]]', '{"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}}'],
    ['list[Optional[int]]', '{"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}'],
  ])('§2.4 `%s` by its JSON schema, `type` first and all other keys in the order of the alphabet', (type, schema) => {
    expect(pythonJson(noteSchemaOf(typeOf(type)))).toBe(schema)
    expect(noteOf(typeOf(type))).toBe(frameText.schemaNote(schema))
  })

  it.each<[type: string, note: string | undefined]>([
    ['str', undefined],
    ['dspy.Reasoning', undefined],
    ["dspy.Code['python']", undefined],
    ['bool', frameText.boolNote],
    ['int', frameText.numberNote('int')],
    ['float', frameText.numberNote('float')],
    ["Literal['a b', 3, True, None]", frameText.optionsNote(['a b', '3', 'True', 'None'])],
    ['Color', frameText.optionsNote(['r', '2'])],
  ])('§2.4 the note of `%s`', (type, note) => {
    expect(noteOf(typeOf(type))).toBe(note)
  })

  it('§2.4 options stand with semicolons between and without quotes, and both spellings of a bool are told', () => {
    expect(frameText.optionsNote(['a b', '3'])).toMatch(/: a b; 3$/)
    expect(frameText.boolNote).toMatch(/\bTrue\b.*\bFalse\b/)
  })

  it('§2.4 inputs have no note, and the note of an output stands eight spaces behind its place', () => {
    expect(placeholder(field({ kind: 'int' }, 'input'), true)).toBe('{v}')
    expect(placeholder(field({ kind: 'bool' }), true)).toBe(`{v}        # note: ${frameText.boolNote}`)
  })

  it('§2.4 differs on purpose: an output of any type is told so in words; to the letter it has the schema `{}`', () => {
    expect(noteOf({ kind: 'any' }, false)).toBe(frameText.anyNote)
    expect(noteOf({ kind: 'any' })).toBe(frameText.schemaNote('{}'))
  })
})

describe('the nesting of an output in XML', () => {
  it.each([
    ['list[int]', '<v><item>...</item></v>'],
    ['list[list[str]]', '<v><item><item>...</item></item></v>'],
    ['dict[str, Any]', '<v>...</v>'],
    ['dict[str, Pt]', '<v>...</v>'],
    ['Pt', '<v><y>...</y><x>...</x></v>'],
    ['Optional[Pt]', '<v><y>...</y><x>...</x></v>'],
    ['list[Pt]', '<v><item><y>...</y><x>...</x></item></v>'],
    ['Optional[list[Pt]]', '<v><item><y>...</y><x>...</x></item></v>'],
    ['Line', '<v><start><y>...</y><x>...</x></start><ends><item><y>...</y><x>...</x></item></ends><note>...</note><kind>...</kind></v>'],
    ['Empty', '<v>...</v>'],
  ])('§2.4 `%s` is one line: %s', (type, skeleton) => {
    expect(isNested(typeOf(type))).toBe(true)
    expect(xmlSkeleton('v', typeOf(type))).toBe(skeleton)
  })

  it.each(['str', 'Optional[str]', 'Color', 'Union[int, str]', 'tuple[int, ...]', 'set[int]', 'Any'])(
    '§2.4 `%s` has its place between tags, and no nesting',
    type => {
      expect(isNested(typeOf(type))).toBe(false)
    },
  )
})

describe('the short notation of types', () => {
  const brackets = '{\n  y: int,\n  # across\n  x: int,\n}'

  it.each([
    ['str', 'string'],
    ['bool', 'boolean'],
    ['int', 'int'],
    ['float', 'float'],
    ['Any', 'Any'],
    ['list[int]', 'int[]'],
    ['list[list[str]]', 'string[][]'],
    ['Optional[str]', 'string or null'],
    ['Union[int, str]', 'int or string'],
    ['list[Optional[int]]', 'int or null[]'],
    ['dict[str, Any]', 'dict[string, Any]'],
    ['dict[str, list[int]]', 'dict[string, int[]]'],
    ["Literal['a b', 3, True, None]", '"a b" or 3 or true or null'],
    ["Literal[1, 'two', True, None]", '1 or "two" or true or null'],
    ['Color', 'Color'],
    ['list[Color]', 'Color[]'],
    ['tuple[int, ...]', 'tuple'],
    ['set[int]', 'set'],
    ['Pt', `# A point.\n${brackets}`],
    ['Optional[Pt]', `# A point.\n${brackets} or null`],
    ['dict[str, Pt]', `dict[string, # A point.\n${brackets}]`],
    ['list[Pt]', '[\n  {\n    y: int,\n    # across\n    x: int,\n  }\n]'],
    ['Optional[list[Pt]]', '[\n  {\n    y: int,\n    # across\n    x: int,\n  }\n] or null'],
  ])('§2.8 `%s` is `%s`', (type, notation) => {
    expect(bamlType(typeOf(type))).toBe(notation)
  })

  it('§2.8 a model without fields holds a remark alone', () => {
    expect(bamlType(empty)).toMatch(/^\{\n {2}# [^\n]+\n\}$/)
  })

  it('§2.8 what a model inside of a field is stands before that field, not above its own brace', () => {
    const holder: ClassType = { kind: 'class', name: 'Holder', fields: [{ name: 'at', type: point, desc: 'where' }] }
    expect(bamlType(holder)).toBe('{\n  # where\n  # A point.\n  at:   {\n    y: int,\n    # across\n    x: int,\n  },\n}')
  })

  it('§2.8 differs on purpose: a type may stand in two places, which DSPy takes for one that holds itself', () => {
    expect(bamlType(line)).toContain('start:   {')
    expect(bamlType(line)).toContain('ends: [')
  })
})

describe('the schema of a structured answer', () => {
  it('§2.16 one object, every output required, nothing further at any level; what fields are told is not in it', () => {
    const outputs = [
      field({ kind: 'str' }, 'output', 'a', 'told'),
      field({ kind: 'list', of: { ...point, fields: [...point.fields, { name: 'z', type: { kind: 'int' }, default: 0 }] } }, 'output', 'l'),
      field({ kind: 'enum', values: ['x', 'y'] }, 'output', 'lit'),
    ]
    const schema = responseSchema(outputs)
    expect(schema).toMatchObject({
      type: 'object',
      title: 'DSPyProgramOutputs',
      additionalProperties: false,
      required: ['a', 'l', 'lit'],
      properties: {
        a: { title: 'A', type: 'string' },
        l: { title: 'L', type: 'array' },
        lit: { title: 'Lit', type: 'string', enum: ['x', 'y'] },
      },
    })
    const text = JSON.stringify(schema)
    expect(text).toContain('"required":["y","x","z"]')
    expect(text.match(/"additionalProperties":false/g)).toHaveLength(2)
    expect(text).not.toContain('told')
  })

  it('§2.12 an open mapping among the outputs has no such schema', () => {
    expect(responseSchema([field({ kind: 'dict', of: { kind: 'int' } })])).toBeUndefined()
    expect(responseSchema([field({ kind: 'object', fields: {} })])).toBeUndefined()
  })

  it('§2.12 differs on purpose: nor has one inside of an output, a tuple or a set, whose schemas endpoints refuse', () => {
    for (const type of ['list[dict[str, int]]', 'tuple[int, str]', 'set[int]'])
      expect(responseSchema([field(typeOf(type))])).toBeUndefined()
  })
})

function typeOf(name: string): FieldType {
  return parseTypeName(name, [point, color, line, empty])
}

function field(type: FieldType, role: Field['role'] = 'output', name = 'v', desc = ''): Field {
  return { id: name, name, role, type, desc }
}

function noteOf(type: FieldType, isExact = true): string | undefined {
  return placeholder(field(type), isExact).split('        # note: ')[1]
}
