import { z } from 'zod'
import type { Json } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import { defineMetric } from './define-metric'
import { fieldParam } from './field-param'
import { fieldValues } from './field-values'
import { allWords, distinctWords, isArticle } from './distinct-text'
import { answersOf, comparableText, tokensOf } from './normalize-text'
import { reachOf } from './reach'
import { isSameAnswer, textRuleParam, withoutOptional, type TextRule } from './rules'

/** DSPy's `F1`: the best token overlap with any of the answers. */
export const tokenF1 = defineMetric({
  id: 'token-f1',
  title: 'Token F1',
  help: 'How many words the answer and the label share, from 0 to 1. Gives part of the point for a partly right text.',
  params: z.object({ field: fieldParam, rule: textRuleParam }),
  before: { rule: 'dspy' },
  labels: ({ field }) => [field],
  reach: ({ rule }, type) => {
    const plain = withoutOptional(type)
    if (plain?.kind === 'enum' && rule === 'distinct')
      return reachOf(rule, type, (label, value) => bestOverlap(rule, type, label, value) > 0)
    const answers = plain?.kind === 'enum' ? plain.values : plain?.kind === 'bool' ? [true, false] : undefined
    return answers ? label => answers.some(answer => bestOverlap(rule, type, label, answer) > 0) : () => true
  },
  bind: ({ field, rule }, { typeOf }) => {
    const type = typeOf?.(field)
    return Promise.resolve(input => {
      const { label, predicted } = fieldValues(input, field)
      return Promise.resolve({ value: bestOverlap(rule, type, label, predicted) })
    })
  },
})

/** Of the answers that a label holds, the one that shares most with what was predicted. */
function bestOverlap(rule: TextRule, type: FieldType | undefined, label: Json, predicted: Json): number {
  const plain = withoutOptional(type)
  const text = comparableText(predicted)
  const scores = answersOf(label).map(answer => {
    if (rule === 'distinct' && plain?.kind === 'enum') return isSameAnswer(rule, plain, answer, predicted) ? 1 : 0
    return f1Score(text, comparableText(answer), rule)
  })
  return Math.max(0, ...scores)
}

/** Two times precision times recall over their sum, on token multisets. No overlap is 0, also when both are empty. */
export function f1Score(predicted: string, answer: string, rule: TextRule): number {
  const [left, right] = rule === 'dspy' ? [tokensOf(predicted), tokensOf(answer)] : distinctTokens(predicted, answer)
  const counts = new Map<string, number>()
  for (const token of right) counts.set(token, (counts.get(token) ?? 0) + 1)
  let shared = 0
  for (const token of left) {
    const count = counts.get(token) ?? 0
    if (count === 0) continue
    counts.set(token, count - 1)
    shared += 1
  }
  if (shared === 0) return 0
  const precision = shared / left.length
  const recall = shared / right.length
  return (2 * precision * recall) / (precision + recall)
}

/** An answer that is an article by its letters ("A") is compared with all words of the text. */
function distinctTokens(predicted: string, answer: string): readonly [readonly string[], readonly string[]] {
  const wanted = distinctWords(answer)
  return [wanted.every(word => isArticle(word, 'word')) ? allWords(predicted) : distinctWords(predicted), wanted]
}
