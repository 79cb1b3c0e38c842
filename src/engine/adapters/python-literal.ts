import { plainDigits } from '@/lib/exact-json'
import type { Json } from '@/lib/json'

/**
 * Reads a text that is one Python literal: `{'a': 1}`, `(1, 2)`, `1, 2`, `[True, None]`, `0x10`, `1_000`. Tuples and
 * sets become lists. Gives undefined for anything else; never throws.
 */
export function readPythonLiteral(text: string): Json | undefined {
  const reader = new LiteralReader(text)
  const first = reader.value(0)
  if (first === undefined) return undefined
  if (reader.isAtEnd()) return first
  const items = [first]
  while (reader.take(',')) {
    if (reader.isAtEnd()) break
    const item = reader.value(0)
    if (item === undefined) return undefined
    items.push(item)
  }
  return reader.isAtEnd() ? items : undefined
}

const deepest = 100

class LiteralReader {
  readonly #text: string
  #position = 0
  /** Whether the list that was read last ended in a comma. */
  #hasFinalComma = false

  constructor(text: string) {
    this.#text = text
    this.#skipSpace()
  }

  isAtEnd(): boolean {
    return this.#position >= this.#text.length
  }

  take(sign: string): boolean {
    if (this.#text[this.#position] !== sign) return false
    this.#position += 1
    this.#skipSpace()
    return true
  }

  value(depth: number): Json | undefined {
    if (depth > deepest) return undefined
    if (this.take('[')) return this.#items(']', depth)
    if (this.take('(')) return this.#tuple(depth)
    if (this.take('{')) return this.#braces(depth)
    const letter = this.#text[this.#position]
    return letter === "'" || letter === '"' ? this.#string(letter) : this.#word()
  }

  #items(end: string, depth: number): Json[] | undefined {
    const items: Json[] = []
    this.#hasFinalComma = false
    while (!this.take(end)) {
      const item = this.value(depth + 1)
      if (item === undefined) return undefined
      items.push(item)
      this.#hasFinalComma = this.take(',')
      if (!this.#hasFinalComma && this.#text[this.#position] !== end) return undefined
    }
    return items
  }

  /** In Python `(1)` is the number in brackets; only a comma makes a tuple. */
  #tuple(depth: number): Json | undefined {
    const items = this.#items(')', depth)
    return items?.length === 1 && !this.#hasFinalComma ? items[0] : items
  }

  /** A dict or a set: what follows the first item decides. Each item is read once, so that nesting costs no more than its length. */
  #braces(depth: number): Json | undefined {
    if (this.take('}')) return {}
    const first = this.value(depth + 1)
    if (first === undefined) return undefined
    return this.take(':') ? this.#dict(first, depth) : this.#set(first, depth)
  }

  #dict(firstKey: Json, depth: number): Json | undefined {
    const entries: [string, Json][] = []
    let key: Json | undefined = firstKey
    for (;;) {
      if (typeof key !== 'string' && typeof key !== 'number') return undefined
      const item = this.value(depth + 1)
      if (item === undefined) return undefined
      entries.push([String(key), item])
      const hasComma = this.take(',')
      if (this.take('}')) return Object.fromEntries(entries)
      if (!hasComma) return undefined
      key = this.value(depth + 1)
      if (!this.take(':')) return undefined
    }
  }

  #set(first: Json, depth: number): Json | undefined {
    if (this.take('}')) return [first]
    if (!this.take(',')) return undefined
    const rest = this.#items('}', depth)
    return rest && [first, ...rest]
  }

  #string(quote: string): string | undefined {
    const triple = quote.repeat(3)
    const end = this.#text.startsWith(triple, this.#position) ? triple : quote
    let value = ''
    let position = this.#position + end.length
    while (position < this.#text.length) {
      if (this.#text.startsWith(end, position)) {
        this.#position = position + end.length
        this.#skipSpace()
        return value
      }
      const letter = this.#text[position] ?? ''
      if (letter === '\n' && end === quote) return undefined
      if (letter === '\\') {
        const escape = /\\(x[0-9a-f]{2}|u[0-9a-f]{4}|[\s\S])/iy
        escape.lastIndex = position
        const sequence = escape.exec(this.#text)?.[1]
        if (sequence === undefined) return undefined
        value += sequence.length > 1 ? String.fromCharCode(Number.parseInt(sequence.slice(1), 16)) : (escapes[sequence] ?? `\\${sequence}`)
        position += 1 + sequence.length
      } else {
        value += letter
        position += 1
      }
    }
    return undefined
  }

  #word(): Json | undefined {
    const pattern = /[^\s,:()[\]{}'"]+/y
    pattern.lastIndex = this.#position
    const word = pattern.exec(this.#text)?.[0]
    if (word === undefined) return undefined
    this.#position += word.length
    this.#skipSpace()
    return Object.hasOwn(constants, word) ? constants[word] : toNumber(word)
  }

  #skipSpace(): void {
    while (this.#position < this.#text.length && /\s/.test(this.#text[this.#position] ?? '')) this.#position += 1
  }
}

const constants: Readonly<Record<string, Json>> = { True: true, False: false, None: null, true: true, false: false, null: null }
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
}

/** A number as Python writes it, or the digits of an integer that a number would round, as text; undefined for another word. */
export function toNumber(word: string): number | string | undefined {
  if (/^\d{1,15}$/.test(word)) return Number(word)
  const [, sign, digits] = /^([+-]?)(.+)$/.exec(word) ?? []
  if (
    digits === undefined ||
    !/^(0x[0-9a-f]+(_[0-9a-f]+)*|0o[0-7]+|0b[01]+|(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+)?)$/i.test(digits)
  )
    return undefined
  const plain = digits.replaceAll('_', '')
  if (/^\d{16,}$/.test(plain) && !Number.isSafeInteger(Number(plain))) return plainDigits(`${sign}${plain}`)
  const value = Number(plain)
  return Number.isFinite(value) ? (sign === '-' ? -value : value) : undefined
}
