import type { Json } from '@/lib/json'
import { pythonFloat } from '@/lib/python-text'
import { reservedNames } from '@/lib/reserved-names'
import { described, syntaxError, type Token, type TokenReader } from './tokens'

/** Python's names for values. */
export const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
])

/** Reads what a name stands for; the reader stands before it. */
export type NamedValue = (reader: TokenReader) => Json

/**
 * Reads a plain value as Python writes it: texts, numbers, `True`, `None`, and lists, tuples, sets and dicts of them. Tuples and sets become
 * lists. Throws `signature-syntax` for what only a running Python knows: calls, operations, and names that `named` does not read.
 */
export function parseLiteral(reader: TokenReader, named?: NamedValue): Json {
  if (named && reader.peek().kind === 'name' && !constants.has(reader.peek().text)) return named(reader)
  const isNegative = reader.takeSign('-')
  const token = reader.take()
  if (token.kind === 'number') {
    const value = numberOf(token)
    if (value !== undefined) return isNegative ? -value : value
    throw syntaxError(`${described(token)} has more digits than a number here keeps. Put it into quotes.`, token)
  }
  if (!isNegative && token.kind === 'string') return joinedText(token, reader)
  const constant = !isNegative && token.kind === 'name' ? constants.get(token.text) : undefined
  if (constant !== undefined) return constant
  if (!isNegative && token.kind === 'sign') {
    if (token.text === '[') return parseItems(reader, ']', named)
    if (token.text === '(') return parseTuple(reader, named)
    if (token.text === '{') return parseBraces(reader, named)
  }
  throw syntaxError(`Write a plain value here, such as 'text', 3, True, None or ['a', 'b'], not ${described(token)}.`, token)
}

/** Texts that follow each other are one, as in Python. */
export function joinedText(first: Token, reader: TokenReader): string {
  const texts = [plainText(first)]
  while (reader.peek().kind === 'string') texts.push(plainText(reader.take()))
  return texts.join('')
}

function plainText(token: Token): string {
  const { prefix = '' } = token
  if (/[ft]/.test(prefix)) throw syntaxError('An f-string is worked out when Python runs. Write the text as it comes out.', token)
  if (prefix.includes('b')) throw syntaxError('These are bytes and no text. Remove the b before the quotes.', token)
  return token.text
}

/** `1_000`, `0x1F`, `1e-3`; undefined where a number of JavaScript would not be the same. */
export function numberOf({ text }: Token): number | undefined {
  const plain = text.replaceAll('_', '')
  const value = /^0[xXoObB]/.test(plain) || /^\d*\.?\d+(?:[eE][+-]?\d+)?$/.test(plain) ? Number(plain) : Number.NaN
  if (!Number.isFinite(value)) return undefined
  return /[.eE]/.test(plain) && !plain.startsWith('0x') ? value : exactInt(plain, value)
}

function exactInt(digits: string, value: number): number | undefined {
  const isSame = String(value) === digits || BigInt(digits) === BigInt(value)
  return isSame && !/^0\d/.test(digits) ? value : undefined
}

function parseItems(reader: TokenReader, end: string, named?: NamedValue): Json[] {
  const items: Json[] = []
  while (!reader.isSign(end)) {
    items.push(parseLiteral(reader, named))
    if (!reader.takeSign(',')) break
  }
  reader.expectSign(end, 'the last value')
  return items
}

/** `(1)` is 1, `(1,)` a tuple of one. */
function parseTuple(reader: TokenReader, named?: NamedValue): Json {
  if (reader.takeSign(')')) return []
  const first = parseLiteral(reader, named)
  if (reader.takeSign(')')) return first
  reader.expectSign(',', 'the first value')
  return [first, ...parseItems(reader, ')', named)]
}

function parseBraces(reader: TokenReader, named?: NamedValue): Json {
  if (reader.takeSign('}')) return {}
  let at = keyToken(reader)
  const first = parseLiteral(reader, named)
  if (reader.isSign(',') || reader.isSign('}')) {
    reader.takeSign(',')
    return [first, ...parseItems(reader, '}', named)]
  }
  const entries = new Map<string, Json>()
  for (let key = first; ; key = parseLiteral(reader, named)) {
    const text = keyText(key, at)
    if (reservedNames.has(text)) throw syntaxError(`\`${text}\` has a meaning of its own in JavaScript. Rename the key.`, at)
    reader.expectSign(':', 'the key')
    entries.set(text, parseLiteral(reader, named))
    if (!reader.takeSign(',') || reader.isSign('}')) break
    at = keyToken(reader)
  }
  reader.expectSign('}', 'the last value')
  return Object.fromEntries(entries)
}

/** The next one that says what it is: behind a minus. */
function keyToken(reader: TokenReader): Token {
  return reader.isSign('-') ? reader.peek(1) : reader.peek()
}

/** Keys are texts in JSON, as values of a typed dict have them: a float with its point. */
function keyText(key: Json, at: Token): string {
  if (typeof key === 'number') return /^\d+$/.test(at.text) ? String(key) : pythonFloat(key)
  if (typeof key !== 'object' || key === null) return String(key)
  throw syntaxError('The keys of a value are texts, numbers or names.', at)
}
