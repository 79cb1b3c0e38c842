import { pieceReader, valueWriter, type FieldReader, type FieldText, type PieceReading, type ValueWriter } from './field-reader'

/**
 * Reads an answer that is a JSON object while it is written: the text of a string as it is meant, any other value as it is written. Words and
 * fences around the object do not matter. What is not JSON ends its reading: only the whole answer tells what was meant.
 */
export function jsonReader(wanted: ReadonlySet<string>): FieldReader {
  return pieceReader(emit => reading(wanted, emit))
}

function reading(wanted: ReadonlySet<string>, emit: (text: FieldText) => void): PieceReading {
  const taken = new Set<string>()
  let place: Place = 'before'
  let key = ''
  let writer: ValueWriter | undefined
  /** An escape that has not come to its end, and half of a letter that takes two. */
  let escape = ''
  let half = ''
  let depth = 0
  let isQuoted = false

  function begin(trims: boolean): void {
    const isFirst = wanted.has(key) && !taken.has(key)
    if (isFirst) taken.add(key)
    writer = isFirst ? valueWriter({ field: key, emit, trims }) : undefined
  }

  function close(next: Place): void {
    writer?.close()
    writer = undefined
    place = next
  }

  /** What is not JSON: the next object may be, unless this one was the answer. */
  function lose(letter: string): boolean {
    place = taken.size > 0 ? 'after' : 'before'
    return letter !== '{'
  }

  function write(text: string): void {
    if (text === '') return
    const whole = half + text
    const last = whole.charCodeAt(whole.length - 1)
    const isHalf = last >= 0xd800 && last < 0xdc00
    half = isHalf ? whole.slice(-1) : ''
    if (place === 'key') key += isHalf ? whole.slice(0, -1) : whole
    else writer?.add(isHalf ? whole.slice(0, -1) : whole)
  }

  /** Letters of a string from here on; gives the place behind what it took. */
  function readString(text: string, from: number): number {
    let at = from
    if (escape !== '') {
      escape += text.charAt(at)
      const meant = meaningOf(escape)
      if (meant === undefined) return at + 1
      escape = ''
      write(meant)
      return at + 1
    }
    while (at < text.length && text.charCodeAt(at) !== quote && text.charCodeAt(at) !== backslash) at += 1
    write(text.slice(from, at))
    if (at === text.length) return at
    if (text.charCodeAt(at) === backslash) escape = '\\'
    else {
      if (half !== '') writer?.add(half)
      half = ''
      if (place === 'key') place = 'colon'
      else close('comma')
    }
    return at + 1
  }

  /** A number, a word, a list or an object: up to the comma or the bracket behind it. */
  function readOther(text: string, from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const letter = text.charAt(at)
      if (isQuoted) {
        if (escape !== '') escape = ''
        else if (letter === '\\') escape = letter
        else if (letter === '"') isQuoted = false
        continue
      }
      if (letter === '"') isQuoted = true
      else if (letter === '{' || letter === '[') depth += 1
      else if (depth > 0 && (letter === '}' || letter === ']')) depth -= 1
      else if (depth === 0 && (letter === ',' || letter === '}' || letter === ']')) {
        writer?.add(text.slice(from, at))
        close('comma')
        return at
      }
    }
    writer?.add(text.slice(from))
    return text.length
  }

  function read(text: string): void {
    for (let at = 0; at < text.length;) {
      if (place === 'after') return
      if (place === 'before') {
        const start = text.indexOf('{', at)
        if (start < 0) return
        at = start + 1
        place = 'first'
      } else if (place === 'key' || place === 'string') at = readString(text, at)
      else if (place === 'other') at = readOther(text, at)
      else {
        const letter = text.charAt(at)
        if (letter.trim() === '' || step(letter)) at += 1
      }
    }
  }

  /** Takes the next letter that is no white space, between keys and values; false where it is the first of what comes. */
  function step(letter: string): boolean {
    if (place === 'value') {
      if (!startsValue.test(letter)) return lose(letter)
      place = letter === '"' ? 'string' : 'other'
      depth = 0
      isQuoted = false
      begin(letter !== '"')
      return letter === '"'
    }
    if (place === 'colon' && letter === ':') place = 'value'
    else if (place === 'comma' && letter === ',') place = 'next'
    else if ((place === 'first' || place === 'comma') && letter === '}') place = taken.size > 0 ? 'after' : 'before'
    else if ((place === 'first' || place === 'next') && letter === '"') {
      key = ''
      place = 'key'
    } else return lose(letter)
    return true
  }

  return {
    lines: false,
    read,
    close() {
      if (half !== '') writer?.add(half)
      writer?.close()
    },
  }
}

/** Where in the object the next letter stands. */
type Place = 'before' | 'first' | 'next' | 'key' | 'colon' | 'value' | 'string' | 'other' | 'comma' | 'after'

const [quote, backslash] = [34, 92]
const startsValue = /["{[\dtfnNI-]/

/** What an escape stands for; undefined while it has not come to its end. One that JSON does not know stays as it is written. */
function meaningOf(escape: string): string | undefined {
  const letter = escape[1]
  if (letter === undefined) return undefined
  if (letter !== 'u') return escapes[letter] ?? escape
  const digits = escape.slice(2)
  if (!/^[\da-f]*$/i.test(digits)) return escape
  return digits.length < 4 ? undefined : String.fromCharCode(Number.parseInt(digits, 16))
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '/': '/', '\\': '\\', '"': '"' }
