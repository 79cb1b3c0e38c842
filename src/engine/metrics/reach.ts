import type { Json } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import { coerceValue } from '../signature/check-value'
import { distinctText } from './distinct-text'
import { answersOf, comparableText, normalizeText } from './normalize-text'
import { optionMatcher, withoutOptional, type TextRule } from './rules'

/**
 * Whether an answer of a type could match a label, for metrics that compare texts: the label is held against the answers of that type
 * that are likest to it. Texts, lists and objects can be anything, so only a Literal, a number, a bool and a point in time are ever out of reach.
 */
export function reachOf(
  rule: TextRule,
  type: FieldType | undefined,
  matches: (label: Json, predicted: Json) => boolean,
): (label: Json) => boolean {
  const plain = withoutOptional(type)
  const isOptional = type?.kind === 'optional'
  const isNothing = (label: Json): boolean => isOptional && matches(label, null)
  const isNumberOf = (kind: 'int' | 'float', label: Json): boolean =>
    [label, ...answersOf(label)].some(answer => numbersLike(kind, answer).some(value => matches(label, value)))
  switch (plain?.kind) {
    case 'enum': {
      const isOption = optionMatcher(rule, plain.values)
      return label => isOption(label) || answersOf(label).some(isOption) || isNothing(label)
    }
    case 'bool':
      return label => matches(label, true) || matches(label, false) || isNothing(label)
    case 'int':
      return label => isNumberOf('int', label) || isNothing(label)
    case 'float':
      return label => isNumberOf('float', label) || isNothing(label)
    case 'date':
    case 'datetime':
    case 'time':
      // Of a text with letters no part is in an answer that has none.
      return label =>
        answersOf(label).some(answer => !/[a-su-y]/i.test(comparableText(answer)) || coerceValue(plain, answer).ok) || isNothing(label)
    default:
      return () => true
  }
}

/** Numbers of a type whose text could be taken for this label. */
export function numbersLike(kind: 'int' | 'float', label: Json): readonly Json[] {
  const read = coerceValue({ kind }, label)
  const text = comparableText(label)
  const numbers = [text, distinctText(text), normalizeText(text)]
    .filter(each => each.trim() !== '')
    .map(Number)
    .filter(value => (kind === 'int' ? Number.isInteger(value) : Number.isFinite(value)))
  return read.ok ? [read.value, ...numbers] : numbers
}
