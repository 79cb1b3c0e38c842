import { z } from 'zod'
import { defineMetric } from './define-metric'
import { fieldParam } from './field-param'
import { fieldValues } from './field-values'
import { answersOf, comparableText, tokensOf } from './normalize-text'

/** DSPy's `F1`: the best token overlap with any of the answers. */
export const tokenF1 = defineMetric({
  id: 'token-f1',
  title: 'Token F1',
  help: 'How many words the answer and the label share, from 0 to 1. Gives part of the point for a partly right text.',
  params: z.object({ field: fieldParam }),
  labels: ({ field }) => [field],
  bind: ({ field }) =>
    Promise.resolve(input => {
      const { label, predicted } = fieldValues(input, field)
      const text = comparableText(predicted)
      return Promise.resolve({ value: Math.max(0, ...answersOf(label).map(answer => f1Score(text, comparableText(answer)))) })
    }),
})

/** Two times precision times recall over their sum, on token multisets. No overlap is 0, also when both are empty. */
export function f1Score(predicted: string, answer: string): number {
  const left = tokensOf(predicted)
  const right = tokensOf(answer)
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
