import { isJsonObject, type Json } from '@/lib/json'
import { pythonNumber } from '@/lib/python-text'
import { unconstrained } from '../signature/types/constraint-rules'
import type { ClassField, EnumValue, FieldType, TypeOf } from '../signature/types/field-type'
import { holdsItself } from '../signature/types/registry'
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
      return isModel(type) ? `${pad(indent)}${fieldsOf(fieldsIn(type), indent)}` : 'dict[string, Any]'
    case 'class':
      // Inside of another type its remark stands before the field it is in.
      return [
        ...(indent === 0 ? remark(type.desc, indent) : []),
        `${holdsItself(type) ? `${pad(indent)}${type.name} ` : pad(indent)}${fieldsOf(type.fields, indent)}`,
      ].join('\n')
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

function fieldsIn({ fields }: TypeOf<'object'>): readonly ClassField[] {
  return Object.entries(fields).map(([name, type]) => ({ name, type }))
}

function fieldsOf(fields: readonly ClassField[], indent: number): string {
  const inner = indent + 1
  const lines = fields.flatMap(({ name, type, desc, attribute }) => {
    const own = type.kind === 'optional' ? type.of : type
    return [
      ...(desc ? [`${pad(inner)}# ${desc}`] : []),
      ...(attribute === undefined ? [] : [`${pad(inner)}# alias: ${name}`]),
      ...(own.kind === 'class' ? remark(own.desc, inner) : []),
      `${pad(inner)}${attribute ?? name}: ${bamlType(type, inner)},`,
    ]
  })
  const shown = lines.length > 0 ? lines : [`${pad(inner)}# No fields`]
  return ['{', ...shown, `${pad(indent)}}`].join('\n')
}

/** A description as remarks, one for each of its lines that holds something. */
function remark(desc: string | undefined, indent: number): readonly string[] {
  const lines = (desc ?? '').split('\n').map(line => line.trim())
  return lines.filter(line => line !== '').map(line => `${pad(indent)}# ${line}`)
}

function option(value: EnumValue): string {
  if (typeof value === 'string') return `"${value}"`
  return typeof value === 'number' ? pythonNumber(value) : String(value)
}

function pad(indent: number): string {
  return '  '.repeat(indent)
}
