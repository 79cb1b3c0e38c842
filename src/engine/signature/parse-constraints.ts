import { constraintNames } from './types/constraint-rules'
import { isTimeText } from './types/time-kinds'
import type { Constraints } from './types/constraints'
import { described, syntaxError, type Token, type TokenReader } from './tokens'

/** Reads the bounds of `Field(ge=0, le=10)`, with the reader behind the word `Field`. Throws `signature-syntax`. */
export function parseConstraints(reader: TokenReader): Constraints {
  reader.expectSign('(', '`Field`')
  const found: Record<string, string | number | boolean> = {}
  while (!reader.isSign(')')) {
    const name = reader.take()
    const key = keysByName.get(name.text)
    if (name.kind !== 'name' || key === undefined) throw syntaxError(adviceFor(name), name)
    if (Object.hasOwn(found, key)) throw syntaxError(`\`${name.text}\` is there twice. Remove one.`, name)
    reader.expectSign('=', `\`${name.text}\``)
    found[key] = parseBound(key, reader)
    if (!reader.takeSign(',')) break
  }
  reader.expectSign(')', 'the last bound')
  return found
}

function parseBound(key: keyof Constraints, reader: TokenReader): string | number | boolean {
  const isNegative = reader.takeSign('-')
  const token = reader.take()
  const value = valueOf(token, isNegative)
  // A day or a time; whether the type has such bounds is asked where the two meet.
  if (timeBounds.has(key) && typeof value === 'string' && isTimeText(value)) return value
  if (key === 'pattern' ? typeof value === 'string' : key === 'allowInfNan' ? typeof value === 'boolean' : isNumberFor(key, value))
    return value ?? 0
  throw syntaxError(
    `${wanted[key] ?? (timeBounds.has(key) ? 'A number, or a day or time in quotes,' : 'A number')} belongs here, not ${described(token)}.`,
    token,
  )
}

function valueOf(token: Token, isNegative: boolean): string | number | boolean | undefined {
  if (token.kind === 'number') return Number(token.text.replaceAll('_', '')) * (isNegative ? -1 : 1)
  if (isNegative) return undefined
  if (token.kind === 'string') return token.text
  return token.text === 'True' ? true : token.text === 'False' ? false : undefined
}

function isNumberFor(key: keyof Constraints, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false
  return (key !== 'minLength' && key !== 'maxLength') || (Number.isInteger(value) && value >= 0)
}

function adviceFor(token: Token): string {
  if (token.text === 'description') return 'Write the description into that of the field.'
  if (token.text === 'default') return 'A type has no default. Give it to the field.'
  return `A bound such as \`ge\` belongs here, not ${described(token)}. There are ${Object.values(constraintNames).join(', ')}.`
}

const timeBounds: ReadonlySet<keyof Constraints> = new Set<keyof Constraints>(['gt', 'ge', 'lt', 'le'])
const wanted: Partial<Record<keyof Constraints, string>> = {
  pattern: 'A text in quotes',
  allowInfNan: 'True or False',
  minLength: 'A whole number',
  maxLength: 'A whole number',
}

const keysByName: ReadonlyMap<string, keyof Constraints> = new Map(
  // The keys of the table are those of the interface.
  Object.entries(constraintNames).map(([key, name]) => [name, key as keyof Constraints]),
)
