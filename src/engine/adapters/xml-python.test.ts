import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { fieldNames, valuesOf } from '@/testing/arbitrary-fields'
import { dspyPython } from '@/testing/dspy-python'
import { plainMessages } from '../lm/parts'
import type { FieldType } from '../signature/types/field-type'
import type { Field } from '../signature/signature'
import { xmlAdapter } from './xml'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

/** Every type; names of objects that can be tags, since DSPy's nesting shows others as tags that are none. */
const types: fc.Arbitrary<FieldType> = fc.letrec<{ type: FieldType }>(tie => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('str', 'int', 'float', 'bool', 'any').map((kind): FieldType => ({ kind })),
    fc.constant<FieldType>({ kind: 'enum', values: ['red', 'dark blue'] }),
    fc.constant<FieldType>({ kind: 'enum', values: [1, 20] }),
    tie('type').map((of): FieldType => ({ kind: 'list', of })),
    tie('type').map((of): FieldType => ({ kind: 'dict', of })),
    tie('type').map((of): FieldType => (of.kind === 'optional' ? of : { kind: 'optional', of })),
    fc
      .dictionary(fc.constantFrom('x', 'first_name', 'names', 'a.b', 'k-1'), tie('type'), { minKeys: 1, maxKeys: 3, noNullPrototype: true })
      .map((fields): FieldType => ({ kind: 'object', fields })),
  ),
})).type

interface Case {
  readonly fields: readonly Field[]
  /** What is left out is a demo that lacks it. */
  readonly demo: JsonObject
  readonly inputs: JsonObject
}

const cases: fc.Arbitrary<Case> = fc
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
  .chain(fields => {
    const values = fc.record(
      Object.fromEntries(fields.map(({ name, type }) => [name, valuesOf(type).map(value => plainNumbers(type, value))])),
      { noNullPrototype: true },
    )
    return fc.record({ fields: fc.constant(fields), demo: values, inputs: values })
  })

const script = `
import json, sys, typing, dspy
from typing_extensions import TypedDict
names = {**vars(typing), "NoneType": type(None)}
def made(t):
    kind = t["kind"]
    if kind == "enum": return typing.Literal[tuple(t["values"])]
    if kind == "list": return list[made(t["of"])]
    if kind == "dict": return dict[str, made(t["of"])]
    if kind == "optional": return typing.Optional[made(t["of"])]
    if kind == "object": return TypedDict("Thing", {name: made(of) for name, of in t["fields"].items()})
    return {"str": str, "int": int, "float": float, "bool": bool, "any": typing.Any}[kind]
answers = []
for case in json.load(sys.stdin):
    fields = {f["name"]: (made(f["type"]), (dspy.InputField if f["role"] == "input" else dspy.OutputField)()) for f in case["fields"]}
    signature = dspy.Signature(fields, "Do it.")
    adapter = dspy.XMLAdapter()
    messages = [m["content"] for m in adapter.format(signature, [case["demo"]], case["inputs"])]
    try: read = {"values": adapter.parse(signature, case["ours"])}
    except Exception as error: read = {"error": str(error)}
    answers.append({"messages": messages, "types": [dspy.adapters.utils.get_annotation_name(f.annotation) for f in signature.fields.values()], **read})
print(json.dumps(answers))
`

interface Theirs {
  readonly messages: readonly string[]
  readonly values?: Json
  readonly error?: string
}

describe.skipIf(!python)('our XML layout beside that of DSPy itself', () => {
  const made = fc.sample(cases, { numRuns: 300, seed: 341 })
  const ours = ({ fields, demo, inputs }: Case): readonly string[] =>
    plainMessages(xmlAdapter.format({ instructions: 'Do it.', fields }, [demo], inputs)).map(message => message.content)
  let answered: readonly Theirs[] | undefined
  const theirs = (): readonly Theirs[] => (answered ??= ask(made.map(one => ({ ...one, ours: ours(one)[2] ?? '' }))))

  it('has the same bytes around our own sentences, for every type', { timeout: 300_000 }, () => {
    const kinds = new Set(made.flatMap(({ fields }) => fields.map(({ type }) => type.kind)))
    expect(kinds).toEqual(new Set(['str', 'int', 'float', 'bool', 'any', 'enum', 'list', 'dict', 'optional', 'object']))
    for (const [index, one] of made.entries()) {
      const first = one.fields.find(field => field.role === 'input')?.name ?? ''
      expect(ours(one).map((text, at) => bare(text, at, first))).toEqual(theirs()[index]?.messages.map((text, at) => bare(text, at, first)))
    }
  })

  it('reminds of the same tags in the same order, with the same nesting', { timeout: 300_000 }, () => {
    for (const [index, one] of made.entries()) {
      const [mine, other] = [ours(one), theirs()[index]?.messages ?? []].map(messages => reminder(messages.at(-1) ?? ''))
      expect(mine).toEqual(other)
      expect(mine?.tags).toContain(`\`<${one.fields.find(field => field.role === 'output')?.name}>\``)
    }
  })

  it('writes answers that DSPy reads, and reads those that DSPy writes', { timeout: 300_000 }, () => {
    let compared = 0
    for (const [index, { fields, demo }] of made.entries()) {
      const outputs = fields.filter(field => field.role === 'output')
      const clear = outputs.filter(({ type }) => isClear(type)).map(({ name }) => name)
      const answer = theirs()[index]
      const read = xmlAdapter.parse({ instructions: '', fields }, answer?.messages[2] ?? '')
      expect(picked(read, clear)).toEqual(picked(demo, clear))
      // DSPy reads all of an answer or nothing of it.
      if (clear.length < outputs.length) continue
      compared += 1
      expect({ error: answer?.error, read: picked(answer?.values ?? null, clear) }).toEqual({ read: picked(demo, clear) })
    }
    expect(compared).toBeGreaterThan(50)
  })
})

function ask(asked: readonly (Case & { readonly ours: string })[]): readonly Theirs[] {
  const child = spawnSync(python ?? '', ['-c', script], { input: JSON.stringify(asked), encoding: 'utf8', maxBuffer: 1e8 })
  const read = parseJson(child.stdout.trim().split('\n').at(-1) ?? '')
  if (child.status !== 0 || !read.ok || !Array.isArray(read.value)) throw new Error(child.stderr.slice(-3000))
  return read.value as unknown as readonly Theirs[]
}

/** Without the sentences: of the system message the tags, of the request all but its last paragraph. */
function bare(text: string, at: number, first: string): string {
  // A demo that lacks a value begins with a sentence.
  if (at === 1) return text.slice(text.indexOf(`<${first}>`))
  if (at === 2) return text
  if (at === 3) return text.slice(0, text.lastIndexOf('\n\n'))
  const start = text.indexOf(`<${first}>`)
  const lines = text
    .slice(start)
    .replace(/ {8}# note: .*/g, '')
    .split('\n')
  return lines.slice(0, -2).join('\n')
}

/** What the last paragraph of a request names: from the first marked tag to the last one, and the nesting behind them. */
function reminder(request: string): { readonly tags: string; readonly nesting: string } {
  const text = request.slice(request.lastIndexOf('\n\n'))
  const [start, end] = [text.indexOf('`'), text.lastIndexOf('`') + 1]
  const nesting = text.indexOf('<', end)
  return { tags: text.slice(start, end), nesting: nesting < 0 ? '' : text.slice(nesting) }
}

/**
 * Types whose text means one value: not those where a text may also be a number, a null or nothing at all, and not options that are
 * numbers, which DSPy does not find inside of a list or a dict.
 */
function isClear(type: FieldType): boolean {
  switch (type.kind) {
    case 'any':
    case 'optional':
      return false
    case 'enum':
      return type.values.every(value => typeof value === 'string')
    case 'list':
    case 'dict':
      return isClear(type.of)
    case 'object':
      return Object.values(type.fields).every(isClear)
    default:
      return true
  }
}

function picked(values: Json, names: readonly string[]): Readonly<Record<string, Json | undefined>> {
  return Object.fromEntries(names.map(name => [name, isJsonObject(values) ? values[name] : undefined]))
}

/** The value with numbers that both languages write the same way: JSON brings a whole one to Python without its point. */
function plainNumbers(type: FieldType, value: Json): Json {
  if (type.kind === 'enum') return value
  if (type.kind === 'optional') return plainNumbers(type.of, value)
  if (typeof value === 'number') return Math.trunc(value % 1000) + (type.kind === 'float' ? 0.25 : 0)
  if (Array.isArray(value)) return value.map(item => plainNumbers(type.kind === 'list' ? type.of : type, item))
  if (!isJsonObject(value)) return value
  const of = (name: string): FieldType => (type.kind === 'dict' ? type.of : type.kind === 'object' ? (type.fields[name] ?? type) : type)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainNumbers(of(name), item)]))
}
