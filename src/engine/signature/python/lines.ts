import { escapeAt } from '../python-escape'
import { plainTokenAt, syntaxError, type Token } from '../tokens'

/** A statement of Python on one line, however many lines of the text it takes. */
export interface PythonLine {
  /** Columns before it; a tab goes on to the next eighth. */
  readonly indent: number
  readonly tokens: readonly Token[]
}

/**
 * Splits Python text, its lines ended by `\n`, into statements without comments. Reads each character once. Throws `signature-syntax` for a quote or a bracket that
 * is never closed.
 */
export function pythonLines(text: string): readonly PythonLine[] {
  const lines: PythonLine[] = []
  const open: Token[] = []
  let tokens: Token[] = []
  let indent = 0
  let isLineStart = true
  let position = text.startsWith('\uFEFF') ? 1 : 0
  const flush = (): void => {
    if (tokens.length > 0) lines.push({ indent, tokens })
    tokens = []
  }
  while (position < text.length) {
    if (isLineStart) {
      const start = indentAt(text, position)
      position = start.end
      if (open.length === 0 && tokens.length === 0) indent = start.columns
      isLineStart = false
      continue
    }
    const character = text.charAt(position)
    if (character === '\n') {
      if (open.length === 0) flush()
      isLineStart = true
      position += 1
    } else if (character === '#') position = endOfLine(text, position)
    else if (character === '\\' && text.charAt(position + 1) === '\n') position += 2
    else if (isSpace(character)) position += 1
    else if (character === ';' && open.length === 0) {
      flush()
      position += 1
    } else {
      const token = tokenAt(text, position)
      if (token.kind === 'sign') follow(open, token)
      tokens.push(token)
      position = token.end
    }
  }
  const [unclosed] = open
  if (unclosed) throw syntaxError(`\`${unclosed.text}\` is never closed. Close it, or paste the rest of the text.`, unclosed)
  flush()
  return lines
}

function indentAt(text: string, start: number): { readonly columns: number; readonly end: number } {
  let columns = 0
  let end = start
  for (; end < text.length; end += 1) {
    const character = text.charAt(end)
    if (character === ' ') columns += 1
    else if (character === '\t') columns += 8 - (columns % 8)
    else if (character === '\f') columns = 0
    else break
  }
  return { columns, end }
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end
}

function isSpace(character: string): boolean {
  return character.trim() === ''
}

function follow(open: Token[], token: Token): void {
  if ('([{'.includes(token.text)) open.push(token)
  else if (')]}'.includes(token.text)) open.pop()
}

function tokenAt(text: string, position: number): Token {
  const character = text.charAt(position)
  if (character === '"' || character === "'") return stringAt(text, position, position)
  const token = plainTokenAt(text, position)
  const after = text.charAt(token.end)
  const isPrefix = token.kind === 'name' && (after === '"' || after === "'") && /^(?:[rbfut]|[bft]r|r[bft])$/i.test(token.text)
  return isPrefix ? stringAt(text, position, token.end) : token
}

/** A text in quotes; `start` is where its prefix begins, `quoteAt` where the quote stands. */
function stringAt(text: string, start: number, quoteAt: number): Token {
  const single = text.charAt(quoteAt)
  const quote = text.startsWith(single.repeat(3), quoteAt) ? single.repeat(3) : single
  const prefix = text.slice(start, quoteAt).toLowerCase()
  const parts: string[] = []
  let position = quoteAt + quote.length
  let plainFrom = position
  const take = (): void => {
    if (position > plainFrom) parts.push(text.slice(plainFrom, position))
  }
  while (position < text.length) {
    const character = text.charAt(position)
    if (character === single && text.startsWith(quote, position)) {
      take()
      return { kind: 'string', text: parts.join(''), position: start, end: position + quote.length, ...(prefix !== '' && { prefix }) }
    }
    if (character === '\n' && quote.length === 1) break
    if (character !== '\\') position += 1
    else if (prefix.includes('r')) position += 2
    else {
      take()
      const [value, length] = escapeAt(text, position)
      parts.push(value)
      plainFrom = position += length
    }
  }
  throw syntaxError(`Close the text that starts here with ${quote}.`, { position: start, end: Math.min(text.length, start + 20) })
}
