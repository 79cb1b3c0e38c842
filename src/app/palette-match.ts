export interface PaletteEntry {
  readonly id: string
  readonly title: string
  readonly group: string
  readonly icon?: string
  readonly shortcut?: string
  readonly run: () => void
}

/** Entries that hold every word of the query, those that start with it first. */
export function matchEntries(entries: readonly PaletteEntry[], query: string): readonly PaletteEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return entries
  const found = entries.filter(entry => words.every(word => `${entry.title} ${entry.group}`.toLowerCase().includes(word)))
  const rank = (entry: PaletteEntry) => (entry.title.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1)
  return found.toSorted((a, b) => rank(a) - rank(b))
}
