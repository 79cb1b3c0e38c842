import { deepestValue, type Json } from '@/lib/json'
import { toNumber } from './python-literal'

/**
 * Reads the value that broken JSON was meant to be: single, typographic or missing quotes, quotes inside a text, commas and colons left
 * out, brackets never closed, comments, Python's words, calls such as `ObjectId("…")`, `"a" + "b"`. The letters of a text stay as they
 * are. Undefined where no reading is plain, or where values are nested too deep; never throws.
 *
 * One pass from left to right: what is looked ahead at is white space or a short name, and a text is gone back on once at most.
 */
export function repairJson(text: string): Json | undefined {
  return new RepairReader(unescaped(text)).whole()
}

/** JSON that was written into a text or a page, `{\"a\": 1}` or `{&quot;a&quot;: 1}`, as it was before. */
function unescaped(text: string): string {
  const quote = text.indexOf('"')
  if (quote > 0 && text[quote - 1] === '\\') return text.replace(/\\(["\\])/g, '$1')
  return quote < 0 && text.includes('&quot;') ? text.replaceAll('&quot;', '"').replaceAll('&amp;', '&') : text
}

type Place = 'key' | 'value' | 'item' | 'argument'

class RepairReader {
  readonly #text: string
  #at = 0
  /** Set once something stands where nothing can be made of it. */
  #isLost = false
  /** Set once a text was found that is never closed though the rest of the answer is: from then on texts end where something else begins. */
  #isCautious = false
  /** How far the last look for numbers went that found none to take: each of them would look just as far again. */
  #noNumbersBefore = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The first value. What follows one that was closed does not count, as a model may add words. */
  whole(): Json | undefined {
    this.#skip()
    const value = this.#value(0, 'item')
    return this.#isLost ? undefined : value
  }

  #value(depth: number, place: Place): Json | undefined {
    if (depth > deepestValue) return this.#lose()
    const letter = this.#text[this.#at]
    if (letter === undefined) return undefined
    if (letter === '{') return this.#object(depth)
    if (letter === '[') return this.#list(']', depth)
    if (letter === '(') return this.#list(')', depth)
    const closers = closersOf(letter)
    return closers === undefined ? this.#word(depth, place) : this.#texts(closers, place)
  }

  #object(depth: number): Json | undefined {
    const entries: [string, Json][] = []
    this.#at += 1
    for (;;) {
      this.#skipBetween()
      const letter = this.#text[this.#at]
      if (letter === '}') this.#at += 1
      // Another closing bracket is that of whoever holds this object, whose own was left out.
      if (letter === undefined || '}])[{'.includes(letter) || this.#isLost) return Object.fromEntries(entries)
      const closers = closersOf(letter)
      const key = closers === undefined ? this.#bareKey() : this.#texts(closers, 'key')
      this.#skip()
      const hasColon = this.#takeColon()
      const next = this.#text[this.#at]
      if (typeof key !== 'string' || (!hasColon && next !== undefined && !startsValue.test(next))) return this.#lose()
      const isMissing = next === undefined || next === ',' || next === '}' || next === ']'
      const value = isMissing ? null : this.#value(depth + 1, 'value')
      if (value === undefined) return this.#lose()
      entries.push([key, value])
      this.#skip()
    }
  }

  #list(end: string, depth: number): Json | undefined {
    const items: Json[] = []
    this.#at += 1
    for (;;) {
      this.#skipBetween()
      const letter = this.#text[this.#at]
      if (letter === end) this.#at += 1
      if (letter === undefined || '])}'.includes(letter) || this.#isLost) return items
      const numbers = this.#numbers()
      if (numbers.length > 0) {
        for (const number of numbers) items.push(number)
        continue
      }
      const item = this.#value(depth + 1, end === ')' ? 'argument' : 'item')
      this.#skip()
      if (item === undefined || this.#text[this.#at] === ':') return this.#lose()
      items.push(item)
    }
  }

  /** Numbers with nothing but space between them, as arrays print in Python's libraries, up to a comma or a bracket. */
  #numbers(): readonly number[] {
    if (this.#at < this.#noNumbersBefore) return []
    const number = /[+-]?\d{1,30}(?:\.\d{0,30})?(?:e[+-]?\d{1,3})?(?=[\s,\]])\s*/iy
    const list: number[] = []
    let end = this.#at
    for (number.lastIndex = end; ; end = number.lastIndex) {
      const found = number.exec(this.#text)?.[0]
      if (found === undefined) break
      list.push(Number(found))
    }
    if (list.length > 1 && ',]'.includes(this.#text[end] ?? ' ')) {
      this.#at = end
      return list
    }
    this.#noNumbersBefore = end
    return []
  }

  /** A text in quotes, and those that a plus sign adds to it. */
  #texts(closers: string, place: Place): string {
    let text = this.#quoted(closers, place)
    for (;;) {
      const more = /\s*\+\s*(?=["'])/y
      more.lastIndex = this.#at
      const sign = place === 'key' ? undefined : more.exec(this.#text)?.[0]
      if (sign === undefined) return text
      this.#at += sign.length
      text += this.#quoted(closersOf(this.#text[this.#at] ?? '') ?? '"', place)
    }
  }

  #quoted(closers: string, place: Place): string {
    const text = this.#text
    const start = this.#at
    const quote = text[start] ?? ''
    const triple = quote.repeat(3)
    if (quote !== '`' && text.startsWith(triple, start) && place !== 'key') return this.#tripled(triple)
    const pieces: string[] = []
    let from = start + 1
    let at = from
    for (; at < text.length; at += 1) {
      const letter = text[at] ?? ''
      if (letter === '\\') {
        const [meant, length] = escapeAt(text, at)
        pieces.push(text.slice(from, at), meant)
        from = at + length
        at = from - 1
      } else if (closers.includes(letter)) {
        if (this.#closes(at, place)) {
          pieces.push(text.slice(from, at))
          this.#at = at + 1
          return pieces.join('')
        }
        if (place !== 'key' && this.#opensKey(at)) return this.#cutBefore(at, from, pieces)
      } else if (this.#isCautious && (letter === '\n' || letter === ',' || letter === '}' || letter === ']')) {
        return this.#cutBefore(at, from, pieces)
      }
    }
    // An answer that breaks off ends inside its last text. One that ends in brackets has lost a quotation mark.
    if (!this.#isCautious && /[}\]]$/.test(text.slice(-200).trimEnd())) {
      this.#isCautious = true
      return this.#quoted(closers, place)
    }
    pieces.push(text.slice(from))
    this.#at = text.length
    return pieces.join('')
  }

  #tripled(triple: string): string {
    const from = this.#at + triple.length
    const end = this.#text.indexOf(triple, from)
    this.#at = end < 0 ? this.#text.length : end + triple.length
    return this.#text.slice(from, end < 0 ? undefined : end)
  }

  #cutBefore(at: number, from: number, pieces: readonly string[]): string {
    this.#at = at
    const text = [...pieces, this.#text.slice(from, at)].join('').trimEnd()
    return text.endsWith(',') ? text.slice(0, -1).trimEnd() : text
  }

  /** Whether a quotation mark ends the text it stands in: by what comes after it. Any other is one of the text's own letters. */
  #closes(at: number, place: Place): boolean {
    const text = this.#text
    const next = afterSpace(text, at + 1)
    const letter = text[next]
    if (letter === undefined) return true
    const isApart = next > at + 1
    if (place === 'key') return ':=,}'.includes(letter) || (isApart && startsValue.test(letter))
    if (letter === '}' || letter === ']' || (letter === ')' && place === 'argument')) return true
    // The list that held it was never closed, if this is a key.
    if (letter === ':') return place !== 'value'
    if (letter === ',' || letter === ';') return this.#isCautious || this.#goesOn(afterSpace(text, next + 1), place)
    if (letter === '+') return closersOf(text[afterSpace(text, next + 1)] ?? '') !== undefined
    if (letter === '/') return text[next + 1] === '/' || text[next + 1] === '*'
    if (isApart && place === 'value' && keyAhead(text, next)) return true
    // A comma was left out between two texts.
    if (isApart && closersOf(letter) !== undefined) return !'"\'”’,:}])'.includes(text[afterSpace(text, next + 1)] ?? '"')
    return place === 'item' && itemAhead(text, next) && text.slice(at, next).includes('\n')
  }

  /** Whether what follows a comma can come after a whole value. */
  #goesOn(at: number, place: Place): boolean {
    const letter = this.#text[at]
    if (letter === undefined || ',}])/.'.includes(letter) || closersOf(letter) !== undefined) return true
    return place === 'value' ? keyAhead(this.#text, at) : letter !== ' ' && (startsValue.test(letter) || wordAhead(this.#text, at))
  }

  /** Whether a quotation mark opens the next key of an object, so that the text before it was never closed. */
  #opensKey(at: number): boolean {
    let before = at - 1
    let hasBreak = false
    for (; isSpace(this.#text.charCodeAt(before)); before -= 1) hasBreak ||= this.#text[before] === '\n'
    return (hasBreak || this.#text[before] === ',') && keyAhead(this.#text, at)
  }

  #bareKey(): string | undefined {
    const pattern = /[^\s:=,{}[\]"'][^:=,{}[\]\n]*/y
    pattern.lastIndex = this.#at
    const key = pattern.exec(this.#text)?.[0]
    if (key === undefined) return undefined
    this.#at += key.length
    return key.trim()
  }

  /** What stands without quotes: a number, a word of JSON or Python, a call, or a text. */
  #word(depth: number, place: Place): Json | undefined {
    const call = /[A-Za-z_$][\w$.]{0,60}\((?=\s*["'[{\d-])/y
    call.lastIndex = this.#at
    const head = call.exec(this.#text)?.[0]
    if (head !== undefined) return this.#call(head.length, depth)
    const text = this.#text
    const start = this.#at
    let at = start
    for (; at < text.length; at += 1) {
      const letter = text[at] ?? ''
      if (',]}\n'.includes(letter) || (letter === ':' && place === 'item') || (letter === ')' && place === 'argument')) break
      const isFirst = at === start || isSpace(text.charCodeAt(at - 1))
      if (isFirst && ((letter === '/' && '/*'.includes(text[at + 1] ?? ' ')) || (letter === '"' && at > start))) break
    }
    const word = text.slice(start, at).trim()
    this.#at = at
    if (word === '') return this.#lose()
    if (constants.has(word)) return constants.get(word)
    const number = /^[+-]?0\d/.test(word) ? undefined : toNumber(word)
    // The opening mark was left out.
    return number ?? (/^[^"]+"$/.test(word) ? word.slice(0, -1) : word)
  }

  #call(length: number, depth: number): Json | undefined {
    this.#at += length - 1
    const inside = this.#list(')', depth + 1)
    return Array.isArray(inside) && inside.length === 1 ? inside[0] : this.#lose()
  }

  #takeColon(): boolean {
    const colon = /(?::|=>?)\s*/y
    colon.lastIndex = this.#at
    const found = colon.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    if (found !== undefined) this.#skip()
    return found !== undefined
  }

  /** Space and comments. */
  #skip(): void {
    for (;;) {
      this.#at = afterSpace(this.#text, this.#at)
      const isLine = this.#text.startsWith('//', this.#at)
      if (!isLine && !this.#text.startsWith('/*', this.#at)) return
      const end = this.#text.indexOf(isLine ? '\n' : '*/', this.#at + 2)
      this.#at = end < 0 ? this.#text.length : end + (isLine ? 1 : 2)
    }
  }

  /** Also commas or what stands for them, and dots that stand for what was left out. */
  #skipBetween(): void {
    for (;;) {
      this.#skip()
      const letter = this.#text[this.#at]
      if (letter === ',' || letter === ';') this.#at += 1
      else if (this.#text.startsWith('...', this.#at)) this.#at += 3
      else return
    }
  }

  #lose(): undefined {
    this.#isLost = true
    return undefined
  }
}

const startsValue = /["'“‘[{\d-]/
const constants: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
  ['undefined', null],
])

/** The marks that may close what this one opens; undefined for a letter that is no quotation mark. */
function closersOf(letter: string): string | undefined {
  return closers.get(letter)
}

const closers: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”“"'],
  ['”', '”"'],
  ['„', '“”"'],
  ['‘', "’‘'"],
  ['’', "’'"],
])

/** A short name, in quotes or not, and a colon. */
function keyAhead(text: string, at: number): boolean {
  const key = /(?:"[^"\n]{0,80}"|'[^'\n]{0,80}'|“[^”\n]{0,80}”|[\p{L}_$][\p{L}\p{N}_$]{0,80})/uy
  key.lastIndex = at
  return key.test(text) && text[afterSpace(text, key.lastIndex)] === ':'
}

/** What can only be the next item of a list, on a line of its own. */
function itemAhead(text: string, at: number): boolean {
  const item = /[[{\d]|-\d|(?:true|false|null|none)\s*[,\]\n]/iy
  item.lastIndex = at
  return item.test(text)
}

/** A word of JSON or Python, or a single bare one. */
function wordAhead(text: string, at: number): boolean {
  const word = /[\p{L}_$][\p{L}\p{N}_$-]{0,80}/uy
  word.lastIndex = at
  return word.test(text) && ',]'.includes(text[afterSpace(text, word.lastIndex)] ?? ',')
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at += 1
  return at
}

function isSpace(unit: number): boolean {
  return (
    unit === 32 || (unit >= 9 && unit <= 13) || unit === 160 || unit === 0xfeff || unit === 0x3000 || (unit >= 0x2000 && unit <= 0x200a)
  )
}

/** What an escape stands for, and its length. A backslash that begins none is a letter, as in Python. */
function escapeAt(text: string, at: number): readonly [string, number] {
  const sequence = /\\(?:u[\da-f]{4}|x[\da-f]{2})/iy
  sequence.lastIndex = at
  const code = sequence.exec(text)?.[0]
  if (code !== undefined) return [String.fromCharCode(Number.parseInt(code.slice(2), 16)), code.length]
  const letter = text[at + 1]
  if (letter === undefined) return ['', 1]
  // Cut off in the middle.
  if (letter === 'u' && text.length - at < 6) return ['', text.length - at]
  const meant = escapes[letter]
  return meant === undefined ? ['\\', 1] : [meant, 2]
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '/': '/',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '`': '`',
  '\n': '',
}
