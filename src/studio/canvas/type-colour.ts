import { typeName } from '@/engine/signature/type-name'
import { unconstrained } from '@/engine/signature/types/constraint-rules'
import type { FieldType } from '@/engine/signature/types/field-type'

/** The CSS colour of a type's tag, handle and wire. */
export function typeColour(type: FieldType): string {
  switch (type.kind) {
    case 'optional':
      return typeColour(type.of)
    case 'list':
    case 'set':
    case 'tuple':
      return 'var(--color-type-list)'
    case 'date':
    case 'datetime':
    case 'time':
    case 'str':
    case 'code':
    case 'reasoning':
      return 'var(--color-type-str)'
    case 'int':
    case 'float':
    case 'score':
      return 'var(--color-type-num)'
    case 'bool':
    case 'noul':
      return 'var(--color-type-bool)'
    case 'choice':
    case 'enum':
    case 'enum-class':
      return 'var(--color-type-enum)'
    case 'dict':
    case 'object':
    case 'class':
    case 'itself':
      return 'var(--color-type-object)'
    case 'image':
    case 'audio':
    case 'file':
    case 'document':
      return 'var(--color-type-image)'
    case 'history':
    case 'tool':
    case 'tool-calls':
    case 'citations':
      return 'var(--color-type-object)'
    case 'union':
    case 'any':
      return 'var(--color-type-any)'
  }
}

/** A type in the little room of a node's row; the whole spelling belongs in the tooltip. */
export function shortTypeName(type: FieldType): string {
  switch (type.kind) {
    case 'enum':
      return `enum ${type.values.length}`
    case 'noul':
      return type.kind
    case 'choice':
      return `choice ${type.options.length}`
    case 'score':
      return `score ${type.levels.length}`
    case 'list':
    case 'set':
      return `${type.kind}[${shortTypeName(type.of)}]`
    case 'tuple':
    case 'union':
    case 'date':
    case 'datetime':
    case 'time':
      return type.kind
    case 'optional':
      return `${shortTypeName(type.of)}?`
    case 'itself':
      return type.name
    case 'dict':
      return 'dict'
    case 'object':
      return 'object'
    case 'image':
    case 'audio':
    case 'file':
    case 'history':
    case 'code':
    case 'reasoning':
    case 'tool':
    case 'document':
    case 'citations':
      return type.kind
    case 'tool-calls':
      return 'calls'
    default:
      return typeName(unconstrained(type))
  }
}
