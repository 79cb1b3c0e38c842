import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from '@/lib/canonical-json'
import { parseJson, type Json } from '@/lib/json'
import { pythonJson, pythonStr } from '@/lib/python-text'
import { fieldTypes, valuesOf } from '@/testing/arbitrary-fields'
import { dspyPython } from '@/testing/dspy-python'
import { parseValue } from '../adapters/parse-value'
import { constraintsOf } from './types/constraint-rules'
import type { FieldType } from './types/field-type'
import { noteSchemaOf } from './json-schema'
import { pythonTypes } from './python-classes'
import { promptTypeName, typeName } from './type-name'
import { classesIn, typesWithin } from './types/registry'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

interface Case {
  readonly type: FieldType
  readonly texts: readonly string[]
}

/** Types that DSPy's text form can write: an object with fields is our own, since a class of Python has a name. */
const types = fieldTypes.filter(type => typesWithin(type).every(isWritable))

function isWritable(type: FieldType): boolean {
  switch (type.kind) {
    case 'object':
      return Object.keys(type.fields).length === 0
    case 'enum':
      // DSPy's text form has no negative options and no arrow in one, and its prompts do not escape a backslash, so that such an option cannot be read back.
      return type.values.every(value => (typeof value === 'number' ? value >= 0 : !/\\|->/.test(String(value))))
    case 'set':
      return isHashable(type.of)
    case 'dict':
      return type.key?.kind !== 'enum' || type.key.values.every(value => typeof value === 'string')
    case 'union':
      // Python's cache of unions gives one with Any in any order.
      return type.of.every(({ kind }) => kind !== 'any')
    default:
      return true
  }
}

/** Python has sets of such values only. */
function isHashable(type: FieldType): boolean {
  return typesWithin(type).every(({ kind }) => !['list', 'set', 'dict', 'object', 'any', 'class'].includes(kind))
}

const oddTexts = [
  '5', '5.0', '5.5', '-3', 'true', 'False', 'yes', 'null', 'None', 'hello', '"quoted"', '[1, 2, 2]', '[]', '{}', '{"1": "a"}', '[1, "a"]',
  '(1, 2)', '2024-01-02', '2024-02-30', '2024-01-02T10:00:00', '2024-01-02 10:00', '2024-01-02T10:00:00Z', '2024-01-02T10:00:00.5+02:00',
  '10:00', '25:00', '10:00:30.25', '1704153600', '02/01/2024', '["2024-01-02"]', '{"2024-01-02": 1}', '[[1, 2], [3, 4]]', '[true, false]',
] // prettier-ignore

const cases: fc.Arbitrary<Case> = types.chain(type =>
  fc
    .tuple(valuesOf(type), fc.uniqueArray(fc.constantFrom(...oddTexts), { minLength: 3, maxLength: 6 }))
    .map(([value, texts]) => ({ type, texts: [typeof value === 'string' ? value : pythonJson(value), ...texts] })),
)

const script = `
import json, sys, warnings, datetime, typing, dspy
from enum import Enum
from typing import Any, Annotated, Literal, Optional, Union
from pydantic import BaseModel, Field, TypeAdapter
from dspy.adapters.utils import get_annotation_name, parse_value
warnings.simplefilter("ignore")
adapter = dspy.ChatAdapter()
answers = []
for case in json.load(sys.stdin):
    exec(case["classes"], globals())
    own = {name: globals()[name] for name in case["names"]}
    signature = dspy.Signature("q -> a: " + case["type"], custom_types=own)
    annotation = signature.output_fields["a"].annotation
    system = adapter.format(signature, [], {"q": "Q"})[0]["content"]
    line = next(l for l in system.split("\\n") if l.startswith("{a}"))
    read = []
    for text in case["texts"]:
        try: read.append({"value": TypeAdapter(annotation).dump_python(parse_value(text, annotation), mode="json")})
        except Exception as error: read.append({"error": type(error).__name__})
    answers.append({"name": get_annotation_name(annotation), "note": line, "read": read})
print(json.dumps(answers, default=str))
`

interface Answer {
  readonly name: string
  readonly note: string
  readonly read: readonly ({ readonly value: Json } | { readonly error: string })[]
}

it.skipIf(python === undefined)('names, describes and reads types as DSPy does', { timeout: 300_000 }, () => {
  const seed = Date.now() % 2 ** 31
  const all = fc.sample(cases, { numRuns: 300, seed })
  const input = JSON.stringify(all.map(({ type, texts }) => ({ type: typeName(type), ...classesOf(type), texts })))
  const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', script], { input, encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0) throw new Error(stderr.slice(-2000))
  const parsed = parseJson(stdout)
  if (!parsed.ok) throw new Error(parsed.reason)
  const answers = parsed.value as unknown as readonly Answer[]
  const differing: unknown[] = []
  for (const [at, { type, texts }] of all.entries()) {
    const answer = answers[at]
    if (!answer) throw new Error('an answer is missing')
    if (!hasInnerBounds(type) && answer.name !== promptTypeName(type))
      differing.push({ type: typeName(type), ours: promptTypeName(type), theirs: answer.name })
    const schema = /\{"[\w$]+": .*$/.exec(answer.note)?.[0]
    if (schema !== undefined && schema !== pythonJson(noteSchemaOf(type)))
      differing.push({ type: typeName(type), ours: pythonJson(noteSchemaOf(type)), theirs: schema })
    for (const [index, text] of texts.entries()) {
      const theirs = answer.read[index]
      const ours = parseValue(type, text)
      // What may be a text is taken as one where DSPy refuses what it read out of it.
      if (!theirs || (isLenient(type) && !('value' in theirs))) continue
      // DSPy does not check the bounds of a whole field.
      if (constraintsOf(type) && !ours.ok && 'value' in theirs) continue
      const shown = { type: typeName(type), text, ours: ours.ok ? ours.value : ours.reason, theirs }
      if (ours.ok !== 'value' in theirs) differing.push(shown)
      else if (ours.ok && 'value' in theirs && comparable(ours.value) !== comparable(theirs.value)) differing.push(shown)
    }
  }
  expect(
    differing.map(one => JSON.stringify(one)),
    `seed ${seed}`,
  ).toEqual([])
})

/** Written by us as in a signature, by DSPy as pydantic prints an object of its own. */
function hasInnerBounds(type: FieldType): boolean {
  return typesWithin(type).some(part => part !== type && constraintsOf(part) !== undefined)
}

function classesOf(type: FieldType) {
  return { classes: pythonTypes([{ name: 'a', type }]).classes, names: classesIn([type]).map(({ name }) => name) }
}

function isLenient(type: FieldType): boolean {
  if (type.kind === 'enum-class') return true
  if (type.kind === 'optional') return type.of.kind === 'enum' || isLenient(type.of)
  return type.kind === 'union' && type.of.some(({ kind }) => kind === 'str' || kind === 'enum')
}

/** A set has no order, and JavaScript does not tell 1.0 from 1. */
function comparable(value: Json): string {
  if (Array.isArray(value)) return canonicalJson(value.map(comparable).toSorted())
  return typeof value === 'object' && value !== null
    ? canonicalJson(Object.entries(value).map(([key, item]) => [key, comparable(item)]))
    : pythonStr(value)
}
