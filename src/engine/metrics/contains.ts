import { z } from 'zod'
import type { Json } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import { defineMetric } from './define-metric'
import { fieldParam } from './field-param'
import { fieldValues } from './field-values'
import { containsWords } from './contains-words'
import { answersOf, comparableText, normalizeText } from './normalize-text'
import { reachOf } from './reach'
import { isSameAnswer, textRuleParam, withoutOptional, type TextRule } from './rules'

export const contains = defineMetric({
  id: 'contains',
  title: 'Contains',
  help: '1 when the answer contains the label, or one of a list of labels, as whole words.',
  params: z.object({
    field: fieldParam,
    whole_words: z.boolean().default(true).meta({ title: 'Whole words', help: 'Off: "cat" is also found in "category".' }),
    rule: textRuleParam,
  }),
  before: { rule: 'dspy' },
  labels: ({ field }) => [field],
  reach: ({ rule, whole_words: wholeWords }, type) => {
    const plain = withoutOptional(type)
    if (plain?.kind === 'enum' && rule === 'distinct')
      return reachOf(rule, type, (label, value) => isContained({ rule, wholeWords, type }, label, value))
    const answers = plain?.kind === 'enum' ? plain.values : plain?.kind === 'bool' ? [true, false] : undefined
    return answers ? label => answers.some(answer => isContained({ rule, wholeWords, type }, label, answer)) : () => true
  },
  bind: ({ field, whole_words: wholeWords, rule }, { typeOf }) => {
    const type = typeOf?.(field)
    return Promise.resolve(input => {
      const { label, predicted } = fieldValues(input, field)
      const isFound = isContained({ rule, wholeWords, type }, label, predicted)
      return Promise.resolve({
        value: isFound ? 1 : 0,
        ...(isFound ? {} : { feedback: `The answer should mention ${comparableText(label)}.` }),
      })
    })
  },
})

interface Search {
  readonly rule: TextRule
  readonly wholeWords: boolean
  readonly type: FieldType | undefined
}

function isContained({ rule, wholeWords, type }: Search, label: Json, predicted: Json): boolean {
  const plain = withoutOptional(type)
  return answersOf(label).some(answer => {
    if (rule === 'distinct' && plain?.kind === 'enum') return isSameAnswer(rule, plain, answer, predicted)
    const [text, wanted] = [comparableText(predicted), comparableText(answer)]
    return rule === 'dspy' ? containsNormalized(text, wanted, wholeWords) : containsWords(text, wanted, wholeWords)
  })
}

function containsNormalized(text: string, wanted: string, wholeWords: boolean): boolean {
  const pad = wholeWords ? ' ' : ''
  const normal = normalizeText(wanted)
  return normal !== '' && (pad + normalizeText(text) + pad).includes(pad + normal + pad)
}
