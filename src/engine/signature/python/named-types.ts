import type { ClassField, EnumMember, FieldType } from '../types/field-type'

/** What a Python class is as a type. `desc` is its docstring. */
export interface NamedClass<Part> {
  readonly name: string
  readonly desc: string
  readonly parts: readonly Part[]
}

export function modelType({ name, desc, parts }: NamedClass<ClassField>): FieldType {
  return { kind: 'class', name, fields: parts, ...(desc !== '' && { desc }) }
}

export function enumType({ name, desc, parts }: NamedClass<EnumMember>): FieldType {
  return { kind: 'enum-class', name, members: parts, ...(desc !== '' && { desc }) }
}
