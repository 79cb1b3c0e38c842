import type { Json } from '@/lib/json'
import { fieldNameProblem } from './types/field-name'
import { parseLiteral } from './parse-literal'
import { parseType } from './parse-type'
import { described, type NameScope, syntaxError, type SyntaxRemark, TokenReader } from './tokens'
import type { ClassType, FieldType } from './types/field-type'

export interface NamedType {
  readonly name: string
  readonly type: FieldType
  readonly default?: Json
}
export interface SignatureLine {
  readonly inputs: readonly NamedType[]
  readonly outputs: readonly NamedType[]
  /** What was read otherwise than it was written. */
  readonly remarks: readonly SyntaxRemark[]
}

/**
 * Reads DSPy's short form of a signature, `question, context: list[str] -> answer: float`. A field without a type is `str`; either side may
 * be empty; a default is a plain value, `k: int = 3`. `classes` are the types that may be named.
 * Throws `EngineError` `signature-syntax` with `facts.position` and `facts.end`, indexes into the line.
 *
 * Differs: a default is kept (DSPy drops it) and may stand before fields without one; a name that stands twice on one side is refused (DSPy
 * keeps one field without a word), and so are `*args`, `*` and `/`, which take fields away there; an arrow inside a quoted option does not
 * count as a second arrow. Source: dspy-spec §1.1.
 */
export function parseSignatureLine(line: string, classes: readonly ClassType[] | NameScope = []): SignatureLine {
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
  return { inputs, outputs, remarks: reader.remarks }
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
    if (token.text === '*' || token.text === '/')
      throw syntaxError(`DSPy drops fields around \`${token.text}\`. Remove it, and name every field.`, token)
    throw syntaxError(`The name of a field belongs here, not ${described(token)}.`, token)
  }
  const problem = fieldNameProblem(token.text)
  if (problem) throw syntaxError(problem, token)
  if (seen.has(token.text)) throw syntaxError(`There is a field \`${token.text}\` already. Rename or remove one of the two.`, token)
  seen.add(token.text)
  if (namesOfDspy.has(token.text))
    reader.remark(`\`${token.text}\` is a name of DSPy's own: this works here, but not as a field in Python. Choose another name.`, token)
  const type: FieldType = reader.takeSign(':') ? parseType(reader) : { kind: 'str' }
  return { name: token.text, type, ...(reader.takeSign('=') && { default: parseDefault(reader) }) }
}

function parseDefault(reader: TokenReader): Json {
  if (reader.isSign('>')) throw syntaxError('Write the arrow as `->`: question -> answer.', reader.peek())
  return parseLiteral(reader)
}

/** Attributes of a signature class that a field of the same name breaks. */
const namesOfDspy: ReadonlySet<string> = new Set([
  'fields',
  'input_fields',
  'output_fields',
  'instructions',
  'signature',
  'model_config',
  'model_dump',
  'model_dump_json',
  'model_validate',
  'model_validate_json',
  'model_validate_strings',
])
