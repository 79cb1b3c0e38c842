import type { Json, JsonObject } from '@/lib/json'
import { pythonRepr } from '@/lib/python-text'
import type { EnumValue, TypeOf } from './field-type'
import { fitted, type TypeKind } from './type-kind'

/** A `Literal`: one of some texts, numbers, truth values, or `None`. */
export const enumKind: TypeKind<TypeOf<'enum'>> = {
  help: 'One of some values',
  example: { kind: 'enum', values: ['yes', 'no'] },
  spell: ({ values }) => `Literal[${values.map(pythonRepr).join(', ')}]`,
  schema: ({ values }) => enumSchema(values),
  closedSchema: ({ values }) => enumSchema(values),
  fit: ({ values }, value) => fitted(toOption(values, value)),
  fitness: ({ values }, value) => (values.some(option => isPythonEqual(option, value)) ? 'exact' : 'lax'),
  parts: () => [],
  problem({ values }) {
    if (values.length === 0) return 'Give the enum at least one option.'
    if (values.some(value => typeof value === 'string' && value.trim() !== value))
      return 'An option begins or ends with a space. Remove it.'
    return new Set(values.map(String)).size < values.length ? 'Two options of the enum read the same. Remove one.' : undefined
  },
}

function enumSchema(values: readonly EnumValue[]): JsonObject {
  const types = new Set(values.map(jsonTypeOf))
  const [type, ...others] = types.size === 2 && types.has('integer') && types.has('number') ? ['number'] : types
  const said: JsonObject = values.length === 1 ? { const: values[0] ?? null } : { enum: values }
  return type === undefined || others.length > 0 ? said : { type, ...said }
}

export function jsonTypeOf(value: EnumValue): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return value === null ? 'null' : typeof value
}

/** To Python True is 1 and False is 0. */
export function isPythonEqual(option: EnumValue, value: Json): boolean {
  if (option === value) return true
  if (typeof option === 'boolean') return typeof value === 'number' && value === Number(option)
  return typeof option === 'number' && typeof value === 'boolean' && option === Number(value)
}

/**
 * The option that a value is. A text may be the spelling of another option, as Python or JSON prints it (`2`, `True`, `null`); `1.0` is 1.
 */
export function toOption(options: readonly EnumValue[], value: Json): EnumValue | undefined {
  const exact = options.find(option => option === value) ?? options.find(option => isPythonEqual(option, value))
  if (exact !== undefined || typeof value !== 'string') return exact
  if (/^[+-]?\d+(?:\.\d+)?$/.test(value)) return options.find(option => isPythonEqual(option, Number(value)))
  return options.find(
    option => typeof option !== 'string' && (value.toLowerCase() === String(option) || (option === null && value === 'None')),
  )
}
