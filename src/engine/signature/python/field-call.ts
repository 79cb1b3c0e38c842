import type { Json } from '@/lib/json'
import { syntaxError, type SyntaxRemark, type Token, type TokenReader } from '../tokens'
import { constraintNames } from '../types/constraint-rules'
import { isTimeText } from '../types/time-kinds'
import type { Constraints } from '../types/constraints'
import { dottedName, skipExpression } from './module'

/** What the arguments of `InputField(…)`, `OutputField(…)` or pydantic's `Field(…)` say. */
export interface FieldCall {
  readonly desc?: string
  readonly prefix?: string
  readonly default?: Json
  readonly constraints?: Constraints
}

/** Where values and remarks come from and go to. */
interface Around {
  readonly remarks: SyntaxRemark[]
  value(reader: TokenReader): Json
  fullName(name: string): string
}

/**
 * Reads the arguments with the reader before their bracket; `of` is the field they belong to. An argument that has no place here is named in
 * the remarks. Throws `signature-syntax` for a value that only a running Python knows.
 */
export function readFieldCall(reader: TokenReader, around: Around, of: Token): FieldCall {
  reader.expectSign('(', 'the call')
  const found: { desc?: string; description?: string; prefix?: string; default?: Json } = {}
  const bounds: Record<string, Json> = {}
  while (!reader.isSign(')') && reader.peek().kind !== 'end') {
    const name = reader.peek()
    if (name.kind === 'sign' && name.text === '*')
      throw syntaxError('Write the arguments out: what `**` brings is known only when Python runs.', name)
    // The first argument of pydantic's Field is the default.
    if (name.kind !== 'name' || reader.peek(1).text !== '=') {
      if (!takeEllipsis(reader)) found.default = around.value(reader)
    } else {
      reader.take()
      reader.take()
      const bound = boundsByName.get(name.text)
      if (bound) bounds[bound] = bounded(bound, around.value(reader), name)
      else if (name.text === 'desc' || name.text === 'description' || name.text === 'prefix')
        found[name.text] = asText(around.value(reader), name)
      else if (name.text === 'default') {
        if (!takeEllipsis(reader)) found.default = around.value(reader)
      } else if (name.text === 'default_factory') found.default = made(reader, around)
      else {
        skipExpression(reader)
        around.remarks.push({ message: `\`${name.text}\` of \`${of.text}\` is left out.`, position: name.position, end: name.end })
      }
    }
    if (!reader.takeSign(',')) break
  }
  reader.expectSign(')', 'the last argument')
  const desc = found.desc ?? found.description
  return {
    ...(desc !== undefined && { desc }),
    ...(found.prefix !== undefined && { prefix: found.prefix }),
    ...(found.default !== undefined && { default: found.default }),
    ...(Object.keys(bounds).length > 0 && { constraints: bounds }),
  }
}

/** Pydantic's `...`: the field is required. */
function takeEllipsis(reader: TokenReader): boolean {
  return reader.takeSign('...')
}

/** `list`, `dict` and such make empty ones; anything else runs. */
function made(reader: TokenReader, around: Around): Json {
  const token = reader.peek()
  const name = around.fullName(dottedName(reader) ?? '').toLowerCase()
  if (name === 'lambda' && reader.takeSign(':')) return around.value(reader)
  const empty = empties.get(name)
  if (empty === undefined)
    throw syntaxError('What `default_factory` makes is known only when Python runs. Write `default=` and the value.', token)
  return empty
}

function asText(value: Json, at: Token): string {
  if (typeof value === 'string') return value
  throw syntaxError(`\`${at.text}\` is a text in quotes.`, at)
}

function bounded(bound: keyof Constraints, value: Json, at: Token): Json {
  const isTimeBound = bound === 'gt' || bound === 'ge' || bound === 'lt' || bound === 'le'
  const wanted = bound === 'pattern' ? 'string' : bound === 'allowInfNan' ? 'boolean' : 'number'
  if (typeof value === wanted || (isTimeBound && typeof value === 'string' && isTimeText(value))) return value
  throw syntaxError(
    `\`${at.text}\` is ${wanted === 'string' ? 'a text in quotes' : wanted === 'boolean' ? 'True or False' : isTimeBound ? 'a number, or a day or time' : 'a number'}.`,
    at,
  )
}

const empties: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['list', []],
  ['tuple', []],
  ['set', []],
  ['dict', {}],
  ['str', ''],
  ['int', 0],
  ['float', 0],
  ['bool', false],
])
const boundsByName: ReadonlyMap<string, keyof Constraints> = new Map(
  // The keys of the table are those of the interface.
  Object.entries(constraintNames).map(([key, name]) => [name, key as keyof Constraints]),
)
