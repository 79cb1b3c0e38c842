import type { FieldType } from './field-type'

export interface FieldKind {
  readonly id: FieldType['kind']
  /** In a few words. */
  readonly help: string
  /** One type of this kind, to show how it is written. */
  readonly example: FieldType
}

const text: FieldType = { kind: 'str' }

/** What people read of each kind of type, in the order of the menu. */
const kinds: Readonly<Record<FieldType['kind'], Omit<FieldKind, 'id'>>> = {
  str: { help: 'Text', example: text },
  int: { help: 'Whole number', example: { kind: 'int' } },
  float: { help: 'Number', example: { kind: 'float' } },
  bool: { help: 'Yes or no', example: { kind: 'bool' } },
  enum: { help: 'One of some values', example: { kind: 'enum', values: ['yes', 'no'] } },
  list: { help: 'Several of one type', example: { kind: 'list', of: text } },
  object: { help: 'Named sub-fields', example: { kind: 'object', fields: { name: text } } },
  dict: { help: 'Any names, one type', example: { kind: 'dict', of: { kind: 'int' } } },
  any: { help: 'Not checked', example: { kind: 'any' } },
  optional: { help: 'Another type, or nothing', example: { kind: 'optional', of: text } },
}

export const fieldKinds: readonly FieldKind[] = Object.entries(kinds).map(([id, kind]) => ({ id: id as FieldType['kind'], ...kind }))
