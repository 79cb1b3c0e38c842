import { z } from 'zod'
import type { Values } from '../base/example'
import type { ErrorJson } from '../base/errors'

/**
 * Values of a row, of a step or of a demo. What was written by the engine may hold what JSON has no word for, such as a number beyond
 * its range or a value that is not there: it is as good as it was then.
 */
export const valuesSchema = z.custom<Values>(
  value => isPlain(value) && !Array.isArray(value) && typeof value === 'object',
  'is not an object of values',
)

/** Any number, an infinite one included: a sum that ran over is no reason to lose a record. */
export const amountSchema = z.custom<number>(value => typeof value === 'number', 'is not a number')

/** The codes of later versions are words like any other. */
export const errorSchema = z.custom<ErrorJson>(value => {
  const { code, message, facts } = Object(value)
  return typeof code === 'string' && typeof message === 'string' && (facts === undefined || (typeof facts === 'object' && isPlain(facts)))
}, 'is not an error')

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (Array.isArray(value)) return value.every(isPlain)
  return (
    Object.getPrototypeOf(value) === Object.prototype && Object.entries(value).every(([key, item]) => key !== '__proto__' && isPlain(item))
  )
}
