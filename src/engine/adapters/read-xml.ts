/** A tag with what stands between it and its closing tag, as the model wrote it. */
export interface XmlElement {
  /** The `key` attribute of an `<entry>`, else the tag's name. */
  readonly name: string
  readonly raw: string
  /** `<name />`: nothing, not an empty text. */
  readonly isSelfClosed: boolean
  /** The elements directly inside. A tag that is not closed in here is text. */
  children(): readonly XmlElement[]
}

/**
 * The elements of the wanted names, by name, wherever they stand outside of each other. Prose, fences and other tags around
 * them do not matter. A tag that is never closed runs to the next wanted one, or to the end. Time grows with the text's length, also
 * where all that is inside is read level by level: the tags are found once.
 */
export function readXmlFields(text: string, wanted: ReadonlySet<string>): ReadonlyMap<string, readonly XmlElement[]> {
  const all = tagsOf(text)
  const tags = all.filter(tag => wanted.has(tag.name))
  const found = new Map<string, XmlElement[]>()
  const loose: { readonly tag: Tag; readonly end: number }[] = []
  for (let at = 0; at < tags.length; at += 1) {
    const tag = tags[at]
    if (tag === undefined || tag.isClosing) continue
    const last = loose.at(-1)
    if (last?.end === text.length && last.tag !== tag) loose[loose.length - 1] = { tag: last.tag, end: tag.start }
    if (tag.closer === undefined && !tag.isSelfClosed) {
      loose.push({ tag, end: text.length })
      continue
    }
    const group = found.get(tag.name) ?? []
    found.set(tag.name, group)
    group[Math.min(group.length, mostRepeats)] = elementOf(text, all, tag)
    while (tag.closer !== undefined && tags[at] !== tag.closer) at += 1
  }
  for (const { tag, end } of loose) {
    if (!found.has(tag.name)) found.set(tag.name, [looseElement(text, all, tag, end)])
  }
  return found
}

/** The elements directly inside a text. A tag that is not closed is text. */
export function readXmlChildren(raw: string): readonly XmlElement[] {
  return childrenIn(raw, tagsOf(raw), 0, raw.length)
}

/** `from` is the place of the first tag that may stand inside. */
function childrenIn(text: string, tags: readonly Tag[], from: number, end: number): readonly XmlElement[] {
  const children: XmlElement[] = []
  for (let at = from; at < tags.length; at += 1) {
    const tag = tags[at]
    if (tag === undefined || tag.start >= end) break
    if (tag.isClosing) continue
    const isClosed = tag.closer !== undefined && tag.closer.start < end
    if (!isClosed && !tag.isSelfClosed) continue
    children.push(elementOf(text, tags, tag))
    if (tag.closer !== undefined) at = tag.closer.place
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
  /** Its place in the list of all tags. */
  readonly place: number
  readonly name: string
  readonly key?: string
  readonly start: number
  readonly end: number
  readonly isClosing: boolean
  readonly isSelfClosed: boolean
  /** The tag that closes this one: the last open one of a name is closed first. */
  closer?: Tag
}

/** No answer repeats a tag as often on purpose; a list has its items inside of one. */
const mostRepeats = 1000
const cdataStart = '<![CDATA['
const cdataEnd = ']]>'
/** Stops at the next `<`, so that no text is looked at twice. */
const tagPattern = /<(\/?)([\p{L}\p{XID_Start}_][\p{L}\p{N}\p{XID_Continue}.-]*)((?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*'){0,2000}?)?)(\/?)>/uy
const keyPattern = /\skey\s*=\s*(?:"([^"]*)"|'([^']*)')/

function tagsOf(text: string): readonly Tag[] {
  const tags: Tag[] = []
  const open = new Map<string, Tag[]>()
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
      const tag: Tag = {
        place: tags.length,
        name,
        ...(key && { key: decodeXml(key[1] ?? key[2] ?? '') }),
        start: at,
        end: at + whole.length,
        isClosing: slash !== '',
        isSelfClosed: selfClose !== '',
      }
      tags.push(tag)
      if (!tag.isSelfClosed) pair(tag, open)
    }
    at = text.indexOf('<', match ? at + match[0].length : at + 1)
  }
  return tags
}

function pair(tag: Tag, open: Map<string, Tag[]>): void {
  const stack = open.get(tag.name) ?? []
  open.set(tag.name, stack)
  if (!tag.isClosing) stack.push(tag)
  else {
    const opened = stack.pop()
    if (opened) opened.closer = tag
  }
}

function elementOf(text: string, tags: readonly Tag[], tag: Tag): XmlElement {
  return element(text, tags, tag, text.slice(tag.end, tag.closer?.start ?? tag.end))
}

/** Runs to `end`; of a cut answer in a fence that was opened before its first tag, without the end of the fence. */
function looseElement(text: string, tags: readonly Tag[], tag: Tag, end: number): XmlElement {
  const raw = text.slice(tag.end, end)
  return element(text, tags, tag, text.trimStart().startsWith('```') ? raw.trimEnd().replace(/\n```$/, '') : raw)
}

function element(text: string, tags: readonly Tag[], tag: Tag, raw: string): XmlElement {
  return {
    name: tag.key ?? tag.name,
    raw,
    isSelfClosed: tag.isSelfClosed,
    children: () => childrenIn(text, tags, tag.place + 1, tag.end + raw.length),
  }
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
