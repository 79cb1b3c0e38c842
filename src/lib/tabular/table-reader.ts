import { cutText } from '../cut-text'
import type { Json } from '../json'
import { readCsv } from './csv'
import { decodeText } from './decode-text'
import type { Encoding } from './encoding'
import { foreignText } from './file-kind'
import { detectFormat } from './detect-format'
import { readJson } from './read-json'
import { readJsonLines } from './json-lines'
import { columnGuesser } from '../cell-types'
import { defaultTableLimits, tableError } from './limits'
import type { BadRow, LeftOut, TableOptions, TableSink, TableSource, TableSummary } from './table'

/**
 * Reads CSV, JSON Lines or a JSON array as a stream: memory stays small however long the file is. Rows that cannot be read are
 * counted and told, not thrown. Throws a `TableError` with a sentence for a file that is no table or passes a limit.
 */
export async function readTable(source: TableSource, options: TableOptions = {}): Promise<TableSummary> {
  const limits = { ...defaultTableLimits, ...options.limits }
  const details: string[] = []
  const badRows: BadRow[] = []
  const left = new Map<LeftOut, number>()
  const leftWords: string[] = []
  let names: readonly string[] = []
  let nameless: ReadonlySet<number> = new Set()
  let encoding: Encoding | undefined
  let badRowCount = 0
  let rowCount = 0
  let batch: Json[][] = []
  const guesser = columnGuesser()

  const sink: TableSink = {
    limits,
    columns(next, withoutName = new Set()) {
      if (next.length > limits.maxColumns) {
        throw tableError(
          `The file has more than ${count(limits.maxColumns)} columns. Remove the columns you do not need, then import it again.`,
        )
      }
      names = next
      nameless = withoutName
    },
    row(cells, line, { text, typed = cells }) {
      if (cells.every(isEmpty)) return sink.left('empty-row')
      const tooLong = cells.find(cell => typeof cell === 'string' && cell.length > limits.maxCellLength)
      if (tooLong !== undefined) return sink.bad(line, `has a cell longer than ${count(limits.maxCellLength)} characters`, text)
      rowCount += 1
      if (rowCount > limits.maxRows) {
        throw tableError(`The file has more than ${count(limits.maxRows)} rows. Cut it into smaller files, or take a sample of it.`)
      }
      guesser.add(typed)
      batch.push(cells)
    },
    bad(line, reason, text) {
      badRowCount += 1
      if (badRows.length < keptBadRows) badRows.push({ line, reason, text: cutText(text, shownCharacters) })
    },
    detail: text => details.push(text),
    left: (kind, times = 1) => void left.set(kind, (left.get(kind) ?? 0) + times),
    leftOut: words => leftWords.push(words),
  }

  const text = decodeText(source, {
    limits,
    name: options.name ?? '',
    signal: options.signal,
    encoding: options.encoding,
    onProgress: options.onProgress,
    onDetail: sink.detail,
    onEncoding: found => (encoding = found),
  })
  const first = await text.peek()
  const foreign = foreignText(first)
  if (foreign) throw tableError(`This is ${foreign.title}, which cannot be read as a table here. ${foreign.wayOut}`)
  const format = options.format ?? detectFormat(first, options.name ?? '')
  const read = { csv: readCsv, jsonl: readJsonLines, json: readJson }[format]
  for await (const _step of read(text, sink)) {
    options.signal?.throwIfAborted()
    if (batch.length === 0) continue
    const rows = batch
    batch = []
    await options.onRows?.(rows)
  }
  if (batch.length > 0) await options.onRows?.(batch)
  if (rowCount === 0 && badRowCount === 0) {
    const what = left.has('empty-row') ? 'only empty rows' : 'no rows'
    throw tableError(`The file has ${what}. Choose a file with a header and at least one row that has content.`)
  }
  // Spreadsheets write columns that were touched once; without a name and any content they hold nothing.
  const columns = names
    .map((name, place) => ({ name, place, type: guesser.type(place) }))
    .filter(({ place }) => !nameless.has(place) || guesser.hasContent(place))
  const emptyColumns = names.length - columns.length
  const leftOut = [
    ...leftSentences(left),
    ...(emptyColumns > 0 ? [plural(emptyColumns, 'column', 'without name and content')] : []),
    ...leftWords,
  ]
  return { format, details, encoding, leftOut, columns, rowCount, badRowCount, badRows }
}

function isEmpty(cell: Json): boolean {
  return cell === null || (typeof cell === 'string' && cell.trim() === '')
}

function leftSentences(left: ReadonlyMap<LeftOut, number>): string[] {
  const [rows, surplus, nan] = [left.get('empty-row') ?? 0, left.get('surplus') ?? 0, left.get('nan') ?? 0]
  return [
    ...(rows > 0 ? [rows === 1 ? '1 empty row' : `${count(rows)} empty rows`] : []),
    ...(surplus > 0 ? [`empty cells beyond the header in ${plural(surplus, 'row')}`] : []),
    ...(nan > 0 ? [`${plural(nan, 'value')} NaN, read as empty`] : []),
  ]
}

function plural(times: number, noun: string, rest = ''): string {
  return `${count(times)} ${noun}${times === 1 ? '' : 's'}${rest === '' ? '' : ` ${rest}`}`
}

const keptBadRows = 100
const shownCharacters = 300

function count(value: number): string {
  return value.toLocaleString('en-US')
}
