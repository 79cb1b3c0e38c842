import type { FieldType } from '@/engine/signature/field-type'

export type TypeKind = Exclude<FieldType['kind'], 'optional'>

/** The types a person picks from; optional is a tick beside them. */
export const typeChoices: readonly { readonly value: TypeKind; readonly label: string; readonly hint: string }[] = [
  { value: 'str', label: 'str', hint: 'Text' },
  { value: 'int', label: 'int', hint: 'Whole number' },
  { value: 'float', label: 'float', hint: 'Number' },
  { value: 'bool', label: 'bool', hint: 'Yes or no' },
  { value: 'enum', label: 'enum', hint: 'One of some values' },
  { value: 'list', label: 'list', hint: 'Several of one type' },
  { value: 'object', label: 'object', hint: 'Named sub-fields' },
  { value: 'dict', label: 'dict', hint: 'Any names, one type' },
  { value: 'image', label: 'image', hint: 'A picture to look at' },
  { value: 'any', label: 'any', hint: 'Not checked' },
]

/** The type under an `optional`, and whether it had one. */
export function unwrap(type: FieldType): { readonly inner: Exclude<FieldType, { kind: 'optional' }>; readonly isOptional: boolean } {
  let inner = type
  while (inner.kind === 'optional') inner = inner.of
  return { inner, isOptional: type.kind === 'optional' }
}

export function wrap(inner: FieldType, isOptional: boolean): FieldType {
  return isOptional ? { kind: 'optional', of: inner } : inner
}

/** A type of another kind that keeps what it can of the old one: an enum made a list becomes a list of that enum, and back. */
export function changeKind(type: FieldType, kind: TypeKind): FieldType {
  const { inner, isOptional } = unwrap(type)
  return wrap(inner.kind === kind ? inner : made(inner, kind), isOptional)
}

function made(old: Exclude<FieldType, { kind: 'optional' }>, kind: TypeKind): FieldType {
  const held = old.kind === 'list' || old.kind === 'dict' ? old.of : undefined
  switch (kind) {
    case 'enum':
      return held?.kind === 'enum' ? held : { kind: 'enum', values: ['yes', 'no'] }
    case 'list':
      return { kind: 'list', of: held ?? (old.kind === 'any' ? { kind: 'str' } : old) }
    case 'dict':
      return { kind: 'dict', of: held ?? { kind: 'any' } }
    case 'object':
      return held?.kind === 'object' ? held : { kind: 'object', fields: { name: { kind: 'str' } } }
    default:
      return { kind }
  }
}

/** Values typed or pasted at once: one a line, or parted by commas. Numbers stay numbers where all of them are. */
export function readEnumValues(text: string, known: readonly (string | number)[]): readonly (string | number)[] {
  const words = text
    .split(/[\n,]/)
    .map(word => word.trim().replace(/^(['"])(.*)\1$/, '$2'))
    .filter(word => word !== '')
  const values = [...known, ...words]
  const unique = [...new Map(values.map(value => [String(value), value])).values()]
  const areNumbers =
    unique.length > 0 && known.every(value => typeof value === 'number') && words.every(word => Number.isFinite(Number(word)))
  return areNumbers ? unique.map(Number) : unique
}
