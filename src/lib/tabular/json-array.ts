import { isJsonObject, parseJson, type Json } from '../json'
import { countBreaks, maxRowLength } from './csv-row'
import type { TextStream } from './decode-text'
import { tableError } from './limits'
import { objectRows } from './object-rows'
import type { TableSink } from './table'

/** Reads a JSON array of objects element by element, or a JSON object that holds such an array. Yields after each piece of text. */
export async function* readJsonArray(text: TextStream, sink: TableSink): AsyncGenerator<void> {
  if (!(await text.peek()).trimStart().startsWith('[')) {
    yield* readWholeObject(text, sink)
    return
  }
  const rows = objectRows(sink)
  let rest = ''
  let line = 1
  let isOpen = false
  let isClosed = false
  for await (const piece of text) {
    rest += piece
    readElements(false)
    yield
  }
  readElements(true)
  if (!isClosed) sink.bad(line, 'ends before the list is closed: the file may be cut off', rest)

  function readElements(isEnd: boolean): void {
    let at = 0
    const pass = (to: number): void => {
      line += countBreaks(rest.slice(at, to))
      at = to
    }
    while (!isClosed) {
      pass(skipSpaceAndCommas(rest, at))
      if (at >= rest.length) break
      if (!isOpen) {
        isOpen = true
        pass(at + 1)
      } else if (rest[at] === ']') {
        isClosed = true
        pass(at + 1)
      } else {
        const end = elementEnd(rest, at)
        if (end < 0 || (end === rest.length && !isEnd)) break
        rows.add(rest.slice(at, end).trim(), line)
        pass(end)
      }
    }
    rest = isClosed ? '' : rest.slice(at)
    if (rest.length > maxRowLength)
      throw tableError(
        `The row that begins in line ${line} is longer than 16 million characters. Check that the file is a JSON array of objects.`,
      )
  }
}

async function* readWholeObject(text: TextStream, sink: TableSink): AsyncGenerator<void> {
  let whole = ''
  for await (const piece of text) {
    whole += piece
    if (whole.length > maxWholeLength)
      throw tableError('A JSON file of more than 50 MB must be a JSON array or have one object a line. Save it in one of these forms.')
    yield
  }
  const json = parseJson(whole)
  if (!json.ok) throw tableError(`The file is not valid JSON: ${json.reason}. Correct it, or save the data as CSV.`)
  const found = isJsonObject(json.value) ? longestList(Object.entries(json.value)) : undefined
  if (!found) throw tableError('The file holds JSON, but no list of rows. Give it as a JSON array of objects, or one object a line.')
  sink.detail(`rows of "${found.key}"`)
  const rows = objectRows(sink)
  found.list.forEach((value, index) => rows.addValue(value, index + 1, JSON.stringify(value).slice(0, 400)))
}
const maxWholeLength = 50 * 1024 * 1024

function longestList(entries: readonly (readonly [string, Json])[]): { key: string; list: readonly Json[] } | undefined {
  const lists = entries.flatMap(([key, list]) => (Array.isArray(list) && list.some(isJsonObject) ? [{ key, list }] : []))
  return lists.sort((a, b) => b.list.length - a.list.length)[0]
}

function skipSpaceAndCommas(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n,'.includes(text.charAt(at))) at += 1
  return at
}

/** Where the element that begins at `from` ends, by its brackets; -1 when the text ends before it does. */
function elementEnd(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') {
      at = stringEnd(text, at)
      if (at < 0) return -1
    } else if (char === '{' || char === '[') {
      depth += 1
    } else if (char === '}' || char === ']') {
      if (depth === 0) return at
      depth -= 1
      if (depth === 0) return at + 1
    } else if (char === ',' && depth === 0) {
      return at
    }
  }
  return depth === 0 ? text.length : -1
}

/** The index of the mark that closes the string which opens at `from`. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return -1
}
