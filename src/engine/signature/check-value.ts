import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import { pythonStr } from '@/lib/python-text'
import type { FieldType } from './types/field-type'
import { typeName } from './type-name'
import { typeKind } from './types/registry'
import type { Coerced, Fitness } from './types/type-kind'

export type { Coerced } from './types/type-kind'

/**
 * Fits a JSON value to a field's type with the lax rules of pydantic, which DSPy validates with: `"3"` and `3.0` are
 * ints, `yes` is a bool, further keys of an object are dropped. A `str` field takes anything, as Python's `str` would
 * print it; a text inside a list or object must be a text already.
 *
 * Differs: an int beyond 2^53 is the text of its digits, since a number of JavaScript would round it. `inf` and `nan` are refused, since values are JSON everywhere. The number options of an enum match their
 * digits in text (DSPy finds `"3"` in no `Literal[3, 4]`). An optional key that an object lacks is null.
 */
export function coerceValue(type: FieldType, json: Json): Coerced {
  return type.kind === 'str' ? { ok: true, value: pythonStr(json) } : coerce(type, json)
}

function coerce(type: FieldType, value: Json): Coerced {
  return typeKind(type).fit(type, value, coerce, fitness) ?? refused(type, value)
}

function fitness(type: FieldType, value: Json): Fitness {
  return typeKind(type).fitness(type, value, fitness)
}

function refused(type: FieldType, value: Json): Coerced {
  const shown = pythonStr(value)
  return {
    ok: false,
    reason: `expected ${typeName(type)}, got ${shown === '' ? 'nothing' : shown.length > 80 ? `${cutText(shown, 80)}…` : shown}`,
  }
}
