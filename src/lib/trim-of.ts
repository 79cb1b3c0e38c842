/**
 * The text without the letters of a kind at its end. `/x+$/` in its place looks at a run of them again from each letter of it, which takes
 * minutes for a long one that something else follows.
 */
export function trimEndOf(text: string, letter: RegExp): string {
  let end = text.length
  while (end > 0 && letter.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** The same at both ends. */
export function trimOf(text: string, letter: RegExp): string {
  const kept = trimEndOf(text, letter)
  let start = 0
  while (start < kept.length && letter.test(kept.charAt(start))) start += 1
  return kept.slice(start)
}

/** The lines of a text in one, each trimmed, without the empty ones. */
export function joinLines(text: string): string {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .join(' ')
}
