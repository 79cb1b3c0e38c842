import { isJsonObject, type Json } from '@/lib/json'
import { linearPattern, type LinearPattern } from '@/lib/linear-pattern'
import type { Constraints } from './constraints'
import { compareTimes } from './time-kinds'

/** Why a value of the type is outside of its bounds, as words behind `expected`. */
export function brokenConstraint(constraints: Constraints, value: Json): string | undefined {
  return (
    brokenNumber(constraints, value) ??
    brokenTime(constraints, value) ??
    brokenLength(constraints, value) ??
    brokenPattern(constraints, value)
  )
}

/** Why bounds cannot be used as they are. */
export function constraintProblem(constraints: Constraints): string | undefined {
  const { gt, ge, lt, le, multipleOf, minLength = 0, maxLength = Infinity, pattern } = constraints
  const isEmpty = [gt, ge].some(low =>
    [lt, le].some(high => low !== undefined && high !== undefined && leavesNothing(low, high, low === ge && high === le)),
  )
  if (isEmpty) return 'The bounds leave no value. Correct one of them.'
  if (multipleOf !== undefined && multipleOf <= 0) return 'A multiple of 0 or less is none. Write a number above 0.'
  if ([minLength, constraints.maxLength ?? 0].some(length => length < 0 || !Number.isInteger(length)))
    return 'A length is a whole number from 0 on. Correct it.'
  if (!(maxLength >= minLength)) return 'The least length is above the greatest. Correct one of them.'
  const read = pattern === undefined ? undefined : linearPattern(pattern)
  return read?.ok === false ? `The pattern cannot be used: ${read.reason}` : undefined
}

/** `isClosed`: both bounds are values that may be. */
function leavesNothing(low: number | string, high: number | string, isClosed: boolean): boolean {
  const order = typeof low === 'number' && typeof high === 'number' ? low - high : compareTimes(String(low), String(high))
  return isClosed ? order > 0 : order >= 0
}

function brokenTime({ gt, ge, lt, le }: Constraints, value: Json): string | undefined {
  if (typeof value !== 'string') return undefined
  if (typeof gt === 'string' && !(compareTimes(value, gt) > 0)) return `a time after ${gt}`
  if (typeof ge === 'string' && !(compareTimes(value, ge) >= 0)) return `${ge} or later`
  if (typeof lt === 'string' && !(compareTimes(value, lt) < 0)) return `a time before ${lt}`
  if (typeof le === 'string' && !(compareTimes(value, le) <= 0)) return `${le} or earlier`
  return undefined
}

function brokenNumber({ gt, ge, lt, le, multipleOf }: Constraints, value: Json): string | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{16,}$/.test(value) ? Number(value) : undefined
  if (number === undefined) return undefined
  if (typeof gt === 'number' && !(number > gt)) return `a number above ${gt}`
  if (typeof ge === 'number' && !(number >= ge)) return `a number of at least ${ge}`
  if (typeof lt === 'number' && !(number < lt)) return `a number below ${lt}`
  if (typeof le === 'number' && !(number <= le)) return `a number of at most ${le}`
  if (multipleOf !== undefined && !isMultiple(typeof value === 'string' ? value : number, multipleOf)) return `a multiple of ${multipleOf}`
  return undefined
}

/** With the tolerance of pydantic, since 0.3 is no multiple of 0.1 in binary. Digits that a number would round are told by all of them. */
function isMultiple(value: number | string, of: number): boolean {
  if (typeof value === 'string' && Number.isSafeInteger(of)) return BigInt(value) % BigInt(of) === 0n
  const number = Number(value)
  const rest = Math.abs(number % of)
  const tolerance = Math.abs(number) / 1e9
  return rest <= tolerance || Math.abs(rest - of) <= tolerance
}

function brokenLength({ minLength, maxLength }: Constraints, value: Json): string | undefined {
  if (minLength === undefined && maxLength === undefined) return undefined
  const [length, unit] = lengthOf(value)
  if (minLength !== undefined && length < minLength) return `at least ${minLength} ${unit}`
  if (maxLength !== undefined && length > maxLength) return `at most ${maxLength} ${unit}`
  return undefined
}

function lengthOf(value: Json): readonly [number, string] {
  if (typeof value !== 'string') return [Array.isArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0, 'items']
  let length = 0
  for (const _character of value) length += 1
  return [length, 'characters']
}

function brokenPattern({ pattern }: Constraints, value: Json): string | undefined {
  if (pattern === undefined || typeof value !== 'string') return undefined
  const read = patternOf(pattern)
  if (!read.ok) return `a text that matches ${pattern}, a pattern that cannot be used: ${read.reason.replace(/\.$/, '')}`
  const found = read.pattern.isIn(value)
  if (found === 'too-long') return `a shorter text: this one is too long for the pattern ${pattern}`
  return found ? undefined : `a text that matches ${pattern}`
}

/** The pattern read last: a run checks many values against the same one. */
let last: { readonly source: string; readonly read: LinearPattern } | undefined

function patternOf(source: string): LinearPattern {
  if (last?.source !== source) last = { source, read: linearPattern(source) }
  return last.read
}
