import { headerNames, namelessPlaces } from './column-names'
import { countBreaks, maxRowLength, scanRow } from './csv-row'
import type { TextStream } from './decode-text'
import { tableError } from './limits'
import type { TableSink } from './table'

/**
 * Reads CSV with any of the usual delimiters, or the one that a first line such as `sep=;` names; the next row is the header. Yields
 * after each piece of text. A row with fewer cells than the header, or with content beyond it, is bad, and so is one with a quotation
 * mark that is never closed; reading goes on in the next line.
 */
export async function* readCsv(text: TextStream, sink: TableSink): AsyncGenerator<void> {
  const head = await text.peek()
  const named = namedDelimiter(head)
  const delimiter = named?.delimiter ?? guessDelimiter(head)
  sink.detail(delimiterTitles.get(delimiter) ?? `"${delimiter}" between cells`)
  if (named) sink.detail('sep= line')
  let rest = ''
  let line = 1
  let skipped = named?.length ?? 0
  let header: readonly string[] | undefined
  /** Cells that a row must have: those up to the last column with a name. */
  let least = 0
  let openQuotes = 0
  /** Lines without any character since the last row: at the end of a file they are no rows. */
  let blankLines = 0

  for await (const piece of text) {
    rest += piece
    if (skipped > 0) {
      rest = rest.slice(skipped)
      line += 1
      skipped = 0
    }
    readRows(false)
    yield
  }
  readRows(true)

  function readRows(isEnd: boolean): void {
    let start = 0
    while (start < rest.length) {
      const row = scanRow(rest, start, delimiter, isEnd)
      if (row.kind === 'more') break
      if (row.kind === 'open-quote') {
        const end = endOfLine(rest, start)
        openQuotes += 1
        if (openQuotes > maxOpenQuotes)
          throw tableError(
            'The file opens quotation marks again and again without closing them. Save it as CSV once more, with quotes around cells that hold quotes.',
          )
        sink.bad(line, 'opens a quotation mark that is never closed', rest.slice(start, end))
        line += countBreaks(rest.slice(start, end))
        start = end
        continue
      }
      addRow(row.cells, rest.slice(start, Math.min(row.end, start + 400)), row.fault)
      line += row.lines
      start = row.end
    }
    rest = rest.slice(start)
    if (rest.length > maxRowLength)
      throw tableError(`The row in line ${line} is longer than 16 million characters. Check that the file is CSV.`)
  }

  function addRow(cells: string[], source: string, fault: string | undefined): void {
    if (cells.every(isBlank)) {
      if (header && cells.length === 1) blankLines += 1
      else if (header) sink.left('empty-row')
      return
    }
    if (blankLines > 0) sink.left('empty-row', blankLines)
    blankLines = 0
    if (!header) {
      // Too many are refused before each is compared with the others.
      if (cells.length > sink.limits.maxColumns) sink.columns(cells)
      header = headerNames(cells)
      least = cells.findLastIndex(cell => !isBlank(cell)) + 1
      sink.columns(header, namelessPlaces(cells))
      return
    }
    if (fault !== undefined) return sink.bad(line, fault, source)
    if (cells.length > header.length && cells.slice(header.length).every(isBlank)) {
      cells.length = header.length
      sink.left('surplus')
    }
    if (cells.length > header.length || cells.length < least) {
      return sink.bad(line, `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${header.length}`, source)
    }
    while (cells.length < header.length) cells.push('')
    sink.row(cells, line, { text: source })
  }
}

const maxOpenQuotes = 100
const delimiterTitles: ReadonlyMap<string, string> = new Map([
  [',', 'commas'],
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'vertical bars'],
])

function isBlank(cell: string): boolean {
  return cell.trim() === ''
}

/** The line by which spreadsheets are told the delimiter; a program that saved the file again may have quoted it and added cells. */
function namedDelimiter(head: string): { readonly delimiter: string; readonly length: number } | undefined {
  const match = /^"?sep=([^"\r\n\w\s]|\t| )"?[,;\t|]*(?:\r\n|\n|\r|$)/i.exec(head.slice(0, 200))
  return match?.[1] === undefined ? undefined : { delimiter: match[1], length: match[0].length }
}

/** The delimiter that cuts the first rows into the same number of cells most often; of several, the one with the most cells. */
function guessDelimiter(head: string): string {
  const scored = [...delimiterTitles.keys()].map(delimiter => {
    const counts = cellCounts(head, delimiter)
    const wanted = counts[0] ?? 1
    const agreeing = wanted > 1 ? counts.filter(count => count === wanted).length / counts.length : 0
    return { delimiter, agreeing, wanted }
  })
  scored.sort((a, b) => b.agreeing - a.agreeing || b.wanted - a.wanted)
  const best = scored[0]
  return best && best.agreeing > 0 ? best.delimiter : ','
}

/** Cells of the first rows, without empty ones at the end; 0 for a row whose quotation marks speak against the delimiter. */
function cellCounts(head: string, delimiter: string): number[] {
  const counts: number[] = []
  for (let start = 0; start < head.length && counts.length < 30;) {
    const row = scanRow(head, start, delimiter, counts.length === 0)
    if (row.kind !== 'row') break
    if (!row.cells.every(isBlank)) counts.push(row.fault === undefined ? row.cells.findLastIndex(cell => !isBlank(cell)) + 1 : 0)
    start = row.end
  }
  return counts
}

function endOfLine(text: string, start: number): number {
  const found = /\r\n|\n|\r/g
  found.lastIndex = start
  const match = found.exec(text)
  return match ? match.index + match[0].length : text.length
}
