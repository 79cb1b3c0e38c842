/** One row of CSV text, or why there is none yet. */
export type CsvRow =
  /** `end` is where the next row begins, `lines` how many lines of the file the row takes. */
  | { readonly kind: 'row'; readonly cells: string[]; readonly end: number; readonly lines: number; readonly fault?: string }
  /** The text ends inside the row. */
  | { readonly kind: 'more' }
  /** A quotation mark is opened and not closed up to the end of the file, or for longer than any row may be. */
  | { readonly kind: 'open-quote' }

/**
 * Reads the row that begins at `start` (RFC 4180; line breaks of any kind, also mixed). With `isEnd` the text is all there is.
 * Line numbers and single damaged rows need a reader of rows; a parser of whole files tells neither.
 */
export function scanRow(text: string, start: number, delimiter: string, isEnd: boolean): CsvRow {
  const cells: string[] = []
  let at = start
  let lines = 1
  let fault: string | undefined
  for (;;) {
    let quoted = ''
    const isQuoted = text.charCodeAt(at) === quoteCode
    if (isQuoted) {
      const close = closingQuote(text, at + 1)
      if (close < 0 || (close + 1 === text.length && !isEnd)) {
        return isEnd || text.length - start > maxRowLength ? { kind: 'open-quote' } : { kind: 'more' }
      }
      quoted = text.slice(at + 1, close).replaceAll('""', '"')
      lines += countBreaks(quoted)
      at = close + 1
    }
    const end = cellEnd(text, at, delimiter.charCodeAt(0))
    if (end === text.length && !isEnd) return { kind: 'more' }
    const plain = text.slice(at, end)
    if (isQuoted && plain.trim() !== '') fault = 'has text after a closing quotation mark'
    cells.push(isQuoted && plain.trim() === '' ? quoted : quoted + plain)
    if (text[end] !== delimiter) {
      const breakEnd = lineBreakEnd(text, end, isEnd)
      return breakEnd < 0 ? { kind: 'more' } : { kind: 'row', cells, end: breakEnd, lines, fault }
    }
    at = end + 1
  }
}

/** No row may be longer: beyond this, an open quotation mark is a fault and not a long cell. */
export const maxRowLength = 16 * 1024 * 1024

const quoteCode = 34

/** Where the mark stands that closes a cell opened before `from`; two marks in a row stand for one inside the cell. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text.charCodeAt(at + 1) === quoteCode) at = text.indexOf('"', at + 2)
  return at
}

function cellEnd(text: string, from: number, delimiterCode: number): number {
  let at = from
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === delimiterCode || code === 10 || code === 13) break
  }
  return at
}

/** Where the next line begins; -1 when a carriage return ends the text and its line feed may still come. */
function lineBreakEnd(text: string, at: number, isEnd: boolean): number {
  if (at >= text.length) return at
  if (text[at] === '\n') return at + 1
  if (at + 1 === text.length && !isEnd) return -1
  return text[at + 1] === '\n' ? at + 2 : at + 1
}

export function countBreaks(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) count += 1
  }
  return count
}
