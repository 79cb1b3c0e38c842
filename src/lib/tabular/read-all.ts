import type { Json } from '../json'
import { convertCell } from '../cell-types'
import type { TableOptions, TableSource, TableSummary } from './table'
import { readTable } from './table-reader'

export type Table = TableSummary & {
  /** Cells in the order of the columns, in their column's type. */
  readonly rows: readonly (readonly Json[])[]
}

/** Reads a whole table into memory with the guessed types applied: for command lines and tests. */
export async function readAll(source: TableSource, options: Omit<TableOptions, 'onRows'> = {}): Promise<Table> {
  const raw: Json[][] = []
  const summary = await readTable(source, {
    ...options,
    onRows: rows => {
      for (const row of rows) raw.push(row)
    },
  })
  return { ...summary, rows: raw.map(cells => summary.columns.map(column => convertCell(cells[column.place], column.type))) }
}
