/** Names a header row gives: trimmed, never empty, never twice. */
export function headerNames(cells: readonly string[]): string[] {
  const used = new Set<string>()
  return cells.map((cell, index) => {
    const wanted = safeName(cell.trim()) || `column ${index + 1}`
    let name = wanted
    for (let copy = 2; used.has(name); copy += 1) name = `${wanted} ${copy}`
    used.add(name)
    return name
  })
}

/** A name that is safe as a key of an object: JavaScript gives this one a meaning of its own. */
export function safeName(name: string): string {
  return name === '__proto__' ? 'proto' : name
}
