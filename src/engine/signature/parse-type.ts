import type { FieldType } from './field-type'
import { reservedNames } from './field-name'
import { described, syntaxError, type Token, type TokenReader } from './tokens'

const none = { kind: 'none' } as const
type TypeOrNone = FieldType | typeof none

/**
 * Reads one type; `None` alone is `str`, as in DSPy.
 * Differs: what a graph cannot hold is refused with a way out (`tuple[…]`, unions of two real types, `datetime`,
 * constraints, DSPy's own types), because a silent stand-in would change what an exported program does.
 */
export function parseType(reader: TokenReader): FieldType {
  const type = parseUnion(reader)
  return type.kind === 'none' ? { kind: 'str' } : type
}

function parseUnion(reader: TokenReader): TypeOrNone {
  const start = reader.peek()
  const members = [parseMember(reader)]
  while (reader.takeSign('|')) members.push(parseMember(reader))
  return joined(members, start, reader)
}

/** One type out of the members of a union: at most one of them, and perhaps `None`. */
function joined(members: readonly TypeOrNone[], start: Token, reader: TokenReader): TypeOrNone {
  const [first, second] = members.filter(member => member.kind !== 'none')
  if (!first) return none
  if (second) {
    const span = { position: start.position, end: reader.peek().position }
    throw syntaxError('A field has one type, or one type and None. Choose one of them, or use `Any`.', span)
  }
  return members.length > 1 ? optional(first) : first
}

function parseMember(reader: TokenReader): TypeOrNone {
  if (reader.isSign('{')) return parseObject(reader)
  const token = reader.take()
  if (token.kind === 'string') throw syntaxError(`Write the type without quotes: ${token.text}.`, token)
  if (token.kind !== 'name') throw syntaxError(`A type belongs here, such as \`str\` or \`list[str]\`, not ${described(token)}.`, token)
  const name = fullName(token, reader)
  const plain = plainTypes.get(name)
  if (plain) return noBrackets(plain, name, reader)
  if (name === 'list' || name === 'List') return parseList(reader)
  if (name === 'dict' || name === 'Dict') return parseDict(reader)
  if (name === 'Literal') return parseLiteral(reader)
  if (name === 'Optional') return parseOptional(reader)
  if (name === 'Union') return parseBracketUnion(reader)
  throw syntaxError(adviceFor(name), { position: token.position, end: token.position + name.length })
}

/** `list`, `typing.List` or `dspy.Image`: the name with its dots, `typing.` dropped. */
function fullName(token: Token, reader: TokenReader): string {
  let name = token.text
  while (reader.isSign('.') && reader.peek(1).kind === 'name') {
    reader.take()
    name += `.${reader.take().text}`
  }
  return name.startsWith('typing.') ? name.slice('typing.'.length) : name
}

function noBrackets(type: TypeOrNone, name: string, reader: TokenReader): TypeOrNone {
  if (reader.isSign('[')) throw syntaxError(`\`${name}\` takes nothing in brackets. Remove them.`, reader.peek())
  return type
}

function parseList(reader: TokenReader): FieldType {
  if (!reader.takeSign('[')) return { kind: 'list', of: { kind: 'any' } }
  const of = itemType(reader)
  reader.expectSign(']', 'the type of the items')
  return { kind: 'list', of }
}

function parseDict(reader: TokenReader): FieldType {
  if (!reader.takeSign('[')) return { kind: 'object', fields: {} }
  const key = reader.take()
  if (key.text !== 'str') throw syntaxError('The keys of a dict are texts: write `dict[str, …]`.', key)
  reader.expectSign(',', 'the type of the keys')
  const of = itemType(reader)
  reader.expectSign(']', 'the type of the values')
  return of.kind === 'any' ? { kind: 'object', fields: {} } : { kind: 'dict', of }
}

function parseOptional(reader: TokenReader): FieldType {
  reader.expectSign('[', '`Optional`')
  const of = itemType(reader)
  reader.expectSign(']', 'the optional type')
  return optional(of)
}

function parseBracketUnion(reader: TokenReader): TypeOrNone {
  reader.expectSign('[', '`Union`')
  const start = reader.peek()
  const members = [parseUnion(reader)]
  while (reader.takeSign(',')) {
    if (reader.isSign(']')) break
    members.push(parseUnion(reader))
  }
  const type = joined(members, start, reader)
  reader.expectSign(']', 'the types')
  return type
}

function parseLiteral(reader: TokenReader): FieldType {
  reader.expectSign('[', '`Literal`')
  const values: (string | number)[] = []
  let hasNone = false
  do {
    if (reader.isSign(']')) break
    const value = parseOption(reader)
    if (value === null) hasNone = true
    else if (!values.includes(value)) values.push(value)
  } while (reader.takeSign(','))
  const end = reader.peek()
  reader.expectSign(']', 'the options')
  if (values.length === 0) throw syntaxError("Give at least one option: Literal['yes', 'no'].", end)
  const type: FieldType = { kind: 'enum', values }
  return hasNone ? optional(type) : type
}

function parseOption(reader: TokenReader): string | number | null {
  const isNegative = reader.takeSign('-')
  const token = reader.take()
  if (token.kind === 'number') {
    const value = Number(token.text.replaceAll('_', ''))
    if (Number.isFinite(value)) return isNegative ? -value : value
  }
  if (token.kind === 'string' && !isNegative) return token.text
  if (token.text === 'None' && !isNegative) return null
  const quoted = token.kind === 'name' ? ` Write '${token.text}' with quotes if that is the option.` : ''
  throw syntaxError(`An option is a text in quotes or a number, not ${described(token)}.${quoted}`, token)
}

/** `{'x': int, 'y': list[str]}`: our own extension, see `typeName`. */
function parseObject(reader: TokenReader): FieldType {
  reader.expectSign('{', 'the colon')
  const fields: Record<string, FieldType> = {}
  while (!reader.isSign('}')) {
    const key = reader.take()
    if (key.kind !== 'string' && key.kind !== 'name') throw syntaxError(`A key in quotes belongs here, not ${described(key)}.`, key)
    if (reservedNames.has(key.text)) throw syntaxError(`\`${key.text}\` has a meaning of its own in JavaScript. Rename the key.`, key)
    if (Object.hasOwn(fields, key.text)) throw syntaxError(`The key \`${key.text}\` stands twice. Rename or remove one.`, key)
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
  if (type.kind === 'none') throw syntaxError('`None` alone is no type here. Use `Optional[…]` or `Any`.', start)
  return type
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

const choice =
  "str, int, float, bool, Any, dspy.Image, list[…], dict[str, …], Literal['a', 'b'], Optional[…] or an object such as {'x': int}"
const lists = 'Use `list[…]`: it is what JSON has.'
const wayOut: ReadonlyMap<string, string> = new Map([
  ['tuple', lists],
  ['Tuple', lists],
  ['set', lists],
  ['Set', lists],
  ['frozenset', lists],
  ['Sequence', lists],
  ['string', 'There is no type `string`. Write `str`.'],
  ['text', 'There is no type `text`. Write `str`.'],
  ['integer', 'There is no type `integer`. Write `int`.'],
  ['number', 'There is no type `number`. Write `int` or `float`.'],
  ['boolean', 'There is no type `boolean`. Write `bool`.'],
  ['array', 'There is no type `array`. Write `list[…]`.'],
  ['enum', "There is no type `enum`. Write the options: Literal['a', 'b']."],
  ['Annotated', 'Constraints are not supported. Write the type alone and put the limits into the description.'],
  ['datetime', '`datetime` is not supported. Use `str` and name the format in the description.'],
  ['bytes', '`bytes` is not supported. Use `str`, or `dspy.Image` for a picture.'],
  ['image', 'There is no type `image`. Write `dspy.Image`.'],
])

const plainTypes: ReadonlyMap<string, TypeOrNone> = new Map<string, TypeOrNone>([
  ['str', { kind: 'str' }],
  ['int', { kind: 'int' }],
  ['float', { kind: 'float' }],
  ['bool', { kind: 'bool' }],
  ['Any', { kind: 'any' }],
  ['dspy.Image', { kind: 'image' }],
  ['Image', { kind: 'image' }],
  ['None', none],
  ['NoneType', none],
])
