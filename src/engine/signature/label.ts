/**
 * The label DSPy makes of a field name, without the colon that its saved `prefix` ends in: `some_name` → `Some Name`,
 * `HTMLParser` → `HTML Parser`, `text2number` → `Text 2 Number`.
 */
export function inferPrefix(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([a-zA-Z])(\d)/g, '$1_$2')
    .replace(/(\d)([a-zA-Z])/g, '$1_$2')
    .split('_')
    .map(piece => (isUpper(piece) ? piece : piece.slice(0, 1).toUpperCase() + piece.slice(1).toLowerCase()))
    .join(' ')
}

function isUpper(piece: string): boolean {
  return piece === piece.toUpperCase() && piece !== piece.toLowerCase()
}
