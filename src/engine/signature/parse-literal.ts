import type { Json } from '@/lib/json'
import { reservedNames } from '@/lib/reserved-names'
import { described, syntaxError, type Token, type TokenReader } from './tokens'

/** Python's names for values. */
export const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
])

/**
 * Reads a plain value as Python writes it: texts, numbers, `True`, `None`, and lists, tuples, sets and dicts of them. Tuples and sets become
 * lists. Throws `signature-syntax` for what only a running Python knows: names, calls, operations.
 */
export function parseLiteral(reader: TokenReader): Json {
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
    if (token.text === '[') return parseItems(reader, ']')
    if (token.text === '(') return parseTuple(reader)
    if (token.text === '{') return parseBraces(reader)
  }
  throw syntaxError(`Write a plain value here, such as 'text', 3, True, None or ['a', 'b'], not ${described(token)}.`, token)
}

/** Texts that follow each other are one, as in Python. */
export function joinedText(first: Token, reader: TokenReader): string {
  let { text } = first
  while (reader.peek().kind === 'string') text += reader.take().text
  return text
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

function parseItems(reader: TokenReader, end: string): Json[] {
  const items: Json[] = []
  while (!reader.isSign(end)) {
    items.push(parseLiteral(reader))
    if (!reader.takeSign(',')) break
  }
  reader.expectSign(end, 'the last value')
  return items
}

/** `(1)` is 1, `(1,)` a tuple of one. */
function parseTuple(reader: TokenReader): Json {
  if (reader.takeSign(')')) return []
  const first = parseLiteral(reader)
  if (reader.takeSign(')')) return first
  reader.expectSign(',', 'the first value')
  return [first, ...parseItems(reader, ')')]
}

function parseBraces(reader: TokenReader): Json {
  if (reader.takeSign('}')) return {}
  const start = reader.peek()
  const first = parseLiteral(reader)
  if (reader.isSign(',') || reader.isSign('}')) {
    reader.takeSign(',')
    return [first, ...parseItems(reader, '}')]
  }
  const entries = new Map<string, Json>()
  for (let key = first, at = start; ; key = parseLiteral(reader)) {
    if (typeof key !== 'string') throw syntaxError('The keys of a value are texts in quotes.', at)
    if (reservedNames.has(key)) throw syntaxError(`\`${key}\` has a meaning of its own in JavaScript. Rename the key.`, at)
    reader.expectSign(':', 'the key')
    entries.set(key, parseLiteral(reader))
    if (!reader.takeSign(',') || reader.isSign('}')) break
    at = reader.peek()
  }
  reader.expectSign('}', 'the last value')
  return Object.fromEntries(entries)
}
