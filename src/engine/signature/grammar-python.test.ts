import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '@/lib/json'
import { signatureLines } from '@/testing/arbitrary-lines'
import { dspyPython } from '@/testing/dspy-python'
import { isEngineError } from '../base/errors'
import { checkFields } from './check-fields'
import { defaultInstructions } from './default-instructions'
import { fieldPrefix } from './label'
import { parseSignatureLine } from './parse-signature'
import type { Field } from './signature'
import { parseTypeName } from './parse-type-name'
import { promptTypeName } from './type-name'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

/** What a reader makes of a line: why it refuses it, or its fields, and the names that the default instructions say. */
type Reading = { readonly refused: string } | { readonly fields: readonly (readonly string[])[]; readonly told: readonly string[] }

const script = `
import json, sys, typing, warnings
warnings.simplefilter('ignore')
import dspy
from dspy.adapters.utils import get_annotation_name
import re
def reading(line):
    # Python keeps unions that compare equal, whatever the order of their members.
    for clean in typing._cleanups: clean()
    try:
        signature = dspy.Signature(line)
        extra = lambda field: field.json_schema_extra
        fields = [[name, extra(f)['__dspy_field_type'], get_annotation_name(f.annotation), extra(f)['prefix']] for name, f in signature.fields.items()]
        return {'fields': fields, 'told': re.findall('\`([^\`]*)\`', signature.instructions)}
    except BaseException as error:
        return {'refused': type(error).__name__ + ': ' + str(error)}
json.dump([reading(line) for line in json.load(sys.stdin)], sys.stdout)
`

function theirs(lines: readonly string[]): readonly Reading[] {
  const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', script], {
    input: JSON.stringify(lines),
    encoding: 'utf8',
    maxBuffer: 64e6,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  })
  if (status !== 0) throw new Error(stderr.slice(-2000))
  const parsed = parseJson(stdout)
  return parsed.ok ? (parsed.value as unknown as readonly Reading[]) : []
}

function ours(line: string): Reading {
  try {
    const { inputs, outputs } = parseSignatureLine(line)
    const fields = [
      ...inputs.map((field, at): Field => ({ ...field, id: `i${at}`, role: 'input', desc: '' })),
      ...outputs.map((field, at): Field => ({ ...field, id: `o${at}`, role: 'output', desc: '' })),
    ]
    const problem = checkFields(fields)[0]
    if (problem) return { refused: problem.message }
    return {
      fields: fields.map(field => [field.name, field.role, promptTypeName(field.type), fieldPrefix(field)]),
      told: [...defaultInstructions(fields).matchAll(/`([^`]*)`/g)].map(([, name = '']) => name),
    }
  } catch (error) {
    if (!isEngineError(error, 'signature-syntax')) throw error
    return { refused: error.message }
  }
}

interface Difference {
  readonly name: string
  readonly line: string
  /** Whether it is what sets the two readings of a line apart, by the words that one of them refuses it with, or by what stands in the line. */
  readonly weRefuse?: RegExp
  readonly theyRefuse?: RegExp
  /** A type as DSPy shows it, in our words. */
  readonly weReadOtherwise?: (type: string) => string
  /** A line that is refused here, for this or for what DSPy then leaves unread. */
  readonly weRefuseAny?: RegExp
}

/** All that is read otherwise than by DSPy, each on purpose. */
const deliberate: readonly Difference[] = [
  { name: 'a default fits its type', line: "a: int = 'x' -> c", weRefuse: /^The default of/ },
  { name: 'a default may stand before a field without one', line: 'a = 3, b -> c', theyRefuse: /default argument/ },
  { name: 'a default is kept, and so is a plain value', line: 'a = f(1) -> c', weRefuse: /Write a plain value/ },
  {
    name: 'a name stands once',
    line: 'q, q -> a',
    weRefuseAny: /(?:^|[,>])\s*([\p{L}\d_]+)\s*(?=[:,=]|->|$)[^]*[,>]\s*\1\s*(?:[:,=]|->|$)/u,
  },
  { name: 'every parameter is a field', line: '*args -> a', weRefuse: /DSPy drops fields|name of a field belongs here, not `\*`/ },
  { name: 'an arrow in quotes is a text', line: "q -> a: Literal['->']", theyRefuse: /exactly one '->'/ },
  { name: 'options may be negative', line: 'q -> a: Literal[-1]', theyRefuse: /UnaryOp/ },
  { name: "names of DSPy's own are fields", line: 'fields -> a', theyRefuse: /NoneType' object is not subscriptable|FieldInfo' object/ },
  { name: 'names are written in one way', line: 'ﬁ -> a', weRefuse: /Python does not take `ﬁ`/ },
  {
    name: 'types without a place in JSON are refused',
    line: 'a: bytes -> b',
    weRefuse: /is not supported|There is no type `(?:complex|uuid)/,
  },
  {
    name: 'beside a type stand bounds that it can have',
    line: "a: Annotated[int, Field(description='x')] -> b",
    weRefuse: /A bound such as|Write the description|A type has no default|Bounds such as|The bounds of this type|can have no bounds/,
  },
  {
    name: 'bounds of an inner type are shown as they are written',
    line: 'a: list[Annotated[int, Field(ge=0)]] -> b',
    weReadOtherwise: type =>
      type.replace(/annotation=NoneType required=True metadata=\[([^\]]*)\]/g, (_, bounds: string) => {
        return `Field(${bounds.replace(/\w+\((\w+=[^()]*)\)/g, '$1')})`
      }),
  },
  {
    name: 'a text beside an inner type is left out',
    line: "a: list[Annotated[int, 'x']] -> b",
    weReadOtherwise: type => type.replace(/Annotated\[(\w+), \w+\]/g, '$1'),
  },
  { name: 'None is no type inside of another', line: 'a: list[None] -> b', weRefuse: /`None` alone is not a type here/ },
  {
    name: 'None comes last in a union',
    line: 'a: int | None | str -> b',
    weReadOtherwise: type => (type.includes('NoneType') && type !== 'NoneType' ? promptTypeName(parseTypeName(type)) : type),
  },
  {
    name: 'None in whatever spelling is str',
    line: 'a: NoneType -> b',
    theyRefuse: /Unknown name: NoneType/,
    weReadOtherwise: type => (type === 'NoneType' ? 'str' : type),
  },
  { name: 'a list has one type of items', line: 'a: list[int, str] -> b', weRefuse: /Put `\]` after the type of the (?:items|values)/ },
  { name: 'keys are what JSON can have', line: 'a: dict[bool, str] -> b', weRefuse: /The keys of a dict/ },
  {
    name: 'a collection is shown as the list or set it is',
    line: 'a: frozenset[int] -> b',
    weReadOtherwise: type => type.replaceAll('frozenset', 'set').replaceAll('Sequence', 'list'),
  },
  { name: 'fields of an object may be written out', line: "a: {'x': int} -> b", theyRefuse: /AST node type in annotation: Dict/ },
  { name: 'classes are known by their bare names', line: 'a: date -> b', theyRefuse: /Unknown name: (?:date|Image)|module 'datetime'/ },
  { name: 'a name of typing has its brackets', line: 'a: list[List] -> b', weRefuse: /alone is not a type/ },
  { name: 'an image is no part of a union', line: 'a: Union[int, dspy.Image] -> b', weRefuse: /An image cannot be one of several/ },
]

const isRefused = (reading: Reading): reading is { refused: string } => 'refused' in reading

function isSame(one: Reading, other: Reading): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function inOurWords(
  reading: Reading,
  say = (type: string) => deliberate.reduce((all, { weReadOtherwise }) => weReadOtherwise?.(all) ?? all, type),
): Reading {
  if ('refused' in reading) return reading
  return { ...reading, fields: reading.fields.map(([name = '', role = '', type = '', prefix = '']) => [name, role, say(type), prefix]) }
}

/** Undefined where both read the same. */
function differenceOf(line: string, mine: Reading, their: Reading): string | undefined {
  if (isRefused(mine) && isRefused(their)) return undefined
  if (isSame(mine, their)) return undefined
  const found = deliberate.find(({ weRefuse, theyRefuse, weReadOtherwise, weRefuseAny }) => {
    if (isRefused(mine)) return weRefuse?.test(mine.refused) || weRefuseAny?.test(line)
    if (isRefused(their)) return theyRefuse?.test(their.refused)
    return weReadOtherwise && isSame(mine, inOurWords(their)) && !isSame(their, inOurWords(their, weReadOtherwise))
  })
  return found?.name ?? `${line}\n  here: ${JSON.stringify(mine)}\n  DSPy: ${JSON.stringify(their)}`
}

describe.skipIf(python === undefined)('the grammar of DSPy 3.4.1 (spec 1.1, 1.3, 1.5)', () => {
  it('reads generated lines as DSPy does, or as one of the differences says', () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)
    process.stdout.write(`signature lines from seed ${seed}\n`)
    const lines = fc.sample(signatureLines, { numRuns: 1200, seed })
    const theirReadings = theirs(lines)
    const counts = new Map<string, number>()
    for (const [at, line] of lines.entries()) {
      const name = differenceOf(line, ours(line), theirReadings[at] ?? { refused: 'nothing' })
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    const names = new Set(deliberate.map(({ name }) => name))
    expect([...counts.keys()].filter(name => !names.has(name)).join('\n')).toBe('')
    const accepted = theirReadings.filter(reading => !isRefused(reading)).length
    process.stdout.write(`${lines.length} lines, ${accepted} of them taken by DSPy; ${JSON.stringify(Object.fromEntries(counts))}\n`)
    expect(accepted).toBeGreaterThan(300)
  })

  it('differs in each of the ways it says, and in no other', () => {
    const lines = deliberate.map(({ line }) => line)
    const theirReadings = theirs(lines)
    const found = deliberate.map(({ name, line }, at) => [name, differenceOf(line, ours(line), theirReadings[at] ?? { refused: '' })])
    expect(found).toEqual(deliberate.map(({ name }) => [name, name]))
  })
})
