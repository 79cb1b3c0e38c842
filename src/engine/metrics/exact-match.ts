import { z } from 'zod'
import type { Json } from '@/lib/json'
import { defineMetric } from './define-metric'
import { fieldParam } from './field-param'
import { fieldValues } from './field-values'
import { answersOf, comparableText, normalizeText } from './normalize-text'

/** DSPy's `answer_exact_match` on any field. */
export const exactMatch = defineMetric({
  id: 'exact-match',
  title: 'Exact match',
  help: '1 when the answer equals the label, or one of a list of labels. Case, punctuation and a, an, the do not count.',
  params: z.object({ field: fieldParam }),
  labels: ({ field }) => [field],
  bind: ({ field }) =>
    Promise.resolve(input => {
      const { label, predicted } = fieldValues(input, field)
      const isMatch = answersOf(label).some(answer => isSame(answer, predicted)) || (Array.isArray(label) && isSame(label, predicted))
      return Promise.resolve({
        value: isMatch ? 1 : 0,
        ...(isMatch ? {} : { feedback: `Expected ${comparableText(label)}, got ${comparableText(predicted)}.` }),
      })
    }),
})

/** Differs: numbers are compared as numbers. As text without punctuation, 1.5 would equal 15. */
function isSame(answer: Json, predicted: Json): boolean {
  if (typeof answer === 'number' && typeof predicted === 'number') return answer === predicted
  return normalizeText(comparableText(answer)) === normalizeText(comparableText(predicted))
}
