import { fieldKinds } from '@/engine/signature/field-kinds'
import { distinctBy } from '@/lib/distinct-by'
import { pythonStr } from '@/lib/python-text'
import { answerType } from '@/engine/signature/types/decision-kinds'
import type { ClassType, EnumValue, FieldType, KeyType } from '@/engine/signature/types/field-type'

export type TypeKind = Exclude<FieldType['kind'], 'optional' | 'class' | 'enum-class' | 'itself'>

/** The kinds a person picks from; optional is a tick beside them, and types with a name are picked by their name. */
export const typeChoices: readonly { readonly value: TypeKind; readonly label: string; readonly hint: string }[] = fieldKinds.flatMap(
  ({ id, help }) =>
    id === 'optional' || id === 'class' || id === 'enum-class' || id === 'itself' ? [] : [{ value: id, label: id, hint: help }],
)

/** A type with a name to begin with, made of a type without one where that has parts. */
export function freshType(known: readonly ClassType[], from?: FieldType): ClassType {
  const inner = from && unwrap(from).inner
  const kind = inner?.kind === 'enum' ? 'enum-class' : 'class'
  let name = kind === 'class' ? 'Person' : 'Color'
  for (let count = 2; known.some(type => type.name === name); count += 1) name = `${kind === 'class' ? 'Type' : 'Choice'}${count}`
  if (inner?.kind === 'enum')
    return { kind: 'enum-class', name, members: inner.values.map((value, at) => ({ name: memberName(value, at), value })) }
  const fields = inner?.kind === 'object' ? Object.entries(inner.fields) : [['name', { kind: 'str' }] as const]
  return {
    kind: 'class',
    name,
    fields: fields.map(([key, type]) => ({ name: key, type, ...(type.kind === 'optional' && { default: null }) })),
  }
}

/** `not sure` → `NOT_SURE`. */
function memberName(value: EnumValue, at: number): string {
  const name = pythonStr(value)
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
  return /^\p{L}[\p{L}\p{N}_]*$/u.test(name) ? name : `OPTION_${at + 1}`
}

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
  const held = old.kind === 'list' || old.kind === 'set' || old.kind === 'dict' ? old.of : old.kind === 'tuple' ? old.rest : undefined
  switch (kind) {
    case 'enum': {
      const answers = answerType(old)
      if (answers.kind === 'enum') return answers
      return held?.kind === 'enum' ? held : { kind: 'enum', values: ['yes', 'no'] }
    }
    case 'list':
    case 'set':
      return { kind, of: held ?? (old.kind === 'any' ? { kind: 'str' } : old) }
    case 'tuple':
      return { kind, items: old.kind === 'union' ? old.of : [held ?? old, { kind: 'str' }] }
    case 'union': {
      const members = old.kind === 'tuple' ? old.items : [old, { kind: old.kind === 'str' ? 'int' : 'str' } as const]
      return { kind, of: members.filter(({ kind: member }) => member !== 'optional' && member !== 'union') }
    }
    case 'dict':
      return { kind: 'dict', of: held ?? { kind: 'any' } }
    case 'code':
      return { kind, language: 'python' }
    case 'choice': {
      const answers = answerType(old)
      const values = answers.kind === 'enum' ? answers.values : ['yes', 'no']
      return { kind, options: values.map(value => ({ value, desc: null })) }
    }
    case 'score':
      return { kind, levels: ['poor', 'fair', 'good'] }
    case 'object':
      return held?.kind === 'object' ? held : { kind: 'object', fields: { name: { kind: 'str' } } }
    default:
      return { kind }
  }
}

/** What keys of a dictionary may be. */
export type KeyKind = Exclude<KeyType['kind'], 'enum-class'> | 'str'

export const keyChoices: readonly { readonly value: KeyKind; readonly label: string }[] = [
  { value: 'str', label: 'texts' },
  { value: 'int', label: 'whole numbers' },
  { value: 'float', label: 'numbers' },
  { value: 'date', label: 'days' },
  { value: 'enum', label: 'some values' },
]

/** The type of keys of that kind, as a part of a dictionary's type. */
export function keyOf(kind: KeyKind): { readonly key?: KeyType } {
  if (kind === 'str') return {}
  return { key: kind === 'enum' ? { kind, values: ['a', 'b'] } : { kind } }
}

/** Values typed or pasted at once: one a line, or parted by commas. Numbers stay numbers where all of them are. */
export function readEnumValues(text: string, known: readonly EnumValue[]): readonly EnumValue[] {
  const words = text
    .split(/[\n,]/)
    .map(word => word.trim().replace(/^(['"])(.*)\1$/, '$2'))
    .filter(word => word !== '')
  // A word that reads like a value that is there is that value: `None` and `3` look the same whether they are texts or not.
  const unique = distinctBy<EnumValue>([...known, ...words], pythonStr)
  const areNumbers =
    unique.length > 0 && known.every(value => typeof value === 'number') && words.every(word => Number.isFinite(Number(word)))
  return areNumbers ? unique.map(Number) : unique
}
