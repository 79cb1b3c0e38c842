import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from '@/lib/canonical-json'
import { storedCell } from '@/lib/cell-types'
import type { Json } from '@/lib/json'
import { csvLine } from '@/lib/tabular/csv-text'
import { readTable } from '@/lib/tabular/table-reader'
import { fieldTypes, valuesOf } from '@/testing/arbitrary-fields'
import { chatAdapter } from '../adapters/chat'
import { formatJson, formatValue } from '../adapters/format-value'
import { jsonAdapter } from '../adapters/json'
import { plainMessages } from '../lm/parts'
import { parseValue } from '../adapters/parse-value'
import { valueText } from '../blobs/blob-ref'
import { coerceValue } from '../signature/check-value'
import type { Field } from '../signature/signature'
import type { FieldType } from '../signature/types/field-type'
import { holdsItself, typesWithin } from '../signature/types/registry'
import { fedValue } from './fed-value'

/** Of a value of any type nothing but the value itself says what it is, so that 1.0 is 1 there; see the decision on cells. */
const types = fieldTypes.filter(type =>
  typesWithin(type).every(part => part.kind !== 'any' && part.kind !== 'union' && !isOpen(part) && !holdsItself(part)),
)

function isOpen(type: FieldType): boolean {
  return type.kind === 'object' && Object.keys(type.fields).length === 0
}

const cases = types.chain(type => valuesOf(type).map(value => ({ type, value: settled(type, value) })))

/** As a program has it: a set without repetitions, the keys of a class in its order. */
function settled(type: FieldType, value: Json): Json {
  const fitted = coerceValue(type, value)
  return fitted.ok ? fitted.value : value
}

const field = (type: FieldType): Field => ({ id: 'a', name: 'a', role: 'output', type, desc: '' })

/** One column of a file that holds the cells as texts or as JSON, as an import stores it. */
async function imported(
  text: string,
  name: string,
): Promise<{ readonly type: Parameters<typeof fedValue>[1]; readonly cells: readonly Json[] }> {
  const read: Json[][] = []
  const { columns } = await readTable(text, { name, onRows: rows => void read.push(...rows) })
  const column = columns.find(each => each.name === 'a')
  return { type: column?.type ?? 'str', cells: read.map(cells => storedCell(cells[column?.place ?? 0], column?.type ?? 'str')) }
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

const seed = Date.now() % 2 ** 31
const options = { seed, numRuns: 150 }

it.each<[string, (text: string) => string]>([
  ['rows.csv', json => `b,a\r\n1,${quoted(json)}\r\n2,${quoted(json)}\r\n`],
  ['rows.jsonl', json => `{"b": 1, "a": ${json}}\n{"b": 2, "a": ${json}}\n`],
])('no value of a type changes on its way from %s into a prompt, out of an answer and back into a file', async (name, fileOf) => {
  process.stdout.write(`values on their way: seed ${seed}\n`)
  await fc.assert(
    fc.asyncProperty(cases, async ({ type, value }) => {
      const isText = typeof value === 'string'
      // A spreadsheet holds a text as it is, JSON in quotes.
      const written = isText && name === 'rows.csv' ? value : formatJson(type, value)
      fc.pre(value !== null && !(isText && (value.trim() !== value || value === '')))
      const { type: column, cells } = await imported(fileOf(written), name)
      const fed = fedValue(cells[0] ?? null, column, type)
      expect(canonicalJson(settled(type, fed))).toBe(canonicalJson(value))
      expect(formatValue(type, settled(type, fed))).toBe(formatValue(type, value))
      for (const adapter of [chatAdapter, jsonAdapter]) {
        const signature = { instructions: '', fields: [field(type)] }
        const messages = plainMessages(adapter.format(signature, [{ a: value }], {}))
        const answer = messages.findLast(({ role }) => role === 'assistant')?.content ?? ''
        expect(canonicalJson(adapter.parse(signature, answer)['a'] ?? null)).toBe(canonicalJson(value))
      }
      const cell = valueText(value)
      // An apostrophe keeps spreadsheets from running it.
      fc.pre(!/^\s*[=+@]|^\s*-(?!\d+(?:\.\d+)?$)/.test(cell))
      const again = await imported(`b,a\r\n${csvLine(['1', cell])}`, 'again.csv')
      expect(canonicalJson(settled(type, fedValue(again.cells[0] ?? null, again.type, type)))).toBe(canonicalJson(value))
    }),
    options,
  )
})

it.each<[string, FieldType, string, string]>([
  ['a float that is whole', { kind: 'float' }, '1.0', '1.0'],
  ['floats in a list', { kind: 'list', of: { kind: 'float' } }, '[1.0, 2]', '[1.0, 2.0]'],
  ['an id of 20 digits', { kind: 'int' }, '12345678901234567890', '12345678901234567890'],
  ['ids in a dictionary', { kind: 'dict', of: { kind: 'int' } }, '{"id": 12345678901234567890}', '{"id": 12345678901234567890}'],
  ['an id that feeds a text', { kind: 'str' }, '12345678901234567890', '12345678901234567890'],
  ['a float that feeds a text', { kind: 'str' }, '1.0', '1.0'],
  ['a dictionary that feeds a text', { kind: 'str' }, '{"a": 1.0, "b": [1.50]}', '{"a": 1.0, "b": [1.50]}'],
  ['a number that is none', { kind: 'str' }, 'NaN', 'NaN'],
])('%s stands in a prompt as in its spreadsheet', async (_what, type, written, shown) => {
  const { type: column, cells } = await imported(`b,a\r\n${csvLine(['1', written])}`, 'rows.csv')
  expect(formatValue(type, settled(type, fedValue(cells[0] ?? null, column, type)))).toBe(shown)
})

it('prints a dictionary within a list in a field of text as DSPy does', () => {
  expect(formatValue({ kind: 'str' }, [{ a: 'it’s', b: [1.5, null, true] }, 'x'])).toBe(
    '[1] «{"a": "it’s", "b": [1.5, null, true]}»\n[2] «x»',
  )
  expect(formatValue({ kind: 'str' }, { a: ['x', null] })).toBe('{"a": ["x", null]}')
})

it.each(['nan', 'inf', '-Infinity', '1e999'])('refuses %s as a float in words, where DSPy has a number that JSON lacks', text => {
  expect(parseValue({ kind: 'float' }, text)).toEqual({ ok: false, reason: `expected float, got ${text}` })
})
