import type { Json } from '../json'
import type { TableFormat } from './detect-format'
import type { Encoding } from './encoding'
import type { CellType } from '../cell-types'
import type { TableLimits } from './limits'

/** A file that can be read more than once: a `Blob`, or a path in Node. */
export interface FileSource {
  readonly size: number
  stream(): ReadableStream<Uint8Array>
}

/** What a table is read from: a file, a stream of bytes that comes only once, or its text. */
export type TableSource = FileSource | ReadableStream<Uint8Array> | string

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
  /** Where its cells stand in a row as read: columns without name and content are left out of the list. */
  readonly place: number
}

export interface TableSummary {
  readonly format: TableFormat
  /** What was found about the file: `semicolons`, `UTF-8 with BOM`. */
  readonly details: readonly string[]
  /** Undefined for a source that is text already. */
  readonly encoding?: Encoding
  /** What of the file is not in the rows, as sentences without a period: `2 empty rows`. Rows that cannot be read are told apart. */
  readonly leftOut: readonly string[]
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
  /** The label of the encoding to read it in; absent: judged by all of its bytes. */
  readonly encoding?: string
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

export type LeftOut = 'empty-row' | 'surplus' | 'nan'

/** What the readers of single formats hand their findings to. */
export interface TableSink {
  readonly limits: TableLimits
  /** Throws once there are more columns than allowed. `nameless`: places whose header is empty. */
  columns(names: readonly string[], nameless?: ReadonlySet<number>): void
  /** `typed` are the cells that say the columns' types, where they are others than those that are kept. A row of empty cells is left out. */
  row(cells: Json[], line: number, options: { readonly text: string; readonly typed?: readonly Json[] }): void
  bad(line: number, reason: string, text: string): void
  detail(text: string): void
  /** Something was left out, `count` times. */
  left(kind: LeftOut, count?: number): void
  /** Something else was left out, in words. */
  leftOut(words: string): void
}
