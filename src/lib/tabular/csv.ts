import { headerNames } from './column-names'
import { countBreaks, maxRowLength, scanRow } from './csv-row'
import type { TextStream } from './decode-text'
import { tableError } from './limits'
import type { TableSink } from './table'

/**
 * Reads CSV with any of the usual delimiters; the first row is the header. Yields after each piece of text. A row with more or
 * fewer cells than the header is bad, and so is one with a quotation mark that is never closed; reading goes on in the next line.
 */
export async function* readCsv(text: TextStream, sink: TableSink): AsyncGenerator<void> {
  const delimiter = guessDelimiter(await text.peek())
  sink.detail(delimiterTitles[delimiter])
  let rest = ''
  let line = 1
  let header: readonly string[] | undefined
  let openQuotes = 0

  for await (const piece of text) {
    rest += piece
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
    if (cells.length === 1 && cells[0]?.trim() === '') return
    if (!header) {
      header = headerNames(cells)
      sink.columns(header)
    } else if (fault !== undefined) {
      sink.bad(line, fault, source)
    } else if (cells.length !== header.length) {
      sink.bad(line, `has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, the header has ${header.length}`, source)
    } else {
      sink.row(cells, line, source)
    }
  }
}

const maxOpenQuotes = 100
const delimiterTitles = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' } as const
type Delimiter = keyof typeof delimiterTitles

/** The delimiter that cuts the first rows into the same number of cells most often; of several, the one with the most cells. */
function guessDelimiter(head: string): Delimiter {
  const scored = (Object.keys(delimiterTitles) as Delimiter[]).map(delimiter => {
    const counts = cellCounts(head, delimiter)
    const wanted = counts[0] ?? 1
    const agreeing = wanted > 1 ? counts.filter(count => count === wanted).length / counts.length : 0
    return { delimiter, agreeing, wanted }
  })
  scored.sort((a, b) => b.agreeing - a.agreeing || b.wanted - a.wanted)
  const best = scored[0]
  return best && best.agreeing > 0 ? best.delimiter : ','
}

function cellCounts(head: string, delimiter: Delimiter): number[] {
  const counts: number[] = []
  for (let start = 0; start < head.length && counts.length < 30;) {
    const row = scanRow(head, start, delimiter, counts.length === 0)
    if (row.kind !== 'row') break
    if (row.cells.length > 1 || row.cells[0] !== '') counts.push(row.cells.length)
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
