/** Where Python's `splitlines` cuts, but for three control characters of tape files. */
export const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/
/** Those that are more than a line feed. */
export const otherLineEnd = /[\r\v\f\u0085\u2028\u2029]/

/** The lines of a text as Python's `splitlines` gives them: none of an empty text, and no empty one behind the last end. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(lineEnd)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
