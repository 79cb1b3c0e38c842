import { cutText } from '../cut-text'
import { parseTwofoldJson } from '../exact-json'
import { isJsonObject, type JsonObject } from '../json'
import { maxRowLength } from './csv-row'
import type { TextStream } from './decode-text'
import { elementCutter, type JsonElement } from './json-elements'
import { shapeOf } from './json-shapes'
import { tableError } from './limits'
import { objectRows } from './object-rows'
import type { TableSink } from './table'

/**
 * Reads a JSON array of objects element by element, objects one after another however they are printed, or one object that holds the
 * rows in a shape that is known. Yields after each piece of text.
 */
export async function* readJson(text: TextStream, sink: TableSink): AsyncGenerator<void> {
  const rows = objectRows(sink)
  const cutter = elementCutter()
  /** The first of several objects, or the only one: which, is known when another comes or the file ends. */
  let first: JsonElement | undefined
  let count = 0

  for await (const piece of text) {
    for (const element of cutter.take(piece)) add(element)
    if (cutter.isList() === false && count === 0) {
      if (cutter.pendingLength() > maxWholeLength)
        throw tableError('A JSON file of more than 50 MB must be a JSON array or have one object a line. Save it in one of these forms.')
    } else if (cutter.pendingLength() > maxRowLength) {
      throw tableError('A row of the file is longer than 16 million characters. Check that the file is a JSON array of objects.')
    }
    yield
  }
  const last = cutter.end()
  if (cutter.isOpen()) {
    sink.bad(last?.line ?? 1, 'ends before the list is closed: the file may be cut off', last?.text ?? '')
  } else if (last) add(last)
  if (first) addWhole(first, sink)

  function add(element: JsonElement): void {
    count += 1
    if (cutter.isList() === true) return rows.add(element.text, element.line)
    if (count === 1) {
      first = element
      return
    }
    if (first) {
      sink.detail('one object after another')
      rows.add(first.text, first.line)
      first = undefined
    }
    rows.add(element.text, element.line)
  }
}
const maxWholeLength = 50 * 1024 * 1024

function addWhole({ text }: JsonElement, sink: TableSink): void {
  const json = parseTwofoldJson(text)
  if (!json.ok) throw tableError(`The file is not valid JSON: ${json.reason}. Correct it, or save the data as CSV.`)
  const { typed, raw, odd } = json
  const shape = isJsonObject(typed) ? shapeOf(typed) : undefined
  if (!shape || !isJsonObject(typed))
    throw tableError('The file holds JSON, but no list of rows. Give it as a JSON array of objects, or one object a line.')
  sink.detail(shape.detail)
  for (const words of shape.leftOut) sink.leftOut(words)
  if (odd.nan > 0) sink.left('nan', odd.nan)
  const rows = objectRows(sink)
  const written: JsonObject = isJsonObject(raw) ? raw : typed
  const found = shape.rows(typed)
  const asWritten = raw === typed ? found : shape.rows(written)
  found.forEach((row, index) => rows.addValue(asWritten[index] ?? row, index + 1, { text: cutText(JSON.stringify(row), 400), typed: row }))
}
