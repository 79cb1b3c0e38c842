import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { pythonSignatures } from '@/testing/arbitrary-classes'
import { dspyPython } from '@/testing/dspy-python'
import { fieldPrefix } from '../label'
import { promptTypeName } from '../type-name'
import { constraintNames, constraintsOf } from '../types/constraint-rules'
import type { FieldType } from '../types/field-type'
import type { Constraints } from '../types/constraints'
import { typesWithin } from '../types/registry'
import { printPythonSignatures } from './print-signatures'
import { type PythonSignature, readPythonSignatures } from './read-signatures'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

/** The texts of these tests come from this file and its generator, and so may be run. */
const script = `
import json, sys, typing, warnings
warnings.simplefilter('ignore')
import dspy
from dspy.signatures.field import PYDANTIC_CONSTRAINT_MAP
from dspy.adapters.utils import get_annotation_name
from pydantic_core import PydanticUndefined, to_jsonable_python
def shown(field):
    extra = field.json_schema_extra
    said = {'type': get_annotation_name(field.annotation), 'role': extra['__dspy_field_type'], 'desc': extra['desc'], 'prefix': extra['prefix']}
    default = field.get_default(call_default_factory=True)
    if default is not PydanticUndefined: said['default'] = to_jsonable_python(default)
    said['bounds'] = [label for label in PYDANTIC_CONSTRAINT_MAP.values() if label in extra.get('constraints', '')]
    return said
def reading(text):
    for clean in typing._cleanups: clean()
    space = {'__name__': 'text'}
    try: exec(text, space)
    except Exception as error: return [type(error).__name__ + ': ' + str(error)[:200]]
    found = [(name, s) for name, s in space.items() if isinstance(s, type) and issubclass(s, dspy.Signature) and s is not dspy.Signature]
    return [{'name': name, 'instructions': s.instructions, 'told': s.__doc__ is not None and not s.__doc__.startswith('Given the fields'),
             'fields': [{'name': key, **shown(field)} for key, field in s.fields.items()]} for name, s in found]
json.dump([reading(text) for text in json.load(sys.stdin)], sys.stdout)
`

function theirs(texts: readonly string[]): readonly Json[] {
  const input = JSON.stringify(texts)
  const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', script], { input, encoding: 'utf8', maxBuffer: 64e6 })
  if (status !== 0) throw new Error(stderr.slice(-3000))
  const parsed = parseJson(stdout)
  return parsed.ok && Array.isArray(parsed.value) ? parsed.value : []
}

/** What both sides say of a signature. Default instructions are worded otherwise, and bounds have words of their own. */
function ours({ name, instructions, fields }: PythonSignature): Json {
  return {
    name,
    told: instructions !== undefined && instructions !== inheritedDefault,
    ...(instructions !== undefined && instructions !== inheritedDefault && { instructions }),
    fields: fields.map(field => ({
      name: field.name,
      type: promptTypeName(field.type),
      role: field.role,
      desc: field.desc || `\${${field.name}}`,
      prefix: fieldPrefix(field),
      ...(field.default !== undefined && { default: field.default }),
      bounds: boundsOf(field.constraints ?? {}),
    })),
  }
}

const inheritedDefault = 'From `a`, work out `b`.'

function boundsOf(constraints: Constraints): number {
  return Object.keys(constraintNames).filter(key => key !== 'pattern' && constraints[key as keyof Constraints] !== undefined).length
}

function comparable(reading: Json): Json {
  if (!isJsonObject(reading) || !Array.isArray(reading['fields'])) return reading
  const { instructions = '', told, fields, ...rest } = reading
  const all: readonly Json[] = fields
  return {
    ...rest,
    told: told ?? false,
    ...(told === true && { instructions }),
    fields: all.map(field =>
      isJsonObject(field) && Array.isArray(field['bounds']) ? { ...field, bounds: field['bounds'].length } : field,
    ),
  }
}

const written = [
  `
import dspy, datetime, enum
import typing as t
from pydantic import BaseModel as Model, Field
from dspy import InputField, OutputField as Out
MOODS = t.Literal["glad", 'sad']
STYLE = ("short and "
         'plain')
class Color(str, enum.Enum):
    RED = "red"
    BLUE = 'blue'
class Address(Model):
    street: t.List["str"]
    zip: int | None = None
class Base(dspy.Signature):
    """
    Read the ticket.

      Keep the indent.
    """
    ticket: str = dspy.InputField(desc="the " + STYLE + " text", prefix="Ticket text:")
    style = InputField(default=STYLE)
class Triage(Base):
    where: Address = InputField(description='''of
the sender''')
    color: Color = Out(default=Color.RED)
    mood: MOODS = Out(desc="$" "{mood}", format=lambda x: x)
    score: float = Out(ge=1, le=2.5, allow_inf_nan=True)
    style: t.Optional["int"] = InputField(default_factory=lambda: 3)
    when: datetime.date = InputField(default=datetime.date.fromisoformat("2024-02-29"))
`,
  `
from dspy import *
class A(Signature):
    b: int = OutputField()
    a = InputField()
class B(A):
    c: "list[dict[str, float]]" = OutputField(desc=r"\\n raw", prefix='')
class C(A):
    ''
    d: tuple[int, ...] = InputField()
`,
]

describe.skipIf(python === undefined)('Python classes are read as DSPy 3.4.1 has them (spec 1.2, 1.3, 1.4)', () => {
  it('where people wrote them', () => {
    const read = theirs(written)
    for (const [at, text] of written.entries()) {
      const { signatures, missing } = readPythonSignatures(text)
      expect(missing).toEqual([])
      expect(signatures.map(ours)).toEqual((read[at] as readonly Json[]).map(comparable))
    }
  })

  it('where they were printed here', () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)
    process.stdout.write(`signature classes from seed ${seed}\n`)
    const all = fc
      .sample(pythonSignatures, { numRuns: 300, seed })
      .filter(({ fields }) => fields.every(({ type }) => typesWithin(type).every(isNamedAlike)))
    // Bounds that a type cannot have are refused by pydantic, and are no part of this comparison.
    const texts = all.map(({ fields, ...rest }) =>
      printPythonSignatures([{ ...rest, fields: fields.map(field => ({ ...field, constraints: undefined })) }]),
    )
    const read = theirs(texts)
    const refused: Json[] = []
    const differing = texts.flatMap((text, at) => {
      const [first = null] = read[at] as readonly Json[]
      if (typeof first === 'string') refused.push(first)
      if (typeof first === 'string') return []
      const mine = readPythonSignatures(text).signatures.map(ours)
      const their = (read[at] as readonly Json[]).map(comparable)
      return JSON.stringify(sortedKeys(mine)) === JSON.stringify(sortedKeys(their)) ? [] : [{ text, mine, their }]
    })
    expect(differing.slice(0, 3).map(one => JSON.stringify(one))).toEqual([])
    expect(refused).toEqual([])
    expect(texts.length).toBeGreaterThan(100)
  })
})

/** Bounds inside of a type are named otherwise in prompts, backslashes of options, too; Python has no set of lists. */
function isNamedAlike(type: FieldType): boolean {
  if (type.kind === 'enum') return type.values.every(value => typeof value !== 'string' || !value.includes('\\'))
  // Python's None is a key of its own, which JSON has as a text.
  if (type.kind === 'dict' && type.key?.kind === 'enum' && type.key.values.includes(null)) return false
  return constraintsOf(type) === undefined && type.kind !== 'set'
}

function sortedKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sortedKeys(value[key] ?? null)]),
  )
}
