import fc from 'fast-check'
import type { AdapterId } from '@/engine/program/adapter-id'
import type { FieldType } from '@/engine/signature/types/field-type'
import type { Field } from '@/engine/signature/signature'
import { typesWithin } from '@/engine/signature/types/registry'
import type { Json, JsonObject } from '@/lib/json'
import { constraintsOf } from '@/engine/signature/types/constraint-rules'
import { fieldNames, fieldTypes, valuesOf } from './arbitrary-fields'

/** Signatures as both sides can have them: names that are Python's, classes that pydantic can make. */
export function promptFields(adapter: AdapterId): fc.Arbitrary<readonly Field[]> {
  return fc
    .uniqueArray(fc.tuple(names, fc.oneof({ weight: 3, arbitrary: plainTypes }, { weight: 5, arbitrary: typesFor(adapter) }), descs), {
      selector: ([name]) => name.normalize('NFKC'),
      minLength: 2,
      maxLength: 6,
    })
    .chain(rows =>
      fc
        .integer({ min: 1, max: rows.length - 1 })
        .map(inputs =>
          rows.map(([name, type, desc], at): Field => ({ id: name, name, type, desc, role: at < inputs ? 'input' : 'output' })),
        ),
    )
}

/** Python normalizes names, and pydantic keeps some for itself. */
const names = fieldNames.filter(name => name === name.normalize('NFKC') && !name.startsWith('_') && !/^\d/.test(name))
const descs = fc.oneof(fc.constant(''), fc.constantFrom('What it is.', 'Two\nlines: [[ ## x ## ]]', '{braces} and `ticks`', 'été « x »'))

const plainTypes: fc.Arbitrary<FieldType> = fc.constantFrom<FieldType>(
  { kind: 'str' },
  { kind: 'int' },
  { kind: 'float' },
  { kind: 'bool' },
  { kind: 'enum', values: ['red', 'dark blue', "it's"] },
  { kind: 'list', of: { kind: 'str' } },
  { kind: 'optional', of: { kind: 'str' } },
)

const objects: fc.Arbitrary<FieldType> = fc
  .dictionary(fc.constantFrom('first', 'second_part', 'names'), fc.oneof(plainTypes, fieldTypes.filter(isMade)), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  })
  .map(fields => ({ kind: 'object', fields }))

/** A JSON schema names the classes it is made of, and ours have no names: objects stand where no schema shows them. */
function typesFor(adapter: AdapterId): fc.Arbitrary<FieldType> {
  const types = fieldTypes.filter(isMade)
  if (adapter === 'chat' || adapter === 'json') return types
  const nested = fc.oneof(
    objects,
    objects.map((of): FieldType => ({ kind: 'list', of })),
    objects.map((of): FieldType => ({ kind: 'optional', of })),
  )
  return fc.oneof({ weight: 3, arbitrary: types }, { weight: 2, arbitrary: nested })
}

/** What Python has such a type of. */
function isMade(type: FieldType): boolean {
  return typesWithin(type).every(one => {
    // Within another type DSPy shows how pydantic prints an object of its own; see `types-python.test.ts`.
    if (constraintsOf(one)) return false
    switch (one.kind) {
      case 'object':
        return Object.keys(one.fields).length === 0
      case 'set':
        return isHashable(one.of)
      case 'enum':
        // What a backslash in an option stands for cannot be told from DSPy's prompts; see `types-python.test.ts`.
        return one.values.every(value => !String(value).includes('\\'))
      case 'dict':
        return one.key?.kind !== 'enum' || one.key.values.every(value => typeof value === 'string')
      case 'union':
        return one.of.every(({ kind }) => kind !== 'any')
      case 'str':
      case 'int':
      case 'float':
      case 'bool':
      case 'any':
      case 'date':
      case 'datetime':
      case 'time':
      case 'list':
      case 'tuple':
      case 'optional':
        return true
      default:
        // Types with a name and DSPy's own are held to DSPy by tests of their own.
        return false
    }
  })
}

function isHashable(type: FieldType): boolean {
  return typesWithin(type).every(({ kind }) => !['list', 'set', 'dict', 'object', 'class', 'any'].includes(kind))
}

const instructions = fc.constantFrom(
  'Do it.',
  'First line.\n\n  - indented: point\n    more\n\nLast line.',
  '\n    All lines\n    are indented.\n      This one more.\n',
  'Tab\there.\n\tAnd there.',
  'Lines\r\nof\u2028all\rkinds.\r\n',
  ' ',
  'Ünïcode « quotes » [[ ## x ## ]] <tag> {brace}',
)

export interface PromptCase {
  readonly adapter: AdapterId
  readonly fields: readonly Field[]
  readonly instructions: string
  readonly demos: readonly JsonObject[]
  readonly inputs: JsonObject
}

/** A signature with demos that have all of their fields, or lack some, or hold nothing where something should be. */
export function promptCases(adapter: AdapterId): fc.Arbitrary<PromptCase> {
  return promptFields(adapter).chain(fields =>
    fc.record({
      adapter: fc.constant(adapter),
      fields: fc.constant(fields),
      instructions,
      demos: fc.array(demoOf(fields), { maxLength: 3 }),
      inputs: fc
        .oneof({ weight: 4, arbitrary: rowOf(fields.filter(({ role }) => role === 'input')) }, { weight: 1, arbitrary: demoOf(fields) })
        .map(row =>
          Object.fromEntries(Object.entries(row).filter(([name]) => fields.some(field => field.name === name && field.role === 'input'))),
        ),
    }),
  )
}

function demoOf(fields: readonly Field[]): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(
      rowOf(fields),
      fc.array(fc.constantFrom('kept', 'kept', 'left out', 'null'), { minLength: fields.length, maxLength: fields.length }),
      fc.boolean(),
    )
    .map(([row, fates, isWhole]) => {
      if (isWhole) return row
      return Object.fromEntries(
        Object.entries(row).flatMap(([name, value], at): [string, Json][] =>
          fates[at] === 'left out' ? [] : [[name, fates[at] === 'null' ? null : value]],
        ),
      )
    })
}

/** A list may stand in a field for text. */
function rowOf(fields: readonly Field[]): fc.Arbitrary<JsonObject> {
  return fc.record(
    Object.fromEntries(
      fields.map(({ name, type }) => [
        name,
        type.kind === 'str'
          ? fc.oneof({ weight: 5, arbitrary: valuesOf(type) }, { weight: 1, arbitrary: fc.array(valuesOf(type), { maxLength: 3 }) })
          : valuesOf(type),
      ]),
    ),
    { noNullPrototype: true },
  )
}

/** An adapter, a signature and texts that a model may have answered. */
export interface CompletionCase extends PromptCase {
  readonly texts: readonly string[]
}

/** Answers as they should be, and as they are: cut off, fenced, with words around them, of other types, quoted twice, in Python's spelling. */
export function completionCases(
  adapter: AdapterId,
  write: (one: PromptCase, outputs: JsonObject) => string,
  count = 4,
): fc.Arbitrary<CompletionCase> {
  return promptFields(adapter).chain(fields => {
    const outputs = fields.filter(({ role }) => role === 'output')
    const one: PromptCase = { adapter, fields, instructions: 'Do it.', demos: [], inputs: {} }
    const odd = fc.record(
      Object.fromEntries(
        outputs.map(({ name, type }) => [name, fc.oneof({ weight: 3, arbitrary: valuesOf(type) }, { weight: 1, arbitrary: oddValues })]),
      ),
      {
        noNullPrototype: true,
      },
    )
    return fc
      .array(fc.tuple(odd, fc.array(fc.tuple(fc.constantFrom(...damages), fc.nat()), { maxLength: 2 })), {
        minLength: count,
        maxLength: count,
      })
      .map(rows => ({
        ...one,
        texts: rows.map(([values, done]) => done.reduce((text, [damage, number]) => damage(text, number, outputs), write(one, values))),
      }))
  })
}

const oddValues: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  '5', '5.0', '5.5', '-3', 'true', 'False', 'yes', 'null', 'None', 'hello', '"quoted"', "'single'", '[1, 2, 2]', '[]', '{}', '{"a": 1}', "{'a': None}", '(1, 2)', '[a, b]',
  'a, b', '1,000', '50%', '$5', '0x10', '1e3', 'inf', 'nan', '```json\n[1, 2]\n```', 'It is 5.', 'Literal[red]', ' red ', '"red"', 'RED', '2024-01-02', '10:00',
  5, 5.5, true, null, [1, 'a'], { a: 1 }, [], '', 'a < b & c', '<b>bold</b>', 'line\n\nline', '{"a": "b"', '[1, 2', 'x"y', '\\n', 'é « » 日',
) // prettier-ignore

type Damage = (text: string, number: number, outputs: readonly Field[]) => string

const damages: readonly Damage[] = [
  text => text,
  text => `Sure! Here is the answer:\n\n${text}`,
  text => `${text}\n\nI hope this helps.`,
  text => `\`\`\`json\n${text}\n\`\`\``,
  text => `\`\`\`\n${text}\n\`\`\``,
  (text, number) => text.slice(0, number % (text.length + 1)),
  (text, number) => text.slice(0, Math.max(0, text.length - 1 - (number % 12))),
  (text, number) => cutOut(text, number % (text.length + 1), 1),
  (text, number) => insert(text, number % (text.length + 1), ['"', ',', '\n', '{', ']', '<', '&', ' '][number % 8] ?? ''),
  text => text.replaceAll('"', "'"),
  text => text.replaceAll('true', 'True').replaceAll('false', 'False').replaceAll('null', 'None'),
  text => text.replace(/\}\s*$/, ',}'),
  text => text.replaceAll('\n', '\r\n'),
  text => text.replaceAll('\n', '\n  '),
  text => `${text}\n${text}`,
  text => `{"answer": ${text}}`,
  text => `[${text}]`,
  text => text.replaceAll('[[ ## ', '**[[ ## ').replaceAll(' ## ]]', ' ## ]]**'),
  text => text.replaceAll(' ## ]]\n', ' ## ]] '),
  text => text.replaceAll('[[ ## ', '[[##').replaceAll(' ## ]]', '##]]'),
  (text, number, outputs) => withoutField(text, outputs[number % outputs.length]?.name ?? ''),
  (text, number, outputs) => text.replaceAll(outputs[number % outputs.length]?.name ?? '?', name => name.toUpperCase()),
  text => text.replaceAll(': ', ':').replaceAll(', ', ','),
  text => `<think>Hm.</think>\n${text}`,
  text => text.replaceAll('<', '< '),
  text => `# Answer\n${text}`,
  text => text.replace(/"([\p{L}_]+)": /gu, '$1: '),
  text => JSON.stringify(text),
]

function cutOut(text: string, at: number, count: number): string {
  return text.slice(0, at) + text.slice(at + count)
}

function insert(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at)
}

/** Without the line that names a field. */
function withoutField(text: string, name: string): string {
  return text
    .split('\n')
    .filter(line => !line.includes(name))
    .join('\n')
}
