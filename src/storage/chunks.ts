/** A chunk is one stored record: few enough for speed, small enough that a damaged one costs little. */
const maxItems = 2_000
const maxCharacters = 500_000

/** Cuts a list into chunks of at most 2,000 items and about half a million characters; an item is never cut. */
export function cutRows<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = []
  let chunk: T[] = []
  let characters = 0
  for (const item of items) {
    const size = roughSize(item)
    if (chunk.length > 0 && (chunk.length >= maxItems || characters + size > maxCharacters)) {
      chunks.push(chunk)
      chunk = []
      characters = 0
    }
    chunk.push(item)
    characters += size
  }
  if (chunk.length > 0) chunks.push(chunk)
  return chunks
}

/** About how many characters a value takes as JSON, without writing it out. */
export function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 6
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + roughSize(item) + 1, 2)
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + 4 + roughSize(item), 2)
}
