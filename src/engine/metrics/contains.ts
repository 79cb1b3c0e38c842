import { z } from 'zod'
import { defineMetric } from './define-metric'
import { fieldParam } from './field-param'
import { fieldValues } from './field-values'
import { answersOf, comparableText, normalizeText } from './normalize-text'

export const contains = defineMetric({
  id: 'contains',
  title: 'Contains',
  help: '1 when the answer contains the label, or one of a list of labels, as whole words.',
  params: z.object({
    field: fieldParam,
    whole_words: z.boolean().default(true).meta({ title: 'Whole words', help: 'Off: "cat" is also found in "category".' }),
  }),
  labels: ({ field }) => [field],
  bind: ({ field, whole_words: wholeWords }) =>
    Promise.resolve(input => {
      const { label, predicted } = fieldValues(input, field)
      const pad = wholeWords ? ' ' : ''
      const text = pad + normalizeText(comparableText(predicted)) + pad
      const isFound = answersOf(label).some(answer => {
        const wanted = normalizeText(comparableText(answer))
        return wanted !== '' && text.includes(pad + wanted + pad)
      })
      return Promise.resolve({
        value: isFound ? 1 : 0,
        ...(isFound ? {} : { feedback: `The answer should mention ${comparableText(label)}.` }),
      })
    }),
})
