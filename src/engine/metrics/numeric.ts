import { z } from 'zod'
import type { Json } from '@/lib/json'
import { EngineError } from '../base/errors'
import { defineMetric } from './define-metric'
import { fieldParam } from './field-param'
import { fieldValues } from './field-values'
import { comparableText } from './normalize-text'

export const numeric = defineMetric({
  id: 'numeric',
  title: 'Number with tolerance',
  help: '1 when the number is near enough to the label. In a text, the last number counts.',
  params: z.object({
    field: fieldParam,
    absolute: z.number().min(0).default(1e-6).meta({ title: 'Absolute tolerance', help: 'Largest difference that still counts as right.' }),
    relative: z
      .number()
      .min(0)
      .default(0)
      .meta({ title: 'Relative tolerance', help: 'The same as a share of the label: 0.01 allows one percent.' }),
  }),
  labels: ({ field }) => [field],
  bind: ({ field, absolute, relative }) =>
    Promise.resolve(input => {
      const { label, predicted } = fieldValues(input, field)
      const expected = numberIn(label)
      if (expected === undefined) {
        throw new EngineError(
          'metric-failed',
          `The label "${comparableText(label)}" of "${field}" holds no number. Correct the row or choose another metric.`,
          { field },
        )
      }
      const found = numberIn(predicted)
      const isNear = found !== undefined && Math.abs(found - expected) <= Math.max(absolute, relative * Math.abs(expected))
      return Promise.resolve({
        value: isNear ? 1 : 0,
        ...(isNear ? {} : { feedback: `Expected ${expected}, got ${found ?? 'no number'}.` }),
      })
    }),
})

/** The number a value is, or the last one in its text. Commas between thousands are skipped: `$1,250.50` is 1250.5. */
export function numberIn(value: Json): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string') return undefined
  const found = value.match(/(?<![\w.])[-+−]?\$?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)/gi)
  const last = found?.filter(text => /\d/.test(text)).at(-1)
  if (last === undefined) return undefined
  const number = Number(last.replace(/[,$+]/g, '').replace('−', '-'))
  return Number.isFinite(number) ? number : undefined
}
