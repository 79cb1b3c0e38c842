/** A tag with what stands between it and its closing tag, as the model wrote it. */
export interface XmlElement {
  /** The `key` attribute of an `<entry>`, else the tag's name. */
  readonly name: string
  readonly raw: string
  /** `<name />`: nothing, not an empty text. */
  readonly isSelfClosed: boolean
}

/**
 * The elements of the wanted names, by name, wherever they stand outside of each other. Prose, fences and other tags around
 * them do not matter. A tag that is never closed runs to the next wanted one, or to the end. Time grows with the text's length.
 */
export function readXmlFields(text: string, wanted: ReadonlySet<string>): ReadonlyMap<string, readonly XmlElement[]> {
  const tags = tagsOf(text).filter(tag => wanted.has(tag.name))
  const ends = closings(tags)
  const found = new Map<string, XmlElement[]>()
  const loose: { readonly tag: Tag; readonly end: number }[] = []
  for (let at = 0; at < tags.length; at += 1) {
    const tag = tags[at]
    if (tag === undefined || tag.isClosing) continue
    const last = loose.at(-1)
    if (last?.end === text.length && last.tag !== tag) loose[loose.length - 1] = { tag: last.tag, end: tag.start }
    const close = ends.get(tag)
    if (close === undefined && !tag.isSelfClosed) {
      loose.push({ tag, end: text.length })
      continue
    }
    const element = elementOf(text, tag, close === undefined ? tag.end : (tags[close]?.start ?? tag.end))
    found.set(tag.name, [...(found.get(tag.name) ?? []).slice(0, mostRepeats), element])
    if (close !== undefined) at = close
  }
  for (const { tag, end } of loose) {
    if (!found.has(tag.name)) found.set(tag.name, [{ ...elementOf(text, tag, end), raw: withoutFenceEnd(text, tag, end) }])
  }
  return found
}

/** The elements directly inside a text. A tag that is not closed is text. */
export function readXmlChildren(raw: string): readonly XmlElement[] {
  const tags = tagsOf(raw)
  const ends = closings(tags)
  const children: XmlElement[] = []
  for (let at = 0; at < tags.length; at += 1) {
    const tag = tags[at]
    if (tag === undefined || tag.isClosing) continue
    const close = ends.get(tag)
    if (close !== undefined) {
      children.push(elementOf(raw, tag, tags[close]?.start ?? tag.end))
      at = close
    } else if (tag.isSelfClosed) children.push(elementOf(raw, tag, tag.end))
  }
  return children
}

/** The text that was meant: the five entities, numbered ones and CDATA sections read once; every other letter stays. */
export function decodeXml(raw: string): string {
  let text = ''
  let from = 0
  for (;;) {
    const start = raw.indexOf(cdataStart, from)
    const end = start < 0 ? -1 : raw.indexOf(cdataEnd, start)
    if (end < 0) return text + withoutEntities(raw.slice(from))
    text += withoutEntities(raw.slice(from, start)) + raw.slice(start + cdataStart.length, end)
    from = end + cdataEnd.length
  }
}

interface Tag {
  readonly name: string
  readonly key?: string
  readonly start: number
  readonly end: number
  readonly isClosing: boolean
  readonly isSelfClosed: boolean
}

/** No answer repeats a tag as often on purpose; a list has its items inside of one. */
const mostRepeats = 1000
const cdataStart = '<![CDATA['
const cdataEnd = ']]>'
/** Stops at the next `<`, so that no text is looked at twice. */
const tagPattern = /<(\/?)([\p{L}\p{XID_Start}_][\p{L}\p{N}\p{XID_Continue}.-]*)((?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*?)?)(\/?)>/uy
const keyPattern = /\skey\s*=\s*(?:"([^"]*)"|'([^']*)')/

function tagsOf(text: string): readonly Tag[] {
  const tags: Tag[] = []
  let hasCdata = true
  for (let at = text.indexOf('<'); at >= 0;) {
    if (hasCdata && text.startsWith(cdataStart, at)) {
      const end = text.indexOf(cdataEnd, at)
      hasCdata = end >= 0
      if (hasCdata) {
        at = text.indexOf('<', end)
        continue
      }
    }
    tagPattern.lastIndex = at
    const match = tagPattern.exec(text)
    if (match) {
      const [whole, slash, name = '', attributes = '', selfClose] = match
      const key = name === 'entry' ? keyPattern.exec(attributes) : null
      tags.push({
        name,
        ...(key && { key: decodeXml(key[1] ?? key[2] ?? '') }),
        start: at,
        end: at + whole.length,
        isClosing: slash !== '',
        isSelfClosed: selfClose !== '',
      })
    }
    at = text.indexOf('<', match ? at + match[0].length : at + 1)
  }
  return tags
}

/** For each opening tag the place of the tag that closes it: the last open one of a name is closed first. */
function closings(tags: readonly Tag[]): ReadonlyMap<Tag, number> {
  const open = new Map<string, Tag[]>()
  const ends = new Map<Tag, number>()
  for (const [at, tag] of tags.entries()) {
    if (tag.isSelfClosed) continue
    const stack = open.get(tag.name) ?? []
    open.set(tag.name, stack)
    if (!tag.isClosing) stack.push(tag)
    else {
      const opened = stack.pop()
      if (opened) ends.set(opened, at)
    }
  }
  return ends
}

function elementOf(text: string, tag: Tag, end: number): XmlElement {
  return { name: tag.key ?? tag.name, raw: text.slice(tag.end, end), isSelfClosed: tag.isSelfClosed }
}

/** A cut answer in a fence that was opened before its first tag. */
function withoutFenceEnd(text: string, tag: Tag, end: number): string {
  const raw = text.slice(tag.end, end)
  return text.trimStart().startsWith('```') ? raw.trimEnd().replace(/\n```$/, '') : raw
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function withoutEntities(text: string): string {
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (whole, name, decimal, hex) => {
    if (name !== undefined) return named[String(name)] ?? whole
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal)
    const isLetter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    return isLetter ? String.fromCodePoint(code) : whole
  })
}
