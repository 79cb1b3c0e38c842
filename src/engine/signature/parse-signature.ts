import { fieldNameProblem } from './field-name'
import type { ClassType, FieldType } from './types/field-type'
import { parseType } from './parse-type'
import { described, syntaxError, TokenReader } from './tokens'

export interface NamedType {
  readonly name: string
  readonly type: FieldType
}
export interface SignatureLine {
  readonly inputs: readonly NamedType[]
  readonly outputs: readonly NamedType[]
}

/**
 * Reads DSPy's short form of a signature, `question, context: list[str] -> answer: float`. A field without a type is
 * `str`; either side may be empty; a default value (`k: int = 3`) is read and dropped, as in DSPy.
 * `classes` are the types that may be named. Throws `EngineError` `signature-syntax` with `facts.position` and `facts.end`, indexes into the line.
 *
 * Differs: a name that stands twice on one side is refused (DSPy keeps one field without a word), so is `*args`
 * (dropped there); an arrow inside a quoted option does not count as a second arrow.
 */
export function parseSignatureLine(line: string, classes: readonly ClassType[] = []): SignatureLine {
  const reader = new TokenReader(line, classes)
  const seen = new Set<string>()
  const inputs = parseSide(reader, seen)
  if (!reader.takeSign('->')) {
    const at = reader.peek()
    if (at.kind === 'end') throw syntaxError('Put `->` between the inputs and the outputs: question -> answer.', at)
    throw syntaxError(`Put a comma or \`->\` before ${described(at)}.`, at)
  }
  const outputs = parseSide(reader, seen)
  if (reader.isSign('->')) throw syntaxError('A signature has one `->`. Remove this one.', reader.peek())
  if (reader.peek().kind !== 'end') throw syntaxError(`Put a comma before ${described(reader.peek())}.`, reader.peek())
  return { inputs, outputs }
}

function parseSide(reader: TokenReader, seen: Set<string>): NamedType[] {
  const fields: NamedType[] = []
  while (reader.peek().kind !== 'end' && !reader.isSign('->')) {
    fields.push(parseField(reader, seen))
    if (!reader.takeSign(',')) break
  }
  return fields
}

function parseField(reader: TokenReader, seen: Set<string>): NamedType {
  const token = reader.take()
  if (token.kind !== 'name' && token.kind !== 'number') {
    throw syntaxError(`The name of a field belongs here, not ${described(token)}.`, token)
  }
  const problem = fieldNameProblem(token.text)
  if (problem) throw syntaxError(problem, token)
  if (seen.has(token.text)) throw syntaxError(`There is a field \`${token.text}\` already. Rename or remove one of the two.`, token)
  seen.add(token.text)
  const type: FieldType = reader.takeSign(':') ? parseType(reader) : { kind: 'str' }
  if (reader.takeSign('=')) skipDefault(reader)
  return { name: token.text, type }
}

function skipDefault(reader: TokenReader): void {
  let depth = 0
  while (reader.peek().kind !== 'end') {
    if (depth === 0 && (reader.isSign(',') || reader.isSign('->'))) return
    const { text, kind } = reader.take()
    if (kind !== 'sign') continue
    if ('([{'.includes(text)) depth += 1
    if (')]}'.includes(text)) depth -= 1
  }
}
