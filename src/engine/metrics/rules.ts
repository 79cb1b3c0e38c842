import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { canonicalJson } from '@/lib/canonical-json'
import type { EnumValue, FieldType } from '../signature/types/field-type'
import { answerType, plainAnswer } from '../signature/types/decision-kinds'
import { valuesOfEnum } from '../signature/types/class-kinds'
import { partType } from '../signature/types/registry'
import { distinctText } from './distinct-text'
import { comparableText, normalizeText } from './normalize-text'

/** How texts are compared: so that no two different answers are one, or by the normalisation of DSPy, which drops all punctuation. */
export const textRules = ['distinct', 'dspy'] as const
export type TextRule = (typeof textRules)[number]

export const textRuleParam = z.enum(textRules).default('distinct').meta({
  title: 'Comparison',
  help: 'distinct: case, quotes, closing punctuation and articles do not count; signs, decimal points and symbols do, and the options of a Literal are compared letter by letter. dspy: DSPy-exact, without any punctuation, so that 1.5 equals 15 and C# equals C.',
})

/** What an answer is counted by: two that are the same under a rule have the same key. */
export function answerKey(rule: TextRule, type: FieldType | undefined, whole: Json | undefined): string {
  const value = whole === undefined ? undefined : plainAnswer(whole)
  if (rule === 'dspy') return typeof value === 'string' ? normalizeText(value) : canonicalJson(value ?? null)
  const plain = withoutOptional(type)
  if (plain?.kind === 'enum') return optionOf(plain.values, value) ?? `text ${comparableText(value)}`
  if (typeof value === 'string') return `text ${distinctText(value)}`
  if (Array.isArray(value)) return listKey(rule, plain, value)
  if (isJsonObject(value)) return canonicalJson(keysOfObject(rule, plain, value))
  return `text ${distinctText(comparableText(value))}`
}

/** A set has no order. */
function listKey(rule: TextRule, type: FieldType | undefined, list: readonly Json[]): string {
  const keys = list.map((item, at) => answerKey(rule, type && partType(type, at), item))
  return canonicalJson(type?.kind === 'set' ? keys.toSorted() : keys)
}

function keysOfObject(rule: TextRule, type: FieldType | undefined, object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, item]) => [name, answerKey(rule, type && partType(type, name), item)]))
}

/** Whether a label and an answer are the same under a rule. */
export function isSameAnswer(rule: TextRule, type: FieldType | undefined, label: Json, predicted: Json): boolean {
  if (typeof label === 'number' && typeof predicted === 'number') return label === predicted
  if (rule === 'dspy') return normalizeText(comparableText(label)) === normalizeText(comparableText(predicted))
  if (answerKey(rule, type, label) === answerKey(rule, type, predicted)) return true
  const kind = withoutOptional(type)?.kind
  if (kind === 'enum') return false
  // A list or an object beside a text that is its JSON, and a number beside its digits.
  if (typeof label === typeof predicted) return false
  const [one, other] = [comparableText(label), comparableText(predicted)]
  if (typeof label === 'number' || typeof predicted === 'number')
    return isPlainNumber(one) && isPlainNumber(other) && Number(one) === Number(other)
  return distinctText(one) === distinctText(other)
}

function isPlainNumber(text: string): boolean {
  return /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(text)
}

/** Which option of a Literal a value is, letter by letter; a label in other letters counts where it can mean one option only. */
function optionOf(options: readonly EnumValue[], value: Json | undefined): string | undefined {
  const text = comparableText(value)
  const exact = options.find(option => comparableText(option) === text || (option === null && text === 'None'))
  if (exact !== undefined) return `option ${comparableText(exact)}`
  const key = distinctText(text)
  const near = options.filter(option => distinctText(comparableText(option)) === key)
  return near.length === 1 ? `option ${comparableText(near[0])}` : undefined
}

/** Whether a label is the same as an option of a Literal, for many labels: what `isSameAnswer` says of one of them at least. */
export function optionMatcher(rule: TextRule, options: readonly EnumValue[]): (label: Json) => boolean {
  const texts = options.map(option => comparableText(option))
  if (rule === 'dspy') {
    const normal = new Set(texts.map(normalizeText))
    return label => normal.has(normalizeText(comparableText(label)))
  }
  const exact = new Set(texts)
  const near = new Map<string, number>()
  for (const text of texts.map(distinctText)) near.set(text, (near.get(text) ?? 0) + 1)
  return label => {
    const text = comparableText(label)
    return exact.has(text) || near.get(distinctText(text)) === 1
  }
}

/** What a value is compared as: an optional type as the type itself, an Enum as a Literal of its values, a decision as its answer. */
export function withoutOptional(type: FieldType | undefined): FieldType | undefined {
  if (type?.kind === 'optional') return withoutOptional(type.of)
  return type?.kind === 'enum-class' ? { kind: 'enum', values: valuesOfEnum(type) } : type && answerType(type)
}
