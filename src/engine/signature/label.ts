import type { Field } from './signature'

/**
 * The label DSPy makes of a field name, without the colon that its saved `prefix` ends in: `some_name` → `Some Name`,
 * `HTMLParser` → `HTML Parser`, `text2number` → `Text 2 Number`.
 */
export function inferPrefix(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([a-zA-Z])(\p{Nd})/gu, '$1_$2')
    .replace(/(\p{Nd})([a-zA-Z])/gu, '$1_$2')
    .split('_')
    .map(piece => (isUpper(piece) ? piece : capitalized(piece)))
    .join(' ')
}

/** The prefix that DSPy saves for a field: its own, or the label of its name and a colon. */
export function fieldPrefix({ name, prefix }: Pick<Field, 'name' | 'prefix'>): string {
  return prefix ?? `${inferPrefix(name)}:`
}

/** The first letter in title case, as Python has it: `ß` begins as `Ss`. */
function capitalized(piece: string): string {
  const [first = ''] = piece
  const [head = '', ...more] = first.toUpperCase()
  return head + more.join('').toLowerCase() + piece.slice(first.length).toLowerCase()
}

function isUpper(piece: string): boolean {
  return piece === piece.toUpperCase() && piece !== piece.toLowerCase()
}
