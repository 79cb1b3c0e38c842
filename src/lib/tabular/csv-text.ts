// The one place where foreign text becomes CSV.

/** One line of a table, with its line break. */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const guarded = isFormula(value) ? `'${value}` : value
  return /[",;\t\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

/**
 * Spreadsheets run a cell that begins like a formula, also behind spaces and with the wide signs of East Asian keyboards; such cells get an
 * apostrophe in front. A negative number is none, though it may stand there as the text of its digits.
 */
function isFormula(text: string): boolean {
  if (/^-\d+(?:\.\d+)?$/.test(text)) return false
  return /^[\t\r\n]|^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text)
}
