import { canonicalJson } from '@/lib/canonical-json'
import { isLanguage } from './types/text-kinds'
import { parseConstraints } from './parse-constraints'
import { constrained, constraintNames, constraintsFor } from './types/constraint-rules'
import { isKeyType } from './types/dict-kinds'
import type { EnumValue, FieldType } from './types/field-type'
import { reservedNames } from '@/lib/reserved-names'
import { type EngineError, isEngineError } from '../base/errors'
import { isDecisionName, parseDecision, parsePlainDecision } from './parse-decision'
import { constants, joinedText, numberOf } from './parse-literal'
import { described, syntaxError, type Token, TokenReader } from './tokens'

const none = { kind: 'none' } as const
type TypeOrNone = FieldType | typeof none

/**
 * Reads one type; `None` alone is `str`, as in DSPy, with a remark that says so.
 * Differs: what a graph cannot hold is refused with a way out (bytes), because a silent stand-in
 * would change what an exported program does. Negative options of a `Literal` are read, which DSPy's text form refuses.
 */
export function parseType(reader: TokenReader): FieldType {
  const start = reader.peek()
  const alone = textAlone(reader)
  if (alone) throw syntaxError(`Write the type without quotes: ${alone.text}.`, alone)
  const type = parseUnion(reader)
  if (type.kind !== 'none') return type
  reader.remark('`None` alone is read as `str`, as DSPy does. Write `str`, or `Optional[…]` for a value that may be empty.', start)
  return { kind: 'str' }
}

function parseUnion(reader: TokenReader): TypeOrNone {
  const members = [parseMember(reader)]
  while (reader.takeSign('|')) members.push(parseMember(reader))
  return joined(members)
}

/** One type out of the members of a union, flattened and each once as Python does; with `None` it is optional. */
function joined(members: readonly TypeOrNone[]): TypeOrNone {
  const flat = members.flatMap(member => (member.kind === 'optional' ? [none, ...membersOf(member.of)] : membersOf(member)))
  const real = [...new Map(flat.filter(member => member.kind !== 'none').map(member => [canonicalJson(member), member])).values()]
  const [first] = real
  if (!first) return none
  const of: FieldType = real.length > 1 ? { kind: 'union', of: real } : first
  return flat.includes(none) ? optional(of) : of
}

function membersOf(type: TypeOrNone): readonly TypeOrNone[] {
  return type.kind === 'union' ? type.of : [type]
}

function parseMember(reader: TokenReader): TypeOrNone {
  if (reader.isSign('{')) return parseObject(reader)
  if (reader.takeSign('(')) return parseInParentheses(reader)
  const token = reader.take()
  if (token.kind === 'string') return quotedType(token, reader)
  if (token.kind !== 'name') throw syntaxError(`A type belongs here, such as \`str\` or \`list[str]\`, not ${described(token)}.`, token)
  const name = fullName(token, reader)
  const known = reader.scope.typeOf(name)
  if (known) return noBrackets(known, name, reader)
  refuseBare(name, token, reader)
  const plain = plainTypes.get(name)
  if (plain) return noBrackets(plain, name, reader)
  if (name === 'Code' || name === 'dspy.Code') return parseCode(reader)
  if (name.startsWith('Code_') && isLanguage(name.slice(5))) return { kind: 'code', language: name.slice(5) }
  if (lists.has(name)) return parseItems('list', name, token, reader)
  if (sets.has(name)) return parseItems('set', name, token, reader)
  if (name === 'tuple' || name === 'Tuple') return parseTuple(reader)
  if (name === 'dict' || name === 'Dict') return parseDict(reader)
  if (name === 'Literal') return parseLiteral(reader)
  if (isDecisionName(name)) return parseDecision(name, token, reader)
  if (name === 'Optional') return parseOptional(reader)
  if (name === 'Union') return parseBracketUnion(reader)
  if (name === 'Annotated') return parseAnnotated(reader)
  throw syntaxError(adviceFor(name), { position: token.position, end: token.position + name.length })
}

/** `dspy.Code` or `dspy.Code['python']`. */
function parseCode(reader: TokenReader): FieldType {
  if (!reader.takeSign('[')) return { kind: 'code' }
  const token = reader.take()
  if (token.kind !== 'string' || !isLanguage(token.text))
    throw syntaxError("The language of the code stands in quotes, as one word: dspy.Code['python'].", token)
  reader.expectSign(']', 'the language')
  return { kind: 'code', language: token.text }
}

/** `list`, `typing.List` or `dspy.Image`: the name with its dots, `typing.` dropped. */
function fullName(token: Token, reader: TokenReader): string {
  let name = token.text
  while (reader.isSign('.') && reader.peek(1).kind === 'name') {
    reader.take()
    name += `.${reader.take().text}`
  }
  name = reader.scope.fullName(name)
  return name.startsWith('typing.') ? name.slice('typing.'.length) : name
}

function noBrackets(type: TypeOrNone, name: string, reader: TokenReader): TypeOrNone {
  if (reader.isSign('[')) throw syntaxError(`\`${name}\` takes nothing in brackets. Remove them.`, reader.peek())
  return type
}

function parseInParentheses(reader: TokenReader): TypeOrNone {
  const type = parseUnion(reader)
  reader.expectSign(')', 'the type')
  return type
}

/** `List` alone is a name of `typing` and no type; Python takes it nowhere but with its brackets. */
function refuseBare(name: string, token: Token, reader: TokenReader): void {
  if (!needBrackets.has(name) || reader.isSign('[')) return
  const plain = name.toLowerCase()
  const instead = plainNames.has(plain) ? `Write \`${plain}\`, or \`${name}[…]\`.` : `Write \`${name}[…]\`.`
  throw syntaxError(`\`${name}\` alone is not a type. ${instead}`, token)
}

function parseItems(kind: 'list' | 'set', name: string, token: Token, reader: TokenReader): FieldType {
  if (name.toLowerCase() !== kind) reader.remark(`\`${name}\` is read as \`${kind}\`, and a prompt says \`${kind}\`.`, token)
  if (!reader.takeSign('[')) return { kind, of: { kind: 'any' }, isBare: true }
  const start = reader.peek()
  const of = itemType(reader)
  reader.takeSign(',')
  reader.expectSign(']', 'the type of the items')
  if (kind === 'set' && isUnhashable(of))
    reader.remark(`Python keeps no \`${of.kind}\` in a set: no answer fits this type in DSPy. Write \`list[…]\` for the outer one.`, start)
  return { kind, of }
}

function isUnhashable(type: FieldType): boolean {
  return type.kind === 'list' || type.kind === 'set' || type.kind === 'dict' || type.kind === 'object'
}

/** `tuple[int, str]`, `tuple[int, ...]` (`Ellipsis` in prompts), `tuple[()]` and `tuple`. */
function parseTuple(reader: TokenReader): FieldType {
  if (!reader.takeSign('[')) return { kind: 'tuple', items: [], rest: { kind: 'any' }, isBare: true }
  if (reader.isSign('(') && reader.peek(1).text === ')') {
    reader.takeSign('(')
    reader.takeSign(')')
    reader.expectSign(']', '`()`')
    return { kind: 'tuple', items: [] }
  }
  // As DSPy's prompts write one without values.
  if (reader.takeSign(']')) return { kind: 'tuple', items: [] }
  const items = [itemType(reader)]
  while (reader.takeSign(',') && !reader.isSign(']')) {
    if (items.length === 1 && takeEllipsis(reader)) {
      reader.expectSign(']', '`...`')
      return { kind: 'tuple', items: [], rest: items[0] ?? { kind: 'any' } }
    }
    items.push(itemType(reader))
  }
  reader.expectSign(']', 'the types of the items')
  return { kind: 'tuple', items }
}

/** As Python writes it, or as DSPy's prompts name it. */
function takeEllipsis(reader: TokenReader): boolean {
  if (reader.takeSign('...')) return true
  const isNamed = reader.peek().text === 'Ellipsis'
  if (isNamed) reader.take()
  return isNamed
}

function parseDict(reader: TokenReader): FieldType {
  if (!reader.takeSign('[')) return { kind: 'dict', of: { kind: 'any' }, isBare: true }
  const start = reader.peek()
  const key = itemType(reader)
  reader.expectSign(',', 'the type of the keys')
  const of = itemType(reader)
  reader.expectSign(']', 'the type of the values')
  if (key.kind === 'str') return of.kind === 'any' ? { kind: 'object', fields: {} } : { kind: 'dict', of }
  if (!isKeyType(key)) throw syntaxError('The keys of a dict are texts, numbers, dates, options or members: write `dict[str, …]`.', start)
  return { kind: 'dict', key, of }
}

function parseOptional(reader: TokenReader): FieldType {
  reader.expectSign('[', '`Optional`')
  const of = itemType(reader)
  reader.expectSign(']', 'the optional type')
  return optional(of)
}

function parseBracketUnion(reader: TokenReader): TypeOrNone {
  reader.expectSign('[', '`Union`')
  const members = [parseUnion(reader)]
  while (reader.takeSign(',')) {
    if (reader.isSign(']')) break
    members.push(parseUnion(reader))
  }
  const type = joined(members)
  reader.expectSign(']', 'the types')
  return type
}

/** `Annotated[int, Field(ge=0)]`. A text beside it means nothing to DSPy, and is left out. */
function parseAnnotated(reader: TokenReader): FieldType {
  reader.expectSign('[', '`Annotated`')
  const start = reader.peek()
  let type = itemType(reader)
  while (reader.takeSign(',')) {
    if (reader.isSign(']')) break
    const token = reader.take()
    if (token.kind === 'string') continue
    const name = token.kind === 'name' ? fullName(token, reader) : ''
    if (isDecisionName(name)) {
      type = parsePlainDecision(type, name, token, reader)
      continue
    }
    if (name !== 'Field' && name !== 'pydantic.Field')
      throw syntaxError(`Bounds such as \`Field(ge=0)\` belong here, not ${described(token)}.`, token)
    const bounded = constrained(type, parseConstraints(reader))
    if (!bounded) throw syntaxError(boundsAdvice(type), start)
    type = bounded
  }
  reader.expectSign(']', 'the bounds')
  return type
}

function boundsAdvice(type: FieldType): string {
  const { kind } = type.kind === 'optional' ? type.of : type
  if (kind === 'date' || kind === 'datetime' || kind === 'time')
    return `The bounds of this type are gt, ge, lt and le, each a value of the type in quotes: ge=${timeExamples[kind]}.`
  const names = constraintsFor(type.kind === 'optional' ? type.of.kind : type.kind).map(name => constraintNames[name])
  if (names.length > 0) return `The bounds of this type are ${names.join(', ')}. Remove the others.`
  return 'This type can have no bounds. Put them around a number, a text, a time, a list, a tuple, a set or a dict inside of it.'
}

function parseLiteral(reader: TokenReader): FieldType {
  reader.expectSign('[', '`Literal`')
  const values: EnumValue[] = []
  do {
    if (reader.isSign(']')) break
    for (const value of parseOptions(reader)) if (!values.includes(value)) values.push(value)
  } while (reader.takeSign(','))
  const end = reader.peek()
  reader.expectSign(']', 'the options')
  if (values.length === 0) throw syntaxError("Give at least one option: Literal['yes', 'no'].", end)
  return { kind: 'enum', values }
}

/** One option, or those of a `Literal` among them. */
function parseOptions(reader: TokenReader): readonly EnumValue[] {
  const token = reader.peek()
  if (token.kind !== 'name' || constants.has(token.text)) return [parseOption(reader)]
  const name = fullName(reader.take(), reader)
  const inner = name === 'Literal' ? parseLiteral(reader) : reader.scope.typeOf(name)
  if (inner?.kind === 'enum') return inner.values
  throw notAnOption(token)
}

function parseOption(reader: TokenReader): EnumValue {
  const isNegative = reader.takeSign('-')
  const token = reader.take()
  if (token.kind === 'number') {
    const value = numberOf(token)
    if (value !== undefined) return isNegative ? -value : value
  }
  if (token.kind === 'string' && !isNegative) return joinedText(token, reader)
  const constant = isNegative || token.kind !== 'name' ? undefined : constants.get(token.text)
  if (constant !== undefined) return constant
  throw notAnOption(token)
}

function notAnOption(token: Token): EngineError {
  const quoted = token.kind === 'name' ? ` Write '${token.text}' with quotes if that is the option.` : ''
  return syntaxError(`An option is a text in quotes, a number, True, False or None, not ${described(token)}.${quoted}`, token)
}

/** `{'x': int, 'y': list[str]}`: our own extension, see `typeName`. */
function parseObject(reader: TokenReader): FieldType {
  reader.expectSign('{', 'the colon')
  const fields: Record<string, FieldType> = {}
  while (!reader.isSign('}')) {
    const key = reader.take()
    if (key.kind !== 'string' && key.kind !== 'name') throw syntaxError(`A key in quotes belongs here, not ${described(key)}.`, key)
    if (reservedNames.has(key.text)) throw syntaxError(`\`${key.text}\` has a meaning of its own in JavaScript. Rename the key.`, key)
    if (Object.hasOwn(fields, key.text)) throw syntaxError(`The key \`${key.text}\` is there twice. Rename or remove one.`, key)
    reader.expectSign(':', 'the key')
    fields[key.text] = itemType(reader)
    if (!reader.takeSign(',')) break
  }
  reader.expectSign('}', 'the last key')
  return { kind: 'object', fields }
}

function itemType(reader: TokenReader): FieldType {
  const start = reader.peek()
  const type = parseUnion(reader)
  if (type.kind === 'none') throw syntaxError('`None` alone is not a type here. Use `Optional[…]` or `Any`.', start)
  return type
}

/** A text that is the whole type, in parentheses or not; DSPy reads one beside a `|` alone. */
function textAlone(reader: TokenReader): Token | undefined {
  let depth = 0
  while (reader.peek(depth).text === '(' && reader.peek(depth).kind === 'sign') depth += 1
  const text = reader.peek(depth)
  const closed = Array.from({ length: depth }, (_, at) => reader.peek(depth + 1 + at).text).every(sign => sign === ')')
  return text.kind === 'string' && closed && reader.peek(2 * depth + 1).text !== '|' ? text : undefined
}

/** A type written as a text, `list['Item']`, as Python takes one for a class that comes later. */
export function quotedType(token: Token, { scope }: TokenReader): FieldType {
  try {
    const inner = new TokenReader(token.text, scope)
    const type = parseType(inner)
    inner.expectEnd('the type')
    return type
  } catch (error) {
    // Positions within the quotes say nothing outside of them.
    throw isEngineError(error, 'signature-syntax') ? syntaxError(error.message, token) : error
  }
}

function optional(of: FieldType): FieldType {
  return of.kind === 'optional' ? of : { kind: 'optional', of }
}

function adviceFor(name: string): string {
  const advice = wayOut.get(name)
  if (advice) return advice
  if (name.includes('.')) return `\`${name}\` is not supported. Use \`str\`, or an object such as {'x': int}.`
  const close = [...plainTypes.keys(), 'list', 'dict', 'Literal', 'Optional'].find(known => known.toLowerCase() === name.toLowerCase())
  return close ? `There is no type \`${name}\`. Write \`${close}\`.` : `There is no type \`${name}\`. Use ${choice}.`
}

const timeExamples = { date: "'2024-01-31'", datetime: "'2024-01-31T10:00:00'", time: "'10:00:00'" } as const
const choice =
  "str, int, float, bool, Any, datetime.date, dspy.Image, list[…], tuple[…], set[…], dict[str, …], Literal['a', 'b'], Optional[…], Union[…] or an object such as {'x': int}"
const plainNames: ReadonlySet<string> = new Set(['list', 'dict', 'tuple', 'set', 'frozenset'])
const needBrackets: ReadonlySet<string> = new Set([
  'List',
  'Dict',
  'Tuple',
  'Set',
  'FrozenSet',
  'AbstractSet',
  'Sequence',
  'Iterable',
  'Literal',
  'Optional',
  'Union',
])
const lists: ReadonlySet<string> = new Set(['list', 'List', 'Sequence', 'Iterable', 'collections.abc.Sequence'])
const sets: ReadonlySet<string> = new Set(['set', 'Set', 'frozenset', 'FrozenSet', 'AbstractSet'])
const wayOut: ReadonlyMap<string, string> = new Map([
  ['string', 'There is no type `string`. Write `str`.'],
  ['text', 'There is no type `text`. Write `str`.'],
  ['integer', 'There is no type `integer`. Write `int`.'],
  ['number', 'There is no type `number`. Write `int` or `float`.'],
  ['boolean', 'There is no type `boolean`. Write `bool`.'],
  ['array', 'There is no type `array`. Write `list[…]`.'],
  ['enum', "There is no type `enum`. Write the options: Literal['a', 'b']."],
  ['timedelta', '`timedelta` is not supported. Use `float` and name the unit in the description.'],
  ['datetime.timedelta', '`datetime.timedelta` is not supported. Use `float` and name the unit in the description.'],
  ['bytes', '`bytes` is not supported. Use `str`, or `dspy.Image`, `dspy.Audio` or `dspy.File`.'],
  ['image', 'There is no type `image`. Write `dspy.Image`.'],
  ['audio', 'There is no type `audio`. Write `dspy.Audio`.'],
  ['file', 'There is no type `file`. Write `dspy.File`.'],
  ['code', "There is no type `code`. Write `dspy.Code['python']`."],
])

/** The classes of DSPy itself; prompts name them without the package. */
function ownTypes(before: string): readonly (readonly [string, FieldType])[] {
  return [
    [`${before}Image`, { kind: 'image' }],
    [`${before}Audio`, { kind: 'audio' }],
    [`${before}File`, { kind: 'file' }],
    [`${before}History`, { kind: 'history' }],
    [`${before}Reasoning`, { kind: 'reasoning' }],
    [`${before}Tool`, { kind: 'tool' }],
    [`${before}ToolCalls`, { kind: 'tool-calls' }],
    [`${before}Document`, { kind: 'document' }],
    [`${before}Citations`, { kind: 'citations' }],
  ]
}

const plainTypes: ReadonlyMap<string, TypeOrNone> = new Map<string, TypeOrNone>([
  ['str', { kind: 'str' }],
  ['Text', { kind: 'str' }],
  ['int', { kind: 'int' }],
  ['float', { kind: 'float' }],
  ['bool', { kind: 'bool' }],
  ['Any', { kind: 'any' }],
  ['datetime.date', { kind: 'date' }],
  ['datetime.datetime', { kind: 'datetime' }],
  ['datetime.time', { kind: 'time' }],
  // As prompts name them.
  ['date', { kind: 'date' }],
  ['datetime', { kind: 'datetime' }],
  ['time', { kind: 'time' }],
  ...ownTypes(''),
  ...ownTypes('dspy.'),
  ['dspy.experimental.Document', { kind: 'document' }],
  ['dspy.experimental.Citations', { kind: 'citations' }],
  ['None', none],
  ['NoneType', none],
])
