import type { FieldType } from '../signature/field-type'
import { typeName } from '../signature/type-name'

/** Why values of `from` may not flow into `to`, or undefined when they may. */
export function typeMismatch(from: FieldType, to: FieldType): string | undefined {
  if (flows(from, to)) return undefined
  const hint = to.kind === 'enum' && from.kind === 'str' ? ': not every text is one of its values' : ''
  return `${typeName(from)} does not fit ${typeName(to)}${hint}`
}

/**
 * Same type; int into float; anything into str (the prompt shows it as text) and into any; parts of lists, dictionaries and
 * objects by the same rules. What may be empty fits only what may be empty.
 */
function flows(from: FieldType, to: FieldType): boolean {
  if (to.kind === 'str' || to.kind === 'any' || from.kind === 'any') return true
  if (to.kind === 'optional') return flows(from.kind === 'optional' ? from.of : from, to.of)
  if (from.kind === 'enum') return enumFlows(from.values, to)
  if (to.kind === 'enum') return false
  if (to.kind === 'list') return from.kind === 'list' && flows(from.of, to.of)
  if (to.kind === 'dict') return dictFlows(from, to.of)
  if (to.kind === 'object') return objectFlows(from, to.fields)
  if (to.kind === 'float') return from.kind === 'float' || from.kind === 'int'
  return from.kind === to.kind
}

function enumFlows(values: readonly (string | number)[], to: FieldType): boolean {
  if (to.kind === 'enum') return values.every(value => to.values.includes(value))
  if (to.kind === 'int') return values.every(value => Number.isInteger(value))
  return to.kind === 'float' && values.every(value => typeof value === 'number')
}

function dictFlows(from: FieldType, of: FieldType): boolean {
  if (from.kind === 'dict') return flows(from.of, of)
  if (from.kind !== 'object') return false
  const parts = Object.values(from.fields)
  return parts.length === 0 ? of.kind === 'any' : parts.every(part => flows(part, of))
}

function objectFlows(from: FieldType, fields: Readonly<Record<string, FieldType>>): boolean {
  const wanted = Object.entries(fields)
  if (from.kind === 'dict') return wanted.length === 0
  if (from.kind !== 'object') return false
  return wanted.every(([name, type]) => {
    const part = from.fields[name]
    return part === undefined ? type.kind === 'optional' : flows(part, type)
  })
}
