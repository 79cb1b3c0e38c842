import { maxRowLength } from './csv-row'
import type { TextStream } from './decode-text'
import { tableError } from './limits'
import { objectRows } from './object-rows'
import type { TableSink } from './table'

/** Reads one JSON object a line; empty lines are skipped. Yields after each piece of text. */
export async function* readJsonLines(text: TextStream, sink: TableSink): AsyncGenerator<void> {
  const rows = objectRows(sink)
  let rest = ''
  let line = 1
  for await (const piece of text) {
    const text = rest + piece
    // A long line that comes in many pieces is put together once, at its end.
    const lines = piece.includes('\n') ? text.split('\n') : [text]
    rest = lines.pop() ?? ''
    if (rest.length > maxRowLength) throw tableError(`Line ${line} is longer than 16 million characters. Write one JSON object a line.`)
    for (const item of lines) addLine(item)
    yield
  }
  addLine(rest)

  function addLine(item: string): void {
    if (item.trim() !== '') rows.add(item.trim(), line)
    line += 1
  }
}
