/** True for a body that is a web page, or a part of one, in place of what an API sends. */
export function isPage(body: string): boolean {
  return /^\s*<(?:!--|(?:!doctype|html|head|body|title|meta|link|script|style|noscript|h[1-6]|center|table|p|pre|div|\?xml)\b)/i.test(body)
}

/** The words that a page shows: without scripts, styles, comments and tags, each element on a line of its own. Takes linear time. */
export function pageText(page: string): string {
  let text = ''
  let at = 0
  for (;;) {
    const open = page.indexOf('<', at)
    text += page.slice(at, open < 0 ? page.length : open)
    if (open < 0) break
    const end = endOfMarkup(page, open)
    if (end === undefined) break
    if (!inlineTag.test(page.slice(open, open + 10))) text += '\n'
    at = end
  }
  return unescaped(text)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .join('\n')
}

/** Where a tag, a comment, or an element whose content nobody reads is over; undefined where the page ends before. */
function endOfMarkup(page: string, open: number): number | undefined {
  const name = /^<(?:script|style|title|!--)/i.exec(page.slice(open, open + 8))?.[0].toLowerCase()
  const closing = name === undefined ? '>' : name === '<!--' ? '-->' : `</${name.slice(1)}`
  const found = name === undefined ? page.indexOf(closing, open) : indexOfCaseless(page, closing, open)
  if (found < 0) return undefined
  if (name === undefined || name === '<!--') return found + closing.length
  const end = page.indexOf('>', found)
  return end < 0 ? undefined : end + 1
}

function indexOfCaseless(page: string, wanted: string, from: number): number {
  const pattern = new RegExp(wanted.replaceAll(/[/-]/g, '\\$&'), 'gi')
  pattern.lastIndex = from
  return pattern.exec(page)?.index ?? -1
}

/** Tags that stand inside a sentence. */
const inlineTag = /^<\/?(?:a|b|i|em|code|span|strong|tt|kbd|samp|var)\b/i

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
  })
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
