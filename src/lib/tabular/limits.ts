export interface TableLimits {
  /** Size of the file in bytes. */
  readonly maxBytes: number
  readonly maxRows: number
  readonly maxColumns: number
  /** Characters of one cell. */
  readonly maxCellLength: number
}

export const defaultTableLimits: TableLimits = {
  maxBytes: 200 * 1024 * 1024,
  maxRows: 500_000,
  maxColumns: 2_000,
  maxCellLength: 1024 * 1024,
}

/** The file cannot be imported; the message says why and what to do. */
export class TableError extends Error {
  override readonly name = 'TableError'
}

export function tableError(message: string): TableError {
  return new TableError(message)
}
