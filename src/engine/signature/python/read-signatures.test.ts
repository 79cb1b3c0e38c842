import { describe, expect, it } from 'vitest'
import { isEngineError } from '../../base/errors'
import type { FieldType } from '../types/field-type'
import { typeName } from '../type-name'
import { looksLikePython } from './looks-like-python'
import { readPythonSignatures } from './read-signatures'

const whole = `
"""A module."""
import dspy, enum
import typing as t
from pydantic import BaseModel as Model, Field
from dspy import InputField, OutputField as Out

MOODS = t.Literal["glad", 'sad']   # a comment with "quotes
STYLE = ("short and "
         'plain')

class Color(str, enum.Enum):
    """What can be seen."""
    RED = "red"
    BLUE = 'blue'
    def shout(self): return self.value

class Place(Model):
    city: str = Field(description="where", max_length=20)
    zip: int | None = None

class Address(Place):
    street: t.List["str"]
    @property
    def all(self):
        class Inner: x = 3
        return Inner

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
    color: Color = Out(default=Color.RED); mood: MOODS = Out(
        desc="$" "{mood}",  # not closed here (
        ge=1, le=2.5, allow_inf_nan=True, format=lambda x: (x, 1), pattern=r"^\\d+$",
    )
    style: t.Optional["int"] = InputField(default_factory=lambda: 3)

class Other: pass
Line = dspy.Signature("q: list[Color], k: int = 3 -> a", instructions="Do it.")
if True:
    class Quick(dspy.Signature): x: int = dspy.InputField()
`

function read(text: string) {
  const { signatures, missing, remarks } = readPythonSignatures(text)
  const shown = signatures.map(({ fields, ...rest }) => ({
    ...rest,
    fields: fields.map(field => ({ ...field, type: typeName(field.type) })),
  }))
  return { signatures: shown, missing, remarks }
}

function refusalOf(text: string): { readonly line: unknown; readonly message: string } {
  try {
    const [first] = readPythonSignatures(text).missing
    return first ?? { line: undefined, message: '' }
  } catch (error) {
    if (!isEngineError(error, 'signature-syntax')) throw error
    return { line: error.facts['line'], message: error.message }
  }
}

describe('readPythonSignatures (spec 1.2)', () => {
  it('reads classes, models, Enums, names and constants of a whole module, and runs none of it', () => {
    const { signatures, missing, remarks } = read(whole)
    const ticket = { name: 'ticket', role: 'input', type: 'str', desc: 'the short and plain text', prefix: 'Ticket text:' }
    expect(signatures).toEqual([
      {
        name: 'Base',
        line: 29,
        instructions: 'Read the ticket.\n\n  Keep the indent.',
        fields: [ticket, { name: 'style', role: 'input', type: 'str', desc: '', default: 'short and plain' }],
      },
      {
        name: 'Triage',
        line: 38,
        instructions: 'Read the ticket.\n\n  Keep the indent.',
        fields: [
          ticket,
          { name: 'style', role: 'input', type: 'Optional[int]', desc: '', default: 3 },
          { name: 'where', role: 'input', type: 'Address', desc: 'of\nthe sender' },
          { name: 'color', role: 'output', type: 'Color', desc: '', default: 'red' },
          {
            name: 'mood',
            role: 'output',
            type: "Literal['glad', 'sad']",
            desc: '',
            constraints: { ge: 1, le: 2.5, allowInfNan: true, pattern: '^\\d+$' },
          },
        ],
      },
      {
        name: 'Line',
        line: 48,
        instructions: 'Do it.',
        fields: [
          { name: 'q', role: 'input', type: 'list[Color]', desc: '' },
          { name: 'k', role: 'input', type: 'int', desc: '', default: 3 },
          { name: 'a', role: 'output', type: 'str', desc: '' },
        ],
      },
      { name: 'Quick', line: 50, instructions: undefined, fields: [{ name: 'x', role: 'input', type: 'int', desc: '' }] },
    ])
    expect(missing).toEqual([])
    expect(remarks).toEqual([{ line: 43, message: '`format` of `mood` is left out.' }])
    const where = readPythonSignatures(whole).signatures[1]?.fields[2]?.type
    expect(where).toEqual({
      kind: 'class',
      name: 'Address',
      fields: [
        { name: 'city', type: { kind: 'str', constraints: { maxLength: 20 } }, desc: 'where' },
        { name: 'zip', type: { kind: 'optional', of: { kind: 'int' } }, default: null },
        { name: 'street', type: { kind: 'list', of: { kind: 'str' } } },
      ],
    })
  })

  it('hands the default sentence of a class on, as DSPy does', () => {
    const { signatures } = read(
      'class A(Signature):\n x = InputField()\nclass B(A):\n y = OutputField()\nclass C(A):\n ""\n z = OutputField()',
    )
    expect(signatures.map(({ instructions }) => instructions)).toEqual([undefined, 'Read `x`.', ''])
  })

  it.each([
    ['x: str = InputField(desc=f"a {b}")', 'An f-string is worked out when Python runs'],
    ['x: str = InputField(desc=b"a")', 'These are bytes'],
    ['x: str = InputField(desc=make())', '`make` gets its value only when Python runs'],
    ['x: str = InputField(default_factory=make)', '`default_factory` makes is known only when Python runs'],
    ['x: str = InputField(**common)', 'Write the arguments out'],
    ['x: str', '`x` needs dspy.InputField()'],
    ['x: str = "a"', '`x` needs dspy.InputField()'],
    ['x: Nope = InputField()', 'There is no type `Nope`'],
    ['x: Plain = InputField()', 'neither a BaseModel nor an Enum'],
    ['x: Empty = InputField()', 'has no member'],
    ['_x: str = InputField()', 'underscore'],
    ['x: str = InputField(ge="a")', '`ge` is a number'],
    ['x: list[int = InputField()]', 'Put `]`'],
  ])('names what it cannot read, with its line, and goes on: %s', (statement, words) => {
    const text = `class Plain:\n  a: int\nclass Empty(Enum):\n  pass\nclass A(Signature):\n    ${statement}\n    y = OutputField()`
    const { signatures, missing } = read(text)
    expect(signatures[0]?.fields.map(({ name }) => name)).toEqual(['y'])
    expect(missing).toEqual([{ line: expect.any(Number), message: expect.stringContaining(words) }])
  })

  it.each([
    ['x = 3', 1, 'No signature stands here'],
    ['\n\nclass A(Signature):\n  """never closed', 4, 'Close the text'],
    ['class A(Signature):\n x = (1,\n y', 2, 'never closed'],
    ['\nclass A(Signature)\n x = 1', 2, 'Put a colon'],
    [`x = ${'['.repeat(60)}${']'.repeat(60)}\nclass A(Signature):\n x: list[${'list['.repeat(60)}${']'.repeat(60)}] = InputField()`, 3, ''],
    ['a'.repeat(1_000_001), 1, 'longer than'],
  ])('refuses what is no signature, with the line: %#', (text, line, words) => {
    const { line: found, message } = refusalOf(text)
    expect(message).toContain(words)
    expect(found).toBe(line)
  })

  it('reads a class that holds itself, and what holds it by way of another as Any, with a remark', () => {
    const { signatures, remarks } = readPythonSignatures(
      [
        'from pydantic import BaseModel',
        'from typing import Union, Optional',
        'from dspy import Signature, InputField',
        'from __future__ import annotations',
        'class Node(BaseModel):',
        '  kids: list["Node"] = []',
        '  next: Node | None = None',
        '  pairs: Pairs = {}',
        'Pairs = dict[str, "Node"]',
        'class Person(BaseModel):',
        '  team: Optional["Team"] = None',
        'class Team(BaseModel):',
        '  people: list[Person]',
        'class Sub(Node):',
        '  held: int',
        'Json = Union[str, list["Json"]]',
        'class A(Signature):',
        '  a: Node = InputField()',
        '  b: Pairs = InputField()',
        '  c: Person = InputField()',
        '  d: Sub = InputField()',
        '  e: Json = InputField()',
      ].join('\n'),
    )
    const [a, b, c, d, e] = signatures[0]?.fields.map(({ type }) => type) ?? []
    const self: FieldType = { kind: 'itself', name: 'Node' }
    const node: FieldType = {
      kind: 'class',
      name: 'Node',
      fields: [
        { name: 'kids', type: { kind: 'list', of: self }, default: [] },
        { name: 'next', type: { kind: 'optional', of: self }, default: null },
        { name: 'pairs', type: { kind: 'dict', of: self }, default: {} },
      ],
    }
    expect(a).toEqual(node)
    expect(b).toEqual({ kind: 'dict', of: node })
    expect(d).toMatchObject({ kind: 'class', name: 'Sub', fields: [{ type: { of: node } }, {}, {}, { name: 'held' }] })
    expect(JSON.stringify(c)).toContain('"name":"people","type":{"kind":"list","of":{"kind":"any"}}')
    expect(e).toEqual({ kind: 'union', of: [{ kind: 'str' }, { kind: 'list', of: { kind: 'any' } }] })
    expect(remarks).toEqual([
      { line: 12, message: expect.stringContaining('`Person` in `Team` is read as `Any`') },
      { line: 16, message: expect.stringContaining('`Json` in `Json` is read as `Any`') },
    ])
  })

  it('reads bounds of times and tuples, and what the calls of datetime make', () => {
    const { signatures, missing } = readPythonSignatures(
      [
        'import datetime as dt, dspy',
        'from pydantic import BaseModel, Field',
        'class Visit(BaseModel):',
        '  at: dt.datetime = Field(ge=dt.datetime(2024, 1, 31, 10, 5), lt=dt.datetime.fromisoformat("2025-01-01"))',
        '  parts: tuple[int, ...] = Field(min_length=1)',
        'class A(dspy.Signature):',
        '  a: Visit = dspy.InputField()',
        '  b: dt.date = dspy.InputField(ge=dt.date(2024, 1, 31), default=dt.date(2024, 2, 1))',
        '  c: dt.time = dspy.InputField(lt=dt.time(10))',
        '  d: dt.date = dspy.InputField(default=dt.date(2024, 2, 30))',
      ].join('\n'),
    )
    const [a, b, c] = signatures[0]?.fields ?? []
    expect(a?.type).toMatchObject({
      fields: [
        { type: { kind: 'datetime', constraints: { ge: '2024-01-31T10:05:00', lt: '2025-01-01T00:00:00' } } },
        { type: { kind: 'tuple', constraints: { minLength: 1 } } },
      ],
    })
    expect([b?.constraints, b?.default, c?.constraints]).toEqual([{ ge: '2024-01-31' }, '2024-02-01', { lt: '10:00:00' }])
    expect(missing.map(({ line }) => line)).toEqual([10])
  })

  it('does not let a few names stand for endless types or texts', () => {
    const doubled = Array.from({ length: 40 }, (_, at) => `T${at + 1} = tuple[T${at}, T${at}]`).join('\n')
    const wide = `class A(Signature):\n  x: T18 = InputField()`
    expect(read(`T0 = int\n${doubled}\n${wide}`).missing[0]?.message).toContain('more than 20,000 parts')
    const chain = Array.from({ length: 5000 }, (_, at) => `C${at} = C${at + 1}`).join('\n')
    expect(read(`${chain}\nclass A(Signature):\n  x: C0 = InputField()`).missing[0]?.message).toContain('nested too deep')
    const bases = Array.from({ length: 5000 }, (_, at) => `class S${at}(S${at + 1}): pass`).join('\n')
    expect(() => readPythonSignatures(bases)).toThrow('No signature')
    const sum = `T = "${'x'.repeat(1000)}"\nclass A(Signature):\n  x = InputField(desc=${'T + '.repeat(5000)}T)`
    expect(read(sum).missing[0]?.message).toContain('used too often')
  })

  it('knows Python from a signature line', () => {
    expect(['q -> a', 'class -> a', 'klass: str -> dspy', '{"nodes": []}'].map(looksLikePython)).toEqual([false, false, false, false])
    expect(['class A(dspy.Signature):', '  class A:\n', 'a = dspy.Signature("q -> a")'].map(looksLikePython)).toEqual([true, true, true])
  })
})
