import { pythonFloat, pythonRepr } from '@/lib/python-text'
import type { Field } from './signature'
import { typeName } from './type-name'

/**
 * Fields as DSPy's short form, `question, k: int = 3 -> answer`; reads back with `parseSignatureLine`. `str` goes unsaid; descriptions,
 * prefixes and constraints have no place in it.
 */
export function printSignatureLine(fields: readonly Field[]): string {
  const side = (role: Field['role']) =>
    fields
      .filter(field => field.role === role)
      .map(printField)
      .join(', ')
  return `${side('input')} -> ${side('output')}`.trim()
}

function printField(field: Field): string {
  const typed = typeName(field.type) === 'str' ? field.name : `${field.name}: ${typeName(field.type)}`
  return field.default === undefined ? typed : `${typed} = ${printDefault(field)}`
}

/** The default as Python writes it; a number of a `float` with its point. */
export function printDefault({ type, default: value = null }: Pick<Field, 'type' | 'default'>): string {
  const { kind } = type.kind === 'optional' ? type.of : type
  return kind === 'float' && typeof value === 'number' ? pythonFloat(value) : pythonRepr(value)
}
