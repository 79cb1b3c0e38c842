import type { Json } from '@/lib/json'
import { parseLiteral } from './parse-literal'
import { syntaxError, type Token, type TokenReader } from './tokens'
import { optionLabel } from './types/decision-kinds'
import type { ChoiceOption, EnumValue, FieldType, TypeOf } from './types/field-type'

type DecisionName = 'Noul' | 'Choice' | 'Score'

/** The decisions of `dspy.experimental`, with the package or without. */
export function isDecisionName(name: string): boolean {
  return nameOf(name) !== undefined
}

function nameOf(name: string): DecisionName | undefined {
  const bare = name.startsWith(experimental) ? name.slice(experimental.length) : name
  return bare === 'Noul' || bare === 'Choice' || bare === 'Score' ? bare : undefined
}
const experimental = 'dspy.experimental.'

/**
 * `Noul`, `Noul[(True, 'when')]`, `Choice[('a', 'when'), …]`, `Score['low', 'high']`; the name was read. Source: dspy-spec-3.4 §B.1.
 * Differs: `Choice` and `Score` without brackets are refused, since DSPy takes no decision for them.
 */
export function parseDecision(name: string, token: Token, reader: TokenReader): FieldType {
  const kind = nameOf(name)
  if (!reader.isSign('[')) {
    if (kind === 'Noul') return { kind: 'noul' }
    const written = kind === 'Choice' ? "Choice[('yes', 'when to say so'), ('no', None)]" : "Score['poor', 'good']"
    throw syntaxError(`\`${kind}\` needs to be told what there is to choose from: ${written}.`, token)
  }
  if (kind === 'Noul') return parseNoul(reader)
  return kind === 'Choice' ? { kind: 'choice', options: parseOptions(reader) } : parseScore(reader)
}

/** `Annotated[bool, Noul[…]]` and `Annotated[Literal[…], Choice[…]]`: the answer alone, decided in the same way. */
export function parsePlainDecision(type: FieldType, name: string, token: Token, reader: TokenReader): FieldType {
  const kind = nameOf(name)
  if (type.kind === 'bool' && kind === 'Noul') return { ...parseNoul(reader), isPlain: true }
  if (type.kind === 'enum' && kind === 'Choice') {
    if (!reader.isSign('[')) return { kind: 'choice', options: type.values.map(value => ({ value, desc: null })), isPlain: true }
    const options = parseOptions(reader)
    if (options.length !== type.values.length || !type.values.every(value => options.some(option => option.value === value)))
      throw syntaxError('The options of the `Choice` are those of the `Literal`. Name each of them once.', token)
    return { kind: 'choice', options, isPlain: true }
  }
  throw syntaxError(
    kind === 'Score'
      ? 'Use `Score[…]` itself as the type.'
      : '`Noul` goes with `bool`, and `Choice` with a `Literal`. Change one of the two.',
    token,
  )
}

function parseNoul(reader: TokenReader): TypeOf<'noul'> {
  if (!reader.isSign('[')) return { kind: 'noul' }
  const start = reader.peek()
  const criteria: { true?: Json; false?: Json } = {}
  for (const [value, desc] of parsePairs(reader)) {
    if (typeof value !== 'boolean') throw syntaxError("A `Noul` says when it is True and when False: Noul[(True, 'when it is so')].", start)
    const key = value ? 'true' : 'false'
    if (criteria[key] !== undefined) throw syntaxError(`${value ? 'True' : 'False'} is there twice. Remove one.`, start)
    criteria[key] = desc
  }
  return { kind: 'noul', criteria }
}

function parseOptions(reader: TokenReader): readonly ChoiceOption[] {
  const start = reader.peek()
  const options = parsePairs(reader).map(([value, desc]): ChoiceOption => {
    if (isOption(value)) return { value, desc }
    throw syntaxError('An option of a `Choice` is a text, a whole number, True, False or None.', start)
  })
  if (new Set(options.map(optionLabel)).size < options.length)
    throw syntaxError('Two options read the same. Remove one, or change it.', start)
  return options
}

function parseScore(reader: TokenReader): FieldType {
  reader.expectSign('[', '`Score`')
  const levels: Json[] = []
  while (!reader.isSign(']')) {
    levels.push(parseLiteral(reader))
    if (!reader.takeSign(',')) break
  }
  const end = reader.peek()
  reader.expectSign(']', 'the levels')
  if (levels.length < 2) throw syntaxError("A `Score` has two levels or more, from the lowest to the highest: Score['poor', 'good'].", end)
  return { kind: 'score', levels }
}

/** `[(a, 'when'), (b, 'when')]`; one pair may stand without its parentheses. */
function parsePairs(reader: TokenReader): readonly (readonly [Json, Json])[] {
  reader.expectSign('[', 'the name')
  const pairs: (readonly [Json, Json])[] = []
  if (!reader.isSign('(')) pairs.push(parsePair(reader))
  else
    while (reader.takeSign('(')) {
      pairs.push(parsePair(reader))
      reader.takeSign(',')
      reader.expectSign(')', 'the pair')
      if (!reader.takeSign(',')) break
    }
  reader.expectSign(']', 'the last pair')
  return pairs
}

function parsePair(reader: TokenReader): readonly [Json, Json] {
  const value = parseLiteral(reader)
  reader.expectSign(',', 'the option')
  return [value, parseLiteral(reader)]
}

function isOption(value: Json): value is EnumValue {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value))
}
