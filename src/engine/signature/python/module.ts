import { syntaxError, type Token, TokenReader } from '../tokens'
import type { PythonLine } from './lines'

/** A class as it is written, with the statements that stand directly in it. */
export interface PythonClass {
  readonly name: string
  /** As they are written: `dspy.Signature`, `str`. */
  readonly bases: readonly string[]
  readonly body: readonly PythonLine[]
  readonly head: Token
}

/** What a Python text declares. Statements within functions and branches count as those around them; nothing is run. */
export interface PythonModule {
  readonly classes: ReadonlyMap<string, PythonClass>
  /** What each imported name stands for: `t` for `typing`, `List` for `typing.List`. */
  readonly imports: ReadonlyMap<string, string>
  /** What stands behind `NAME =` outside of classes. */
  readonly assigned: ReadonlyMap<string, readonly Token[]>
}

/** Sorts statements into classes, imports and assignments. One pass. Throws `signature-syntax` for a class without its colon. */
export function pythonModule(lines: readonly PythonLine[]): PythonModule {
  const classes = new Map<string, PythonClass>()
  const imports = new Map<string, string>()
  const assigned = new Map<string, readonly Token[]>()
  const open: { readonly indent: number; readonly body: PythonLine[]; bodyIndent?: number }[] = []
  for (const line of lines) {
    while ((open.at(-1)?.indent ?? -1) >= line.indent) open.pop()
    const around = open.at(-1)
    const [first, second] = line.tokens
    if (first?.text === 'class' && second?.kind === 'name') {
      const body: PythonLine[] = []
      const { bases, rest } = readHead(line.tokens)
      if (rest.length > 0) body.push({ indent: line.indent + 1, tokens: rest })
      classes.set(second.text, { name: second.text, bases, body, head: second })
      open.push({ indent: line.indent, body })
    } else if (first?.text === 'import' || first?.text === 'from') readImport(line.tokens, imports)
    else if (around) {
      around.bodyIndent ??= line.indent
      if (around.bodyIndent === line.indent) around.body.push(line)
    } else if (first?.kind === 'name') {
      const value = assignedTo(line.tokens)
      if (value) assigned.set(first.text, value)
    }
  }
  return { classes, imports, assigned }
}

/** `NAME = …` or `NAME: type = …`; undefined for any other statement. */
function assignedTo(tokens: readonly Token[]): readonly Token[] | undefined {
  const [, next] = tokens
  if (next?.kind !== 'sign' || (next.text !== '=' && next.text !== ':')) return undefined
  const at = tokens.findIndex(token => token.kind === 'sign' && token.text === '=')
  // Two signs in a row are a comparison.
  if (at < 0 || tokens[at + 1]?.text === '=') return undefined
  return tokens.slice(at + 1)
}

function readHead(tokens: readonly Token[]): { readonly bases: readonly string[]; readonly rest: readonly Token[] } {
  const reader = new TokenReader(closed(tokens))
  reader.take()
  const name = reader.take()
  if (reader.isSign('[')) skipBrackets(reader)
  const bases: string[] = []
  if (reader.takeSign('(')) {
    while (!reader.isSign(')') && reader.peek().kind !== 'end') {
      const base = dottedName(reader)
      if (reader.isSign('[')) skipBrackets(reader)
      // A keyword such as `metaclass=…` is no base.
      if (base !== undefined && !reader.isSign('=')) bases.push(base)
      skipExpression(reader)
      if (!reader.takeSign(',')) break
    }
    reader.expectSign(')', 'the bases of the class')
  }
  if (!reader.takeSign(':')) throw syntaxError(`Put a colon behind the head of the class \`${name.text}\`.`, name)
  const at = reader.peek()
  return { bases, rest: at.kind === 'end' ? [] : tokens.slice(tokens.indexOf(at)) }
}

/** `import a.b as c, d` and `from a import (b as c, d)`. */
function readImport(tokens: readonly Token[], imports: Map<string, string>): void {
  const reader = new TokenReader(closed(tokens))
  const isFrom = reader.take().text === 'from'
  const module = isFrom ? dottedName(reader) : undefined
  if (isFrom && (module === undefined || reader.take().text !== 'import')) return
  reader.takeSign('(')
  do {
    const name = dottedName(reader)
    if (name === undefined) return
    const renamed = reader.peek().text === 'as'
    if (renamed) reader.take()
    const as = renamed ? reader.take().text : isFrom ? name : undefined
    if (as !== undefined) imports.set(as, module === undefined ? name : `${module}.${name}`)
  } while (reader.takeSign(','))
}

/** A name with its dots; undefined, and nothing taken, where none stands. */
export function dottedName(reader: TokenReader): string | undefined {
  if (reader.peek().kind !== 'name') return undefined
  const parts = [reader.take().text]
  while (reader.isSign('.') && reader.peek(1).kind === 'name') {
    reader.take()
    parts.push(reader.take().text)
  }
  return parts.join('.')
}

/** Up to a comma or the end of the brackets around. */
export function skipExpression(reader: TokenReader): void {
  for (let depth = 0; reader.peek().kind !== 'end'; reader.take()) {
    const { kind, text } = reader.peek()
    if (kind !== 'sign') continue
    if (depth === 0 && (text === ',' || text === ')' || text === ']' || text === '}')) return
    if ('([{'.includes(text)) depth += 1
    else if (')]}'.includes(text)) depth -= 1
  }
}

function skipBrackets(reader: TokenReader): void {
  reader.take()
  while (reader.peek().kind !== 'end') {
    skipExpression(reader)
    if (!reader.takeSign(',')) break
  }
  reader.expectSign(']', 'the brackets')
}

/** Tokens with the end that a reader stops at. */
export function closed(tokens: readonly Token[]): readonly Token[] {
  const end = tokens.at(-1)?.end ?? 0
  return [...tokens, { kind: 'end', text: '', position: end, end }]
}
