import { z } from 'zod'
import type { Json } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import { defineMetric } from './define-metric'
import { fieldParam } from './field-param'
import { fieldValues } from './field-values'
import { answersOf, comparableText } from './normalize-text'
import { reachOf } from './reach'
import { isSameAnswer, textRuleParam, type TextRule } from './rules'

/** `answer_exact_match` on any field. Differs: by default the rule of comparison keeps signs, decimal points and symbols; `dspy` is DSPy's own. */
export const exactMatch = defineMetric({
  id: 'exact-match',
  title: 'Exact match',
  help: '1 when the answer equals the label, or one of a list of labels. Case, closing punctuation and a, an, the do not count.',
  params: z.object({ field: fieldParam, rule: textRuleParam }),
  before: { rule: 'dspy' },
  labels: ({ field }) => [field],
  reach: ({ rule }, type) => reachOf(rule, type, (label, predicted) => isExactMatch(rule, type, label, predicted)),
  bind: ({ field, rule }, { typeOf }) => {
    const type = typeOf?.(field)
    return Promise.resolve(input => {
      const { label, predicted } = fieldValues(input, field)
      const isMatch = isExactMatch(rule, type, label, predicted)
      return Promise.resolve({
        value: isMatch ? 1 : 0,
        ...(isMatch ? {} : { feedback: `Expected ${comparableText(label)}, got ${comparableText(predicted)}.` }),
      })
    })
  },
})

function isExactMatch(rule: TextRule, type: FieldType | undefined, label: Json, predicted: Json): boolean {
  const itemType = type?.kind === 'list' || type?.kind === 'set' ? type.of : undefined
  return (
    answersOf(label).some(answer => isSameAnswer(rule, Array.isArray(predicted) ? itemType : type, answer, predicted)) ||
    (Array.isArray(label) && isSameAnswer(rule, type, label, predicted))
  )
}
