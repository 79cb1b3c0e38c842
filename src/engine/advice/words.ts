/** `+12.3 points`, with a true minus sign. */
export function points(share: number): string {
  const rounded = Number((share * 100).toFixed(1))
  return `${rounded < 0 ? '−' : '+'}${Math.abs(rounded).toFixed(1)} points`
}

/** Without a sign: the size of a difference. */
export function size(share: number): string {
  return `${Math.abs(share * 100).toFixed(1)} points`
}

/** `1 row`, `12 rows`, `about 1,200 rows` above a thousand, where the last digits say nothing. */
export function many(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`
  if (count > 10_000) return `more than 10,000 ${noun}s`
  if (count < 1000) return `${count} ${noun}s`
  return `about ${(Math.round(count / 100) * 100).toLocaleString('en-US')} ${noun}s`
}

/** The word after a count: `is` or `are`, `was` or `were`. */
export function verb(count: number, one: string, other: string): string {
  return count === 1 ? one : other
}
