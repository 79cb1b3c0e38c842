import { isJsonObject, parseJson } from './json'

/**
 * Values as one text in which each object that they have in common stands once: a hundred states of a document that differ in a word
 * take little more room than one.
 */
export function writeSharedJson(values: readonly unknown[]): string {
  const table: unknown[] = []
  const places = new Map<object, number>()
  const write = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const known = places.get(value)
    if (known !== undefined) return [known]
    const written = Array.isArray(value)
      ? { items: value.map(write) }
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [`.${key}`, write(item)]))
    const place = table.push(written) - 1
    places.set(value, place)
    return [place]
  }
  const roots = values.map(write)
  return JSON.stringify({ table, roots })
}

/** What `writeSharedJson` wrote, with objects shared again; undefined for any other text. */
export function readSharedJson(text: string): readonly unknown[] | undefined {
  const parsed = parseJson(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { table, roots } = parsed.value
  if (!Array.isArray(table) || !Array.isArray(roots)) return undefined
  const read: unknown[] = []
  // An object stands behind all that it holds, so each place that is named has been read.
  const valueOf = (written: unknown): unknown => (Array.isArray(written) ? read[Number(written[0])] : written)
  for (const entry of table) {
    if (!isJsonObject(entry)) return undefined
    const { items } = entry
    read.push(
      Array.isArray(items)
        ? items.map(valueOf)
        : Object.fromEntries(Object.entries(entry).map(([key, item]) => [key.slice(1), valueOf(item)])),
    )
  }
  return roots.map(valueOf)
}
