import type { Json } from '@/lib/json'
import type { Values } from '../base/example'
import type { Field } from './signature'

/** The value of a field, or its default where there is none. Null is a value only of what may be empty. */
export function valueOrDefault(field: Field, value: Json | undefined): Json | undefined {
  const isMissing = value === undefined || (value === null && field.type.kind !== 'optional')
  return isMissing && field.default !== undefined ? field.default : value
}

/** The defaults of fields that have one, by name. */
export function defaultsOf(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.flatMap(field => (field.default === undefined ? [] : [[field.name, field.default]])))
}
