import { isJsonObject, parseJson } from '../json'

export type TableFormat = 'csv' | 'jsonl' | 'json'

/** Tells the format from the beginning of the text; the ending of the name counts where both are possible. */
export function detectFormat(head: string, name: string): TableFormat {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase()
  if (ending === 'csv' || ending === 'tsv') return 'csv'
  const isLines = ending === 'jsonl' || ending === 'ndjson'
  const start = head.trimStart()
  if (start.startsWith('[') || start.startsWith('\u001E')) return 'json'
  if (!start.startsWith('{')) return isLines ? 'jsonl' : ending === 'json' ? 'json' : 'csv'
  const lines = start
    .split(/\r\n|\n|\r/)
    .filter(line => line.trim() !== '')
    .slice(0, 2)
  const [first = '', second] = lines
  if (second === undefined) return isLines ? 'jsonl' : 'json'
  // A line that begins an object shows that the one before is a whole row, even one that cannot be read.
  const json = parseJson(first)
  if ((json.ok && isJsonObject(json.value)) || second.trimStart().startsWith('{')) return 'jsonl'
  return isLines && isClosed(first) ? 'jsonl' : 'json'
}

/** Whether as many brackets are closed as opened: a row of its own, though a damaged one, and no first line of a printed object. */
function isClosed(line: string): boolean {
  return line.split(/[{[]/).length <= line.split(/[}\]]/).length
}
