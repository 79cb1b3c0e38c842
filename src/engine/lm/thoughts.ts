import { valueSpans } from './value-spans'

export interface SplitText {
  /** What the model thought, in the order it came. */
  readonly thoughts: readonly string[]
  /** What it answered. The same as what was given where it holds no thoughts. */
  readonly text: string
}

/**
 * Takes the thoughts out of a text in which a server left them. A thought is what stands
 * - in front of the answer between `<think>` and `</think>`, or up to a closing tag whose opening tag the prompt had already set;
 * - after an opening tag at the very start that is never closed: the model was still thinking when it ended;
 * - in a closed block before the first value, or at the very start of a value under a `[[ ## name ## ]]` line.
 *
 * A tag in quotation marks, or in the middle of a value (also of a JSON string, a fenced text, an XML element), is part of the answer.
 */
export function splitThoughts(text: string): SplitText {
  const tags = tagsOf(text)
  if (tags.length === 0) return { thoughts: [], text }
  const lead = leadingBlocks(text, tags, 0)
  let removed = lead
  let start = lead.at(-1)?.end ?? 0
  const rest = restOf(text, tags, start)
  const orphan = lead.length === 0 ? openEnd(rest) : isNested(tags, lead) ? nestedEnd(rest) : undefined
  if (orphan) {
    removed = [...lead, { start, thoughtStart: start, thoughtEnd: orphan.start, end: orphan.end }]
    removed = [...removed, ...leadingBlocks(text, tags, orphan.end)]
    start = removed.at(-1)?.end ?? 0
  }
  const blocks = [...removed, ...innerBlocks(orphan ? restOf(text, tags, start) : rest)]
  if (blocks.length === 0) return { thoughts: [], text }
  let kept = ''
  let from = 0
  for (const block of blocks) {
    kept += text.slice(from, block.start)
    from = block.end
  }
  kept += text.slice(from)
  const thoughts = blocks.map(block => text.slice(block.thoughtStart, block.thoughtEnd).trim()).filter(thought => thought !== '')
  return { thoughts, text: removed.length > 0 ? kept.trimStart() : kept }
}

interface Tag {
  readonly start: number
  readonly end: number
  readonly isCloser: boolean
  /** The tag that closes this one: the first of its name, else the first of another. */
  readonly closer?: Tag
}

/** A thought with its tags. */
interface Block {
  readonly start: number
  readonly thoughtStart: number
  readonly thoughtEnd: number
  readonly end: number
}

/** The spellings seen: `<think>`, `<thinking>`, `<thought>`, `<seed:think>`, `[THINK]`, `◁think▷`. */
const tagPattern = /([<[◁])(\/?)\s{0,9}((?:\w{1,20}:)?(?:thinking|think|thoughts?))\s{0,9}([>\]▷])/gi
const closing: Readonly<Record<string, string>> = { '<': '>', '[': ']', '◁': '▷' }

/** In order. Read from the back, so that each opening tag knows its closing tag at once. */
function tagsOf(text: string): readonly Tag[] {
  const tags: Tag[] = []
  const closers = new Map<string, Tag>()
  for (const match of [...text.matchAll(tagPattern)].toReversed()) {
    const [whole, left = '', slash, word = '', right] = match
    const start = match.index
    const end = start + whole.length
    if (closing[left] !== right || isQuoted(text, start, end)) continue
    const name = left + word.toLowerCase()
    const isCloser = slash === '/'
    const closer = closers.get(name) ?? closers.get('any')
    const tag: Tag = { start, end, isCloser, ...(!isCloser && closer && { closer }) }
    if (isCloser) closers.set(name, tag).set('any', tag)
    tags.push(tag)
  }
  return tags.toReversed()
}

/** "`<think>`" speaks about the tag. In `"Rome"</think>"Paris"` the marks belong to the words beside it. */
function isQuoted(text: string, start: number, end: number): boolean {
  const mark = text.charAt(start - 1)
  if (mark === '' || !'`"\'“‘'.includes(mark)) return false
  if (text.charAt(end) !== (mark === '“' ? '”' : mark === '‘' ? '’' : mark)) return false
  return mark === '`' || (!/\w/.test(text.charAt(start - 2)) && !/\w/.test(text.charAt(end + 1)))
}

function leadingBlocks(text: string, tags: readonly Tag[], from: number): readonly Block[] {
  const blocks: Block[] = []
  let start = from
  for (const tag of tags) {
    if (tag.start < start) continue
    if (tag.isCloser || !isBlank(text, start, tag.start)) break
    blocks.push(blockOf(tag, text.length))
    start = tag.closer?.end ?? text.length
  }
  return blocks
}

function blockOf({ start, end, closer }: Tag, length: number): Block {
  return { start, thoughtStart: end, thoughtEnd: closer?.start ?? length, end: closer?.end ?? length }
}

function isNested(tags: readonly Tag[], blocks: readonly Block[]): boolean {
  const last = blocks.at(-1)
  return last !== undefined && tags.some(tag => !tag.isCloser && tag.start > last.start && tag.end <= last.thoughtEnd)
}

/** What follows the leading thoughts, with the tags that do not stand in a value its punctuation shows. */
interface Rest {
  readonly text: string
  readonly start: number
  readonly tags: readonly Tag[]
  readonly markers: readonly Marker[]
  /** Where each name stands for the last time. */
  readonly lastOf: ReadonlyMap<string, number>
}

interface Marker {
  readonly name: string
  readonly start: number
  readonly end: number
}

function restOf(text: string, tags: readonly Tag[], start: number): Rest {
  const ahead = tags.filter(tag => tag.start >= start)
  if (ahead.length === 0) return { text, start, tags: [], markers: [], lastOf: new Map() }
  const spans = valueSpans(text, start)
  let next = 0
  let covered = start
  const open = ahead.filter(tag => {
    for (let span = spans[next]; span && span.start <= tag.start; span = spans[++next]) covered = Math.max(covered, span.end)
    return tag.start >= covered
  })
  const pattern = /\[\[ ## ([\p{L}\p{N}_]+) ## \]\]/gu
  pattern.lastIndex = start
  const markers: Marker[] = []
  for (let match = pattern.exec(text); match; match = pattern.exec(text))
    markers.push({ name: match[1] ?? '', start: match.index, end: pattern.lastIndex })
  return { text, start, tags: open, markers, lastOf: new Map(markers.map(marker => [marker.name, marker.start])) }
}

/** The closing tag of a thought that began at the start, where the opening tag stood in the prompt. */
function openEnd({ text, start, tags, markers, lastOf }: Rest): Tag | undefined {
  let marker = 0
  let latest = -1
  let isOpened = false
  const isWordy = !isBlank(text, start, markers[0]?.start ?? start)
  for (const tag of tags) {
    if (!tag.isCloser) {
      if (isLineStart(text, tag.start)) return undefined
      isOpened = true
      continue
    }
    for (let before = markers[marker]; before && before.start < tag.start; before = markers[++marker])
      if (before.name !== completed) latest = Math.max(latest, lastOf.get(before.name) ?? -1)
    const isAlone = isLineStart(text, tag.start) && isLineEnd(text, tag.end)
    // A thought may speak of the opening tag; its end then still has a line of its own.
    if (isOpened && !isAlone) return undefined
    if (marker === 0) return tag
    // Fields were opened before the tag: a draft when one of them comes again, else the tag stands in a value.
    const isLast = marker === markers.length
    // Words in front of the fields, and the fields of the answer right after the tag: the draft was of another layout.
    const isOther = isWordy && isLineEnd(text, tag.end) && !isLast && isBlank(text, tag.end, markers[marker]?.start ?? 0)
    const isDraft = latest > tag.end || startsValue(text, tag.end) || isOther || (isAlone && isLast)
    if (isDraft) return tag
  }
  return undefined
}

/** The end of a thought inside of which another was opened and closed. */
function nestedEnd({ text, tags }: Rest): Tag | undefined {
  const [first] = tags
  return first?.isCloser && isLineEnd(text, first.end) && !isBlank(text, first.end, text.length) ? first : undefined
}

/** Closed blocks before the first value, and at the start of values. */
function innerBlocks({ text, start, tags, markers, lastOf }: Rest): readonly Block[] {
  const blocks: Block[] = []
  const lastMarker = markers.at(-1)
  let marker = 0
  let done = start
  for (const tag of tags) {
    if (tag.isCloser || tag.start < done) continue
    while ((markers[marker]?.start ?? Number.POSITIVE_INFINITY) < tag.start) marker++
    const before = markers[marker - 1]
    const inside = markers[marker]
    const { closer } = tag
    const isLead = before !== undefined && isBlank(text, Math.max(before.end, done), tag.start)
    const isThought = closer
      ? isLead
        ? // Another field that is named only in here is a field of the answer: both tags are values.
          !inside || inside.start > closer.start || (lastOf.get(inside.name) ?? -1) > closer.end
        : before === undefined && ((lastMarker?.start ?? -1) > closer.end || startsValue(text, closer.end))
      : isLead && !inside && isLineEnd(text, tag.end) && !isBlank(text, tag.end, text.length)
    if (!isThought) continue
    const block = blockOf(tag, text.length)
    blocks.push(block)
    done = block.end
  }
  return blocks
}

const completed = 'completed'

/** JSON or a fence comes next. */
function startsValue(text: string, at: number): boolean {
  return sticky(/\s*(?:\{\s*"|```)/y, text, at)
}

function isLineStart(text: string, at: number): boolean {
  let index = at - 1
  while (text[index] === ' ' || text[index] === '\t') index--
  return index < 0 || text[index] === '\n' || text[index] === '\r'
}

function isLineEnd(text: string, at: number): boolean {
  return sticky(/[ \t]*(?:[\r\n]|$)/y, text, at)
}

function isBlank(text: string, start: number, end: number): boolean {
  const first = /\S/g
  first.lastIndex = start
  return (first.exec(text)?.index ?? text.length) >= end
}

function sticky(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}
