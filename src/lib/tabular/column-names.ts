import { distinctNames } from '../distinct-name'
import { asLine, isOneLine } from '../line-text'

/** Names a header row gives: trimmed, one line, never empty, never twice. */
export function headerNames(cells: readonly string[]): string[] {
  const used = new Set<string>()
  /** Where to go on counting: a header of one name many times is not counted from its start each time. */
  const copies = new Map<string, number>()
  return cells.map((cell, index) => {
    const wanted = safeName(asLine(cell).trim()) || `column ${index + 1}`
    let name = wanted
    let copy = copies.get(wanted) ?? 2
    for (; used.has(name); copy += 1) name = `${wanted} ${copy}`
    copies.set(wanted, copy)
    used.add(name)
    return name
  })
}

/** The places of a header row that give no name. */
export function namelessPlaces(cells: readonly string[]): ReadonlySet<number> {
  return new Set(cells.flatMap((cell, index) => (cell.trim() === '' ? [index] : [])))
}

/** Names of keys as names of columns: one line each, still told apart. */
export function keyNames(keys: readonly string[]): string[] {
  if (keys.every(isOneLine)) return [...keys]
  const distinct = distinctNames(keys.filter(isOneLine))
  return keys.map(key => (isOneLine(key) ? key : distinct(safeName(asLine(key)) || 'column')))
}

/** A name that is safe as a key of an object: JavaScript gives this one a meaning of its own. */
export function safeName(name: string): string {
  return name === '__proto__' ? 'proto' : name
}
