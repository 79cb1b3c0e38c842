/** A number in [0, 1) that depends on the parts alone. */
export function unit(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const character of parts.join('\u0001')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** A number in [-1, 1]; three draws added, so that small ones are more frequent. */
export function wobble(...parts: readonly (string | number)[]): number {
  return (2 * (unit('a', ...parts) + unit('b', ...parts) + unit('c', ...parts))) / 3 - 1
}

export function pick<T>(items: readonly T[], ...parts: readonly (string | number)[]): T | undefined {
  return items[Math.floor(unit(...parts) * items.length)]
}

/** The items in an order that depends on the parts alone. */
export function shuffled<T>(items: readonly T[], ...parts: readonly (string | number)[]): T[] {
  return items
    .map((item, at) => ({ item, at: unit('shuffle', at, ...parts) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
