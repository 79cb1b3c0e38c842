import { EngineError } from '../base/errors'
import type { ClassType } from './types/field-type'

/** One piece of a signature line. `text` of a string token is its value, quotes and escapes resolved. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'end'
  readonly text: string
  /** Index of its first character in the line. */
  readonly position: number
  readonly end: number
}

/** Reads a signature line token by token. Throws `signature-syntax` with the position where reading stopped. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  readonly #classes: ReadonlyMap<string, ClassType>
  #next = 0

  /** `classes`: the types that names of the line may stand for. */
  constructor(line: string, classes: readonly ClassType[] = []) {
    this.#classes = new Map(classes.map(type => [type.name, type]))
    if (line.length > longest)
      throw syntaxError(
        `This is longer than ${longest.toLocaleString('en-US')} characters, more than any signature. Use \`str\` or \`Any\` in place of long options.`,
        {
          position: longest,
          end: line.length,
        },
      )
    this.#tokens = tokensOf(line)
    refuseDeepNesting(this.#tokens)
  }

  classNamed(name: string): ClassType | undefined {
    return this.#classes.get(name)
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]
    if (!token) throw new Error('A line has at least its end')
    return token
  }

  take(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#next += 1
    return token
  }

  isSign(text: string): boolean {
    const token = this.peek()
    return token.kind === 'sign' && token.text === text
  }

  takeSign(text: string): boolean {
    if (!this.isSign(text)) return false
    this.#next += 1
    return true
  }

  expectSign(text: string, after: string): void {
    if (!this.takeSign(text)) throw syntaxError(`Put \`${text}\` after ${after}, where ${described(this.peek())} stands now.`, this.peek())
  }

  expectEnd(after: string): void {
    if (this.peek().kind !== 'end') throw syntaxError(`Remove ${described(this.peek())}: nothing may follow ${after}.`, this.peek())
  }
}

export function syntaxError(message: string, token: { readonly position: number; readonly end: number }): EngineError {
  return new EngineError('signature-syntax', message, { position: token.position, end: token.end })
}

export function described(token: Token): string {
  if (token.kind === 'end') return 'the end'
  return token.kind === 'string' ? `the text '${token.text}'` : `\`${token.text}\``
}

/** Characters of a line: room for thousands of options. */
const longest = 100_000

/** The parser recurses; a line deep enough to exhaust the stack is no signature anyone wrote. */
function refuseDeepNesting(tokens: readonly Token[]): void {
  let depth = 0
  for (const token of tokens) {
    if (token.kind !== 'sign') continue
    if (token.text === '[' || token.text === '{') depth += 1
    if (token.text === ']' || token.text === '}') depth -= 1
    if (depth > 50) throw syntaxError('The types are nested too deep here. Use `Any` for the inner part.', token)
  }
}

/** Space, then a name, a number, `->`, or any single character; quoted texts are read by `stringAt`. */
const pattern =
  /\s+|([\p{XID_Start}_][\p{XID_Continue}]*)|((?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?[\p{XID_Continue}]*)|(->|\.\.\.|[\s\S])/uy

function tokensOf(line: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  while (position < line.length) {
    const raw = rawPrefix.test(line.slice(position, position + 2)) ? 1 : 0
    const character = line[position + raw]
    if (character === '"' || character === "'") {
      const token = stringAt(line, position, raw, character)
      tokens.push(token)
      position = token.end
      continue
    }
    pattern.lastIndex = position
    const match = pattern.exec(line)
    if (!match) throw new Error(`Nothing matches at ${position}`)
    const [all, name, number] = match
    const end = position + all.length
    const kind = name !== undefined ? 'name' : number !== undefined ? 'number' : 'sign'
    if (all.trim() !== '') tokens.push({ kind, text: all, position, end })
    position = end
  }
  tokens.push({ kind: 'end', text: '', position: line.length, end: line.length })
  return tokens
}

/** A text whose backslashes stand for themselves, as Python's patterns are written. */
const rawPrefix = /^[rR]['"]/

function stringAt(line: string, start: number, raw: number, quote: string): Token {
  let text = ''
  let position = start + raw + 1
  while (position < line.length) {
    const character = line[position] ?? ''
    if (character === quote) return { kind: 'string', text, position: start, end: position + 1 }
    if (character !== '\\') {
      text += character
      position += 1
      continue
    }
    if (raw > 0) {
      text += line.slice(position, position + 2)
      position += 2
      continue
    }
    const [value, length] = escapeAt(line, position)
    text += value
    position += length
  }
  throw syntaxError(`Close the text that starts here with ${quote}.`, { position: start, end: line.length })
}

/** The character a backslash at `position` stands for, and the length of the escape. An unknown one stands for itself. */
function escapeAt(line: string, position: number): [string, number] {
  const letter = line[position + 1] ?? ''
  const hex = hexLengths[letter]
  if (hex !== undefined) {
    const digits = line.slice(position + 2, position + 2 + hex)
    const code = Number.parseInt(digits, 16)
    if (digits.length === hex && /^[0-9a-fA-F]+$/.test(digits) && code <= 0x10ffff) return [String.fromCodePoint(code), 2 + hex]
  }
  const short = shortEscapes[letter]
  return short === undefined ? [`\\${letter}`, 2] : [short, 2]
}

const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const shortEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  0: '\0',
}
