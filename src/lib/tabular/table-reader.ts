import type { Json } from '../json'
import { readCsv } from './csv'
import { decodeText } from './decode-text'
import { detectFormat, type TableFormat } from './detect-format'
import { readJsonArray } from './json-array'
import { readJsonLines } from './json-lines'
import { columnGuesser, type CellType } from './guess-type'
import { defaultTableLimits, tableError, type TableLimits } from './limits'

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

/**
 * Reads CSV, JSON Lines or a JSON array as a stream: memory stays small however long the file is. Rows that cannot be read are
 * counted and told, not thrown. Throws a `TableError` with a sentence for a file that is no table or passes a limit.
 */
export async function readTable(source: TableSource, options: TableOptions = {}): Promise<TableSummary> {
  const limits = { ...defaultTableLimits, ...options.limits }
  const details: string[] = []
  const badRows: BadRow[] = []
  let names: readonly string[] = []
  let badRowCount = 0
  let rowCount = 0
  let batch: Json[][] = []
  const guesser = columnGuesser()

  const sink: TableSink = {
    limits,
    columns(next) {
      if (next.length > limits.maxColumns) {
        throw tableError(
          `The file has more than ${count(limits.maxColumns)} columns. Remove the columns you do not need, then import it again.`,
        )
      }
      names = next
    },
    row(cells, line, text) {
      const tooLong = cells.find(cell => typeof cell === 'string' && cell.length > limits.maxCellLength)
      if (tooLong !== undefined) return sink.bad(line, `has a cell longer than ${count(limits.maxCellLength)} characters`, text)
      rowCount += 1
      if (rowCount > limits.maxRows) {
        throw tableError(`The file has more than ${count(limits.maxRows)} rows. Cut it into smaller files, or take a sample of it.`)
      }
      guesser.add(cells)
      batch.push(cells)
    },
    bad(line, reason, text) {
      badRowCount += 1
      if (badRows.length < keptBadRows) badRows.push({ line, reason, text: text.slice(0, shownCharacters) })
    },
    detail: text => details.push(text),
  }

  const text = decodeText(source, { limits, signal: options.signal, onProgress: options.onProgress, onDetail: sink.detail })
  const first = await text.peek()
  const format = options.format ?? detectFormat(first, options.name ?? '')
  const read = { csv: readCsv, jsonl: readJsonLines, json: readJsonArray }[format]
  for await (const _step of read(text, sink)) {
    options.signal?.throwIfAborted()
    if (batch.length === 0) continue
    const rows = batch
    batch = []
    await options.onRows?.(rows)
  }
  if (batch.length > 0) await options.onRows?.(batch)
  if (rowCount === 0 && badRowCount === 0) throw tableError('The file has no rows. Choose a file with a header and at least one row.')
  return { format, details, columns: names.map((name, index) => ({ name, type: guesser.type(index) })), rowCount, badRowCount, badRows }
}

const keptBadRows = 100
const shownCharacters = 300

function count(value: number): string {
  return value.toLocaleString('en-US')
}
