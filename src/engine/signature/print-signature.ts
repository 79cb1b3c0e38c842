import type { Field } from './signature'
import { typeName } from './type-name'

/** Fields as DSPy's short form, `question, k: int -> answer`; reads back with `parseSignatureLine`. `str` goes unsaid. */
export function printSignatureLine(fields: readonly Field[]): string {
  const side = (role: Field['role']) =>
    fields
      .filter(field => field.role === role)
      .map(field => (typeName(field.type) === 'str' ? field.name : `${field.name}: ${typeName(field.type)}`))
      .join(', ')
  return `${side('input')} -> ${side('output')}`.trim()
}
