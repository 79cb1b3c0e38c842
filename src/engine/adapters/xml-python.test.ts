import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldNames, valuesOf } from '@/testing/arbitrary-fields'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { plainMessages } from '../lm/parts'
import type { FieldType } from '../signature/field-type'
import type { Field } from '../signature/signature'
import { promptTypeName } from '../signature/type-name'
import { xmlAdapter } from './xml'

/** A Python that has DSPy 3.4.1; without it this test is skipped. */
const python = process.env['DSPY_PYTHON']

/** Types that Python writes as we do: named models stand for objects there, and texts in other scalars are not escaped. */
const types: fc.Arbitrary<FieldType> = fc.letrec<{ type: FieldType }>(tie => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('str', 'int', 'float', 'bool').map((kind): FieldType => ({ kind })),
    fc.constant<FieldType>({ kind: 'enum', values: ['red', 'dark blue'] }),
    tie('type').map((of): FieldType => ({ kind: 'list', of })),
    tie('type').map((of): FieldType => ({ kind: 'dict', of })),
    fc.constantFrom('int', 'float', 'bool').map((kind): FieldType => ({ kind: 'optional', of: { kind } })),
    tie('type').map((of): FieldType => ({ kind: 'optional', of: { kind: 'list', of } })),
  ),
})).type

const cases = fc
  .uniqueArray(fc.tuple(fieldNames, types, fc.boolean()), { selector: ([name]) => name.normalize('NFKC'), minLength: 2, maxLength: 5 })
  .map(rows =>
    rows.map(([name, type, isInput], i): Field => ({
      id: name,
      name,
      type,
      desc: '',
      role: i === 0 || (isInput && i > 1) ? 'input' : 'output',
    })),
  )
  .chain(fields =>
    fc.record({
      fields: fc.constant(fields),
      demo: fc.record(Object.fromEntries(fields.map(field => [field.name, valuesOf(field.type)])), { noNullPrototype: true }),
    }),
  )

const script = `
import json, sys, typing, dspy
names = {**vars(typing), "NoneType": type(None)}
answers = []
for case in json.load(sys.stdin):
    fields = {f["name"]: (eval(f["type"], names), (dspy.InputField if f["role"] == "input" else dspy.OutputField)()) for f in case["fields"]}
    signature = dspy.Signature(fields, "Do it.")
    messages = dspy.XMLAdapter().format(signature, [case["demo"]], case["demo"])
    answers.append([m["content"] for m in messages])
print(json.dumps(answers))
`

describe.skipIf(!python)('our XML layout beside that of DSPy itself', () => {
  it('has the same bytes around our own sentences', { timeout: 120_000 }, () => {
    const made = fc
      .sample(cases, { numRuns: 300, seed: 341 })
      .filter(({ demo }) => Object.values(demo).every(value => value !== null && !hasOddNumber(value)))
    const sent = made.map(({ fields, demo }) => ({
      demo,
      fields: fields.map(({ name, role, type }) => ({ name, role, type: promptTypeName(type) })),
    }))
    const child = spawnSync(python ?? '', ['-c', script], { input: JSON.stringify(sent), encoding: 'utf8', maxBuffer: 1e8 })
    expect(child).toMatchObject({ status: 0 })
    const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
    if (!read.ok || !Array.isArray(read.value)) throw new Error(child.stderr)
    expect(made.length).toBeGreaterThan(50)
    for (const [index, { fields, demo }] of made.entries()) {
      const ours = plainMessages(xmlAdapter.format({ instructions: 'Do it.', fields }, [demo], demo)).map(message => message.content)
      const theirs = (read.value[index] as readonly string[] | undefined) ?? []
      const [first] = fields.filter(field => field.role === 'input')
      expect(ours.map((text, at) => bare(text, at, first?.name ?? ''))).toEqual(theirs.map((text, at) => bare(text, at, first?.name ?? '')))
    }
  })
})

/** Without the sentences: of the system message the tags, of the request all but its last paragraph. */
function bare(text: string, at: number, first: string): string {
  if (at === 1 || at === 2) return text
  if (at === 3) return text.slice(0, text.lastIndexOf('\n\n'))
  const start = text.indexOf(`<${first}>`)
  const lines = text
    .slice(start)
    .replace(/ {8}# note: .*/g, '')
    .split('\n')
  return lines.slice(0, -2).join('\n')
}

/** Numbers that JSON brings to Python as another kind or in another spelling. */
function hasOddNumber(value: Json): boolean {
  if (typeof value === 'number') return Object.is(value, -0) || Math.abs(value) >= 1e15 || (value !== 0 && Math.abs(value) < 1e-4)
  if (Array.isArray(value)) return value.some(hasOddNumber)
  return isJsonObject(value) && Object.values(value).some(hasOddNumber)
}
