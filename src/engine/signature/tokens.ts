import { EngineError } from '../base/errors'
import { escapeAt } from './python-escape'
import type { ClassType, FieldType } from './types/field-type'

/** One piece of a signature line. `text` of a string token is its value, quotes and escapes resolved. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'end'
  readonly text: string
  /** Index of its first character in the line. */
  readonly position: number
  readonly end: number
  /** The letters before the quote of a Python text, small: `f`, `rb`. */
  readonly prefix?: string
}

/** Something that was read otherwise than it was written, as a sentence, and where it stands. */
export interface SyntaxRemark {
  readonly message: string
  readonly position: number
  readonly end: number
}

/** What the names of a text mean that brings names of its own, such as the classes and imports of a Python file. */
export interface NameScope {
  /** A name as it is called where it comes from: `List` for `t.List` after `import typing as t`. */
  fullName(name: string): string
  /** The type that a class or a name of the text stands for. Throws `signature-syntax` where that cannot be read. */
  typeOf(name: string): FieldType | undefined
}

/** Reads a signature line, or tokens of a longer text, one by one. Throws `signature-syntax` with the position where reading stopped. */
export class TokenReader {
  readonly remarks: SyntaxRemark[] = []
  readonly scope: NameScope
  readonly #tokens: readonly Token[]
  #next = 0

  /** Tokens end in one of kind `end`. `names` are the types that names may stand for beside those of Python and DSPy. */
  constructor(source: string | readonly Token[], names: readonly ClassType[] | NameScope = []) {
    this.#tokens = typeof source === 'string' ? tokensOfLine(source) : source
    this.scope = 'typeOf' in names ? names : namesOf(names)
    refuseDeepNesting(this.#tokens)
  }

  remark(message: string, { position, end }: { readonly position: number; readonly end: number }): void {
    this.remarks.push({ message, position, end })
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

function namesOf(classes: readonly ClassType[]): NameScope {
  const named = new Map(classes.map(type => [type.name, type]))
  return { fullName: name => name, typeOf: name => named.get(name) }
}

export function syntaxError(message: string, token: { readonly position: number; readonly end: number }): EngineError {
  return new EngineError('signature-syntax', message, { position: token.position, end: token.end })
}

export function described(token: Token): string {
  if (token.kind === 'end') return 'the end'
  if (token.prefix?.includes('f')) return 'an f-string, which is worked out when Python runs'
  return token.kind === 'string' ? `the text '${token.text}'` : `\`${token.text}\``
}

/** Characters of a line: room for thousands of options. */
const longest = 100_000

function tokensOfLine(line: string): readonly Token[] {
  if (line.length > longest)
    throw syntaxError(
      `This is longer than ${longest.toLocaleString('en-US')} characters, more than any signature. Use \`str\` or \`Any\` in place of long options.`,
      { position: longest, end: line.length },
    )
  return tokensOf(line)
}

/** The parser recurses; a line deep enough to exhaust the stack is no signature anyone wrote. */
function refuseDeepNesting(tokens: readonly Token[]): void {
  let depth = 0
  for (const token of tokens) {
    if (token.kind !== 'sign') continue
    if ('([{'.includes(token.text)) depth += 1
    if (')]}'.includes(token.text)) depth -= 1
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
    const token = plainTokenAt(line, position)
    if (token.text.trim() !== '') tokens.push(token)
    position = token.end
  }
  tokens.push({ kind: 'end', text: '', position: line.length, end: line.length })
  return tokens
}

/** What stands at a place outside of quotes: a name, a number, a sign, or space as a sign. */
export function plainTokenAt(line: string, position: number): Token {
  pattern.lastIndex = position
  const match = pattern.exec(line)
  if (!match) throw new Error(`Nothing matches at ${position}`)
  const [text, name, number] = match
  return { kind: name !== undefined ? 'name' : number !== undefined ? 'number' : 'sign', text, position, end: position + text.length }
}

/** A text whose backslashes stand for themselves, as Python's patterns are written. */
const rawPrefix = /^[rR]['"]/

function stringAt(line: string, start: number, raw: number, quote: string): Token {
  let text = ''
  let position = start + raw + 1
  while (position < line.length) {
    const character = line[position] ?? ''
    if (character === quote) return { kind: 'string', text, position: start, end: position + 1 }
    if (character === '\n') break
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
