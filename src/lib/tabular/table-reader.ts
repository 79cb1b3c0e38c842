import type { Json } from '../json'
import { readCsv } from './csv'
import { decodeText } from './decode-text'
import { detectFormat } from './detect-format'
import { readJsonArray } from './json-array'
import { readJsonLines } from './json-lines'
import { columnGuesser } from './guess-type'
import { defaultTableLimits, tableError } from './limits'
import type { BadRow, TableOptions, TableSink, TableSource, TableSummary } from './table'

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
