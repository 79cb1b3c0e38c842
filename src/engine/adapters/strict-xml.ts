/**
 * True for what a strict reader of XML takes as the inside of an element: every tag closed in its order, no bare `<`, and no `&` that begins
 * no reference. Time grows with the length of the text.
 */
export function isStrictXml(text: string): boolean {
  if (forbidden.test(text)) return false
  const open: string[] = []
  let at = 0
  while (at < text.length) {
    const end = endOfOther(text, at)
    if (end !== undefined) {
      at = end
      continue
    }
    tag.lastIndex = at
    const [whole = '', closing, name = '', selfClosing] = tag.exec(text) ?? []
    if (whole === '') return false
    if (closing === '/') {
      if (open.pop() !== name) return false
    } else if (selfClosing !== '/') open.push(name)
    at += whole.length
  }
  return open.length === 0
}

/** Control characters but those of lines; the later ones are allowed. */
const forbidden = /(?![\t\n\r])\p{Cc}(?<![\u007f-\u009f])|[\ufffe\uffff]/u

/** `<name key="value">`, `</name>`, `<name />`. */
const tag = /<(\/?)([\p{L}_][\p{L}\p{N}_.-]*)(?:\s+[\p{L}_][\p{L}\p{N}_.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>/uy

/** Where the text, reference, comment or section that begins here ends; undefined where a tag begins, or nothing that is allowed. */
function endOfOther(text: string, at: number): number | undefined {
  for (const [start, end] of sections) {
    if (!text.startsWith(start, at)) continue
    const found = text.indexOf(end, at + start.length)
    return found < 0 ? undefined : found + end.length
  }
  plain.lastIndex = at
  const [found] = plain.exec(text) ?? []
  return found === undefined || found.includes(']]>') ? undefined : at + found.length
}

const sections = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const
const plain = /[^<&]+|&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});/iuy
