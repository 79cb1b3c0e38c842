import type { Json } from '@/lib/json'
import { convertCell, numberOf } from '@/lib/cell-types'
import type { ColumnType } from '../project/project'
import { coerceValue } from '../signature/check-value'
import type { FieldType } from '../signature/types/field-type'
import { answerType, isDecisionType } from '../signature/types/decision-kinds'
import { typeKind, typesWithin } from '../signature/types/registry'

/**
 * A cell as the field it feeds has it. A field of text gets the characters of the file, whatever type its column was guessed to have; a
 * field of numbers gets a number from a column of text. What does not fit the field is handed on as the column's type has it.
 */
export function fedValue(cell: Json, column: ColumnType, type: FieldType): Json {
  // A label is the answer alone, unless it brings its probabilities.
  if (isDecisionType(type)) return readWhole(fedValue(cell, column, answerType(type)), column, type)
  if (isReadWhole(type)) return readWhole(cell, column, type)
  if (typeof cell === 'number') return fedNumber(cell, type)
  if (typeof cell !== 'string') return cell
  if (type.kind === 'optional') return column !== 'str' && cell.trim() === '' ? null : fedValue(cell, column, type.of)
  if (type.kind === 'str') return cell
  if (type.kind === 'enum' || type.kind === 'enum-class' || type.kind === 'date' || type.kind === 'datetime' || type.kind === 'time') {
    const option = coerceValue(type, cell)
    return option.ok ? option.value : convertCell(cell, column)
  }
  const value = convertCell(cell, column)
  if (typeof value !== 'string') return value
  if (type.kind === 'int' || type.kind === 'float') return numberOf(value.trim(), type.kind) ?? value
  return type.kind === 'bool' && /^(true|false)$/i.test(value.trim()) ? /^true$/i.test(value.trim()) : value
}

/** A number is stored as one only where it prints as the file has it, so an option that is a text may be meant by it. */
function fedNumber(cell: number, type: FieldType): Json {
  if (type.kind === 'optional') return fedNumber(cell, type.of)
  if (type.kind !== 'enum' && type.kind !== 'enum-class') return cell
  for (const given of [cell, String(cell)]) {
    const option = coerceValue(type, given)
    if (option.ok) return option.value
  }
  return cell
}

/** Types whose values come in several shapes, of which a run takes one: the address of an image, the turns of a history as a list. */
function isReadWhole(type: FieldType): boolean {
  return typesWithin(type).some(of => typeKind(of).isFile || wholeKinds.has(of.kind))
}

const wholeKinds: ReadonlySet<FieldType['kind']> = new Set<FieldType['kind']>([
  'history',
  'tool',
  'tool-calls',
  'document',
  'citations',
  'code',
])

function readWhole(cell: Json, column: ColumnType, type: FieldType): Json {
  const isText = typesWithin(type).some(({ kind }) => kind === 'code' || kind === 'document')
  // A column of text may hold JSON all the same.
  const value = typeof cell === 'string' ? convertCell(cell, /^\s*[[{]/.test(cell) ? 'json' : column) : cell
  for (const given of isText ? [value, cell] : [value]) {
    const read = coerceValue(type, given)
    if (read.ok) return read.value
  }
  return value
}
