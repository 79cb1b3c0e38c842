import { z } from 'zod'
import { isUnsafeInteger } from '@/lib/exact-json'
import type { Json } from '@/lib/json'
import { EngineError } from '../base/errors'
import { defineMetric } from './define-metric'
import { fieldParam } from './field-param'
import { fieldValues } from './field-values'
import { comparableText } from './normalize-text'
import { numbersLike } from './reach'
import { readNumber } from './read-number'
import { withoutOptional } from './rules'

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
    numbers: z.enum(['every-country', 'english']).default('every-country').meta({
      title: 'Numbers are written',
      help: 'every-country: 1.250,50 and 1 250,50 are read whole, and what has no one reading, such as a date, is not a number. english: a comma stands between thousands only.',
    }),
  }),
  before: { numbers: 'english' },
  labels: ({ field }) => [field],
  reach: (params, type) => {
    const numberOf = params.numbers === 'english' ? numberIn : readNumber
    const plain = withoutOptional(type)
    const reaches = (label: Json, expected: number): boolean => {
      switch (plain?.kind) {
        case 'int':
        case 'float':
          return [...numbersLike(plain.kind, label), plain.kind === 'int' ? Math.round(expected) : expected].some(value =>
            isNear(params, label, value),
          )
        case 'enum':
          return plain.values.some(value => isNear(params, label, value))
        default:
          // No number is read in a bool, a list or an object.
          return plain === undefined || plain.kind === 'str' || plain.kind === 'any'
      }
    }
    return label => {
      const expected = numberOf(label)
      return expected !== undefined && reaches(label, expected)
    }
  },
  bind: params => {
    const { field } = params
    const numberOf = params.numbers === 'english' ? numberIn : readNumber
    return Promise.resolve(input => {
      const { label, predicted } = fieldValues(input, field)
      const expected = numberOf(label)
      if (expected === undefined) {
        throw new EngineError(
          'metric-failed',
          `The label "${comparableText(label)}" of "${field}" holds no number that can be read in one way. Correct the row or choose another metric.`,
          { field },
        )
      }
      const isRight = isNear(params, label, predicted)
      return Promise.resolve({
        value: isRight ? 1 : 0,
        ...(isRight ? {} : { feedback: `Expected ${expected}, got ${numberOf(predicted) ?? 'no number'}.` }),
      })
    })
  },
})

interface Nearness {
  readonly absolute: number
  readonly relative: number
  readonly numbers: 'every-country' | 'english'
}

function isNear({ absolute, relative, numbers }: Nearness, label: Json, predicted: Json): boolean {
  const numberOf = numbers === 'english' ? numberIn : readNumber
  const [expected, found] = [numberOf(label), numberOf(predicted)]
  if (expected === undefined || found === undefined) return false
  return (longDistance(label, predicted) ?? Math.abs(found - expected)) <= Math.max(absolute, relative * Math.abs(expected))
}

/** How far two whole numbers are apart of which one lies beyond 2^53 and is held as text; undefined for others. */
function longDistance(label: Json, predicted: Json): number | undefined {
  const [a = '', b = ''] = [label, predicted].map(value =>
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '',
  )
  if (![a, b].every(text => /^-?\d{1,400}$/.test(text)) || ![a, b].some(isUnsafeInteger)) return undefined
  const difference = BigInt(a) - BigInt(b)
  return Number(difference < 0n ? -difference : difference)
}

/** The same as an English text writes it, which may read half of another. Commas between thousands are skipped: `$1,250.50` is 1250.5. */
export function numberIn(value: Json): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string') return undefined
  const found = value.match(/(?<![\w.])[-+−]?\$?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)/gi)
  const last = found?.filter(text => /\d/.test(text)).at(-1)
  if (last === undefined) return undefined
  const number = Number(last.replace(/[,$+]/g, '').replace('−', '-'))
  return Number.isFinite(number) ? number : undefined
}
