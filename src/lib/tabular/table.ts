import type { Json } from '../json'
import type { TableFormat } from './detect-format'
import type { CellType } from './guess-type'
import type { TableLimits } from './limits'

/** What a table is read from: a file, a stream of bytes (Node: `Readable.toWeb`), or its text. */
export type TableSource = Blob | ReadableStream<Uint8Array> | string

export interface BadRow {
  /** 1-based line of the file; for a JSON array written on one line, the number of the row. */
  readonly line: number
  readonly reason: string
  /** The beginning of the row as it stands in the file. */
  readonly text: string
}

export interface TableColumn {
  readonly name: string
  readonly type: CellType
}

export interface TableSummary {
  readonly format: TableFormat
  /** What was found about the file: `semicolons`, `UTF-8 with BOM`. */
  readonly details: readonly string[]
  readonly columns: readonly TableColumn[]
  readonly rowCount: number
  readonly badRowCount: number
  /** The first hundred of them. */
  readonly badRows: readonly BadRow[]
}

export interface TableOptions {
  /** File name: its ending decides the format where the content leaves a choice. */
  readonly name?: string
  readonly format?: TableFormat
  readonly limits?: Partial<TableLimits>
  readonly signal?: AbortSignal
  /** Share of the file read, 0–1; only for sources of known size. */
  readonly onProgress?: (share: number) => void
  /**
   * Rows as read, in order, some thousand at a time. Cells stand in the order of the columns known so far: a row of JSON may be
   * shorter than the final list of columns. Cells of CSV are text. The reader waits for the promise.
   */
  readonly onRows?: (rows: Json[][]) => void | Promise<void>
}

/** What the readers of single formats hand their findings to. */
export interface TableSink {
  readonly limits: TableLimits
  /** Throws once there are more columns than allowed. */
  columns(names: readonly string[]): void
  row(cells: Json[], line: number, text: string): void
  bad(line: number, reason: string, text: string): void
  detail(text: string): void
}
