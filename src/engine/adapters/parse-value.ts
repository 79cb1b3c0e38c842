import type { Json } from '@/lib/json'
import { coerceValue, type Coerced } from '../signature/check-value'
import { isPythonEqual } from '../signature/types/choice-kind'
import type { FieldType, TypeOf } from '../signature/types/field-type'
import { typeKind } from '../signature/types/registry'
import { readLooseJson } from './loose-json'

/**
 * Reads what a model wrote for one output: the text of a chat section, or a value out of a JSON answer. Rules of
 * DSPy's `parse_value`; how values then fit a type is `coerceValue`.
 *
 * Differs: an `Any` field keeps prose that merely contains brackets (DSPy would cut out the bracketed part), an optional enum takes the
 * quoted forms that a plain enum takes, and a text that a union may hold is taken as it is where what was read out of it fits nothing.
 */
export function parseValue(type: FieldType, value: Json): Coerced {
  if (type.kind === 'str') return coerceValue(type, value)
  if (typeof value !== 'string') return coerceValue(type, value)
  if (type.kind === 'enum' || type.kind === 'enum-class') return parseOption(type, value)
  const own = type.kind === 'optional' ? ownReading(type.of, value, true) : ownReading(type, value)
  if (own !== undefined) return { ok: true, value: own }
  // A text that may be null: every text is itself, `null` too.
  if (type.kind === 'optional' && holdsText(type.of)) return coerceValue(type.of, value)
  if (type.kind === 'optional' && type.of.kind === 'enum') return parseOptionalOption(type, type.of, value)
  const read = readLooseJson(value, { anywhere: type.kind !== 'any' })
  const result = coerceValue(type, read === undefined ? value : read)
  // `1,000` reads as a Python tuple: the reason should show what the model wrote. And a text that may be one is taken as it is.
  return result.ok || !(isScalar(type) || type.kind === 'union') ? result : coerceValue(type, value)
}

/** The same by DSPy's rules to the letter, where `parseValue` is more lenient. */
export function parseValueExactly(type: FieldType, value: Json): Coerced {
  if (type.kind === 'enum-class') return exactMember(type, value)
  const isOwn = type.kind === 'str' || type.kind === 'enum' || typeKind(type).read !== undefined
  if (typeof value !== 'string' || isOwn) return parseValue(type, value)
  if (type.kind === 'optional' && (type.of.kind === 'str' || (type.of.kind === 'union' && type.of.of.some(({ kind }) => kind === 'str'))))
    return coerceValue(type, value)
  const read = readLooseJson(value, { anywhere: true })
  return coerceValue(type, read === undefined ? value : read)
}

function exactMember(type: TypeOf<'enum-class'>, value: Json): Coerced {
  const member = type.members.find(each => isPythonEqual(each.value, value)) ?? type.members.find(({ name }) => name === value)
  return member ? { ok: true, value: member.value } : { ok: false, reason: `it is neither a name nor a value of ${type.name}` }
}

/** A text that a type reads by rules of its own; where it may be empty, `null` in any spelling is nothing. */
function ownReading(type: FieldType, text: string, mayBeEmpty = false): Json | undefined {
  const { read } = typeKind(type)
  if (read === undefined) return undefined
  return mayBeEmpty && /^\s*(?:null|none)\s*$/i.test(text) ? null : read(type, text)
}

/** An option first, so that one called `null` or `5` stays a text; then null in any spelling. */
function parseOptionalOption(type: FieldType, of: FieldType, text: string): Coerced {
  const exact = coerceValue(of, text)
  if (exact.ok) return exact
  const read = readLooseJson(text, { anywhere: false })
  const result = read === undefined ? exact : coerceValue(type, read)
  return result.ok ? result : parseOption(of, text)
}

/** True where any text fits as it is. To DSPy one with bounds is none: it reads `null` out of it. */
function holdsText(type: FieldType): boolean {
  return (type.kind === 'str' && type.constraints === undefined) || (type.kind === 'union' && type.of.some(holdsText))
}

function isScalar(type: FieldType): boolean {
  return (
    isTime(type) || type.kind === 'int' || type.kind === 'float' || type.kind === 'bool' || (type.kind === 'optional' && isScalar(type.of))
  )
}

/** What reads as a number or a list of numbers, and is a point in time all the same. */
function isTime({ kind }: FieldType): boolean {
  return kind === 'date' || kind === 'datetime' || kind === 'time'
}

/** An option as it is, or after taking off what models wrap around one: `Literal[…]`, `str[…]`, quotes. */
function parseOption(type: FieldType, text: string): Coerced {
  const asIs = coerceValue(type, text)
  if (asIs.ok) return asIs
  const bare = text.trim().replace(/^(?:Literal|str)\[([\s\S]*)\]$/, '$1')
  const quote = bare[0]
  const isQuoted = bare.length > 1 && (quote === '"' || quote === "'") && bare.endsWith(quote)
  const unquoted = coerceValue(type, isQuoted ? bare.slice(1, -1) : bare)
  return unquoted.ok ? unquoted : asIs
}
