import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import { pythonStr } from '@/lib/python-text'
import type { FieldType } from './types/field-type'
import { typeName } from './type-name'
import { memberNamed } from './types/class-kinds'
import { brokenConstraint } from './types/constraint-checks'
import { constraintsOf, unconstrained } from './types/constraint-rules'
import { opened, typeKind } from './types/registry'
import type { Coerced, Fitness } from './types/type-kind'

export type { Coerced } from './types/type-kind'

/**
 * Fits a JSON value to a field's type with the lax rules of pydantic, which DSPy validates with: `"3"` and `3.0` are
 * ints, `yes` is a bool, further keys of an object are dropped. A `str` field takes anything, as Python's `str` would
 * print it; a text inside a list or object must be a text already.
 *
 * Differs: an int beyond 2^53 is the text of its digits, since a number of JavaScript would round it. `inf` and `nan` are refused, since values are JSON everywhere. The number options of an enum match their
 * digits in text (DSPy finds `"3"` in no `Literal[3, 4]`). An optional key that an object without a name lacks
 * is null. The bounds of a whole field are checked, which DSPy does for what is inside of one only.
 */
export function coerceValue(type: FieldType, json: Json): Coerced {
  if (type.kind === 'str') return bounded(type, { ok: true, value: pythonStr(json) })
  if (type.kind !== 'enum-class') return coerce(type, json)
  const member = memberNamed(type, json)
  return member === undefined ? refused(type, json) : { ok: true, value: member.value }
}

function coerce(type: FieldType, value: Json): Coerced {
  const open = opened(type)
  const result = typeKind(open).fit(open, value, coerce, fitness)
  return result === undefined ? refused(type, value) : bounded(type, result)
}

/** What fits, but lies outside of the bounds of its type, is refused. */
function bounded(type: FieldType, result: Coerced): Coerced {
  const constraints = constraintsOf(type)
  if (constraints === undefined || !result.ok) return result
  const broken = brokenConstraint(constraints, result.value)
  return broken === undefined ? result : { ok: false, reason: `expected ${broken}, got ${shown(result.value)}` }
}

function fitness(type: FieldType, value: Json): Fitness {
  return typeKind(type).fitness(type, value, fitness)
}

function refused(type: FieldType, value: Json): Coerced {
  const values = type.kind === 'enum-class' ? ` (${type.members.map(member => pythonStr(member.value)).join(', ')})` : ''
  return { ok: false, reason: `expected ${typeName(unconstrained(type))}${cutText(values, 200)}, got ${shown(value)}` }
}

function shown(value: Json): string {
  const text = pythonStr(value)
  return text === '' ? 'nothing' : text.length > 80 ? `${cutText(text, 80)}…` : text
}
