import type { Json } from '@/lib/json'
import { parseConstraints } from './parse-constraints'
import { parseLiteral } from './parse-literal'
import { TokenReader } from './tokens'
import { constraintNames, spellConstraints } from './types/constraint-rules'
import type { Constraints } from './types/constraints'

/** A value as Python writes it: `3`, `'short'`, `[1, 2]`. Throws `signature-syntax`. */
export function parseValueText(text: string): Json {
  const reader = new TokenReader(text)
  const value = parseLiteral(reader)
  reader.expectEnd('the value')
  return value
}

/** Bounds as arguments of Python: `ge=0, le=10`. Throws `signature-syntax`. */
export function parseBoundsText(text: string): Constraints {
  const reader = new TokenReader(`(${text})`)
  const constraints = parseConstraints(reader)
  reader.expectEnd('the bounds')
  return constraints
}

/** Reads back with `parseBoundsText`. */
export function boundsText(constraints: Constraints): string {
  return spellConstraints(constraints).slice('Field('.length, -1)
}

/** The names that a person may write: `gt`, `ge`, … */
export const boundNames: readonly string[] = Object.values(constraintNames)
