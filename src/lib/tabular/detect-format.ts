import { isJsonObject, parseJson } from '../json'

export type TableFormat = 'csv' | 'jsonl' | 'json'

/** Tells the format from the beginning of the text; the ending of the name counts where both are possible. */
export function detectFormat(head: string, name: string): TableFormat {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase()
  if (ending === 'csv' || ending === 'tsv') return 'csv'
  if (ending === 'jsonl' || ending === 'ndjson') return 'jsonl'
  const start = head.trimStart()
  if (start.startsWith('[')) return 'json'
  if (!start.startsWith('{')) return ending === 'json' ? 'json' : 'csv'
  const line = parseJson(start.split(/\r?\n/, 1)[0] ?? '')
  const isOneObjectALine = line.ok && isJsonObject(line.value) && !Object.values(line.value).some(Array.isArray)
  return isOneObjectALine ? 'jsonl' : 'json'
}
