/** What a backslash at `position` of a Python text stands for, and the length of the escape. An unknown one stands for itself. */
export function escapeAt(line: string, position: number): [string, number] {
  const letter = line[position + 1] ?? ''
  const hex = hexLengths[letter]
  if (hex !== undefined) {
    const digits = line.slice(position + 2, position + 2 + hex)
    const code = Number.parseInt(digits, 16)
    if (digits.length === hex && /^[0-9a-fA-F]+$/.test(digits) && code <= 0x10ffff) return [String.fromCodePoint(code), 2 + hex]
  }
  if (letter >= '0' && letter <= '7') {
    const [digits = '0'] = /^[0-7]{1,3}/.exec(line.slice(position + 1, position + 4)) ?? []
    return [String.fromCodePoint(Number.parseInt(digits, 8)), 1 + digits.length]
  }
  if (letter === '\r' && line[position + 2] === '\n') return ['', 3]
  const short = shortEscapes[letter]
  return short === undefined ? [`\\${letter}`, 2] : [short, 2]
}

const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const shortEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  // A line that goes on below.
  '\n': '',
  '\r': '',
}
