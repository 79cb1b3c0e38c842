import { isJsonObject, type Json } from '@/lib/json'
import { pythonNumber } from '@/lib/python-text'
import { unconstrained } from '../signature/types/constraint-rules'
import type { EnumValue, FieldType, TypeOf } from '../signature/types/field-type'
import { promptTypeName } from '../signature/type-name'

/**
 * A type in the short notation of DSPy's BAMLAdapter: `string`, `int[]`, `"a" or "b"`, `float or null`, an object as its fields in braces,
 * one a line. `indent` is the level of the line it begins on. Kinds that the notation has no word for stand by their Python name.
 */
export function bamlType(type: FieldType, indent = 0): string {
  switch (type.kind) {
    case 'str':
      return 'string'
    case 'bool':
      return 'boolean'
    case 'enum':
      return type.values.map(option).join(' or ')
    case 'optional':
      return `${bamlType(type.of, indent)} or null`
    case 'union':
      return type.of.map(of => bamlType(of, indent)).join(' or ')
    case 'list':
      if (type.isBare) return 'list'
      if (isModel(type.of)) return `[\n${bamlType(type.of, indent + 1)}\n${pad(indent)}]`
      return `${bamlType(type.of, indent)}[]`
    case 'tuple':
    case 'set':
      return type.kind
    case 'dict':
      return type.isBare ? 'dict' : `dict[${bamlType(type.key ?? { kind: 'str' }, indent)}, ${bamlType(type.of, indent)}]`
    case 'object':
      return isModel(type) ? fieldsOf(type.fields, indent) : 'dict[string, Any]'
    case 'class':
      return classOf(type, indent)
    default:
      return promptTypeName(unconstrained(type))
  }
}

/** True for a value that stands for an instance of a Python class, and is shown over several lines. */
export function isModelValue(type: FieldType, value: Json): boolean {
  if (type.kind === 'optional') return isModelValue(type.of, value)
  return isModel(type) && isJsonObject(value)
}

function isModel(type: FieldType): boolean {
  return type.kind === 'class' || (type.kind === 'object' && Object.keys(type.fields).length > 0)
}

/** With descriptions as remarks: that of a class above it, or above the field that holds it. */
function classOf({ desc, fields }: TypeOf<'class'>, indent: number): string {
  const lines = fields.flatMap(field => [...remarks(field.desc, indent + 1), ...fieldLines(field.name, field.type, indent + 1)])
  return [...(indent === 0 ? remarks(desc, 0) : []), `${pad(indent)}{`, ...lines, `${pad(indent)}}`].join('\n')
}

function fieldLines(name: string, type: FieldType, indent: number): readonly string[] {
  const held = type.kind === 'optional' ? type.of : type
  return [...(held.kind === 'class' ? remarks(held.desc, indent) : []), `${pad(indent)}${name}: ${bamlType(type, indent)},`]
}

function remarks(text: string | undefined, indent: number): readonly string[] {
  const lines = (text ?? '').split('\n').map(line => line.trim())
  return lines.filter(line => line !== '').map(line => `${pad(indent)}# ${line}`)
}

function fieldsOf(fields: Readonly<Record<string, FieldType>>, indent: number): string {
  const lines = Object.entries(fields).flatMap(([name, of]) => fieldLines(name, of, indent + 1))
  return [`${pad(indent)}{`, ...lines, `${pad(indent)}}`].join('\n')
}

function option(value: EnumValue): string {
  if (typeof value === 'string') return `"${value}"`
  return typeof value === 'number' ? pythonNumber(value) : String(value)
}

function pad(indent: number): string {
  return '  '.repeat(indent)
}
