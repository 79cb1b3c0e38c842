import { fedValue } from '@/engine/data/fed-value'
import { cutText } from '@/lib/cut-text'
import { explainedMapping } from '@/engine/data/mapping'
import { programInputs, programOutputs } from '@/engine/program/ends'
import type { ProgramGraph } from '@/engine/program/program'
import type { Column, ColumnId, ColumnType, DataRow, Mapping } from '@/engine/project/project'
import { coerceValue } from '@/engine/signature/check-value'
import type { Field } from '@/engine/signature/signature'
import { typeName } from '@/engine/signature/type-name'

export interface MappedField {
  readonly field: Field
  readonly side: 'inputs' | 'labels'
  readonly column: ColumnId | undefined
  /** The match came from a similarity of names, not from the same name. */
  readonly isGuessed: boolean
  /** What to look at, as a sentence. */
  readonly problem?: string
}

const checkedRowCount = 2_000

/** Every program input and output with the column it is matched to. */
export function mappedFields(
  graph: ProgramGraph,
  columns: readonly Column[],
  { mapping, rows }: { mapping: Mapping; rows: readonly DataRow[] },
): MappedField[] {
  const { guesses } = explainedMapping(graph, columns)
  const known = new Set(columns.map(column => column.id))
  const describe =
    (side: 'inputs' | 'labels') =>
    (field: Field): MappedField => {
      const chosen = mapping[side][field.id]
      const column = chosen !== undefined && known.has(chosen) ? chosen : undefined
      const guess = guesses.find(each => each.field === field.id && each.column === column)
      const type = columns.find(one => one.id === column)?.type ?? 'str'
      const problem = column === undefined ? missing(side, field) : misfit(field, { column, type }, rows)
      return { field, side, column, isGuessed: guess !== undefined && guess.how !== 'exact', ...(problem === undefined ? {} : { problem }) }
    }
  return [...programInputs(graph).map(describe('inputs')), ...programOutputs(graph).map(describe('labels'))]
}

/** The mapping with one field matched to another column, or to none. */
export function withColumn(mapping: Mapping, { field, side }: Pick<MappedField, 'field' | 'side'>, column: ColumnId | undefined): Mapping {
  const { [field.id]: _before, ...rest } = mapping[side]
  return { ...mapping, [side]: column === undefined ? rest : { ...rest, [field.id]: column } }
}

function missing(side: 'inputs' | 'labels', field: Field): string | undefined {
  // A program may be scored without a label: by a metric that reads other columns, or none.
  return side === 'inputs' ? `No column feeds "${field.name}": its value will be empty.` : undefined
}

function misfit(
  field: Field,
  { column, type }: { readonly column: ColumnId; readonly type: ColumnType },
  rows: readonly DataRow[],
): string | undefined {
  const looked = rows.slice(0, checkedRowCount)
  let empty = 0
  let wrong = 0
  let example = ''
  for (const row of looked) {
    const value = fedValue(row.cells[column] ?? null, type, field.type)
    if (value === null || value === '') empty += 1
    else if (!coerceValue(field.type, value).ok) {
      wrong += 1
      if (example === '') example = typeof value === 'string' ? value : JSON.stringify(value)
    }
  }
  if (wrong > 0) return `${count(wrong)} not fit ${typeName(field.type)}, such as "${cutText(example, 40)}".`
  if (empty > 0 && field.type.kind !== 'optional') return empty === 1 ? '1 row is empty here.' : `${empty} rows are empty here.`
  return undefined
}

function count(rows: number): string {
  return rows === 1 ? '1 value does' : `${rows} values do`
}
