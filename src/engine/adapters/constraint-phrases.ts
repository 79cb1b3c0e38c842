import { pythonStr } from '@/lib/python-text'
import type { Constraints } from '../signature/types/constraints'
import { frameText } from './frame-text'

/**
 * What a prompt says of the bounds of a field: a label, a colon and the value. A pattern goes unsaid, as in DSPy.
 * Differs: they come in one order; DSPy has the order in which they were written. Source: dspy-spec §1.4.
 */
export function constraintPhrases(constraints: Constraints): readonly string[] {
  return Object.entries(frameText.bounds).flatMap(([key, label]) => {
    const value = constraints[key as keyof typeof frameText.bounds]
    return value === undefined ? [] : [`${label}: ${timeWords(pythonStr(value))}`]
  })
}

/** A day and its time as Python's `str` prints it. */
function timeWords(text: string): string {
  return /^\d{4}-\d\d-\d\dT/.test(text) ? text.replace('T', ' ').replace('Z', '+00:00') : text
}
