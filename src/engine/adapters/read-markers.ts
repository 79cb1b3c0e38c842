import { lineEnd, otherLineEnd } from './line-ends'

/**
 * The text under the `[[ ## name ## ]]` marker of each field, by name; text before the first marker is dropped, and the first of two equal
 * markers wins. Time grows with the length of the text.
 *
 * A marker alone at the start of a line always counts, as in DSPy. Differs: one of a wanted name or `completed` also counts in bold, in a
 * list, a quote, a heading or a fence, and, where the text has no such one, in the middle of a line; DSPy then loses the field or leaves
 * the marker in a value. A marker of another name in the middle of a line is text.
 */
export function readMarked(text: string, wanted: ReadonlySet<string>): ReadonlyMap<string, string> {
  const plain = otherLineEnd.test(text) ? text.split(lineEnd).join('\n') : text
  const sections = sectionsOf(plain, countedOf(markersOf(plain, wanted), wanted))
  const found = new Map<string, string>()
  for (const { name, value } of withoutFences(sections)) if (name !== undefined && !found.has(name)) found.set(name, value.trim())
  return found
}

/**
 * The same by DSPy's rules to the letter: only a marker that begins its line counts, and of an indented one as many characters of its line are
 * lost as the indent has, behind the marker's end: DSPy measures the marker without the indent, and cuts with it.
 */
export function readMarkedExactly(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let open: { readonly name: string; readonly lines: string[] } | undefined
  const close = (): void => {
    if (open !== undefined && !found.has(open.name)) found.set(open.name, open.lines.join('\n').trim())
  }
  for (const line of text.split(lineEnd)) {
    const [marker, name] = /^\[\[ ## ([\p{L}\p{N}_]+) ## \]\]/u.exec(line.trim()) ?? []
    if (marker === undefined || name === undefined) {
      open?.lines.push(line)
      continue
    }
    close()
    const rest = line.slice(marker.length).trim()
    open = { name, lines: rest === '' ? [] : [rest] }
  }
  close()
  return found
}

const completed = 'completed'

/** How a marker stands: alone at the start of its line, there with marks of lists or emphasis around it, or in the middle of a line. */
type Place = 'bare' | 'marked' | 'inside'

interface Marker {
  readonly name: string
  readonly place: Place
  /** What is left of the line before it, with marks that belong to it left out; where its value begins. */
  readonly start: number
  readonly end: number
  readonly isQuoted: boolean
  /** Emphasis that was opened before the marker and closes behind its value. */
  readonly open: string
}

const pattern = /\[\[[ \t]{0,3}##[ \t]{0,3}([\p{L}\p{N}_]+)[ \t]{0,3}##[ \t]{0,3}\]\]/gu
const lineMarks = /^[\s>*_`#+-]*(?:(\d{1,3})[.)]\s[\s*_`]*)?$/

function markersOf(text: string, wanted: ReadonlySet<string>): readonly Marker[] {
  const markers: Marker[] = []
  let lineStart = 0
  let from = 0
  for (const match of text.matchAll(pattern)) {
    const [whole, name = ''] = match
    const at = match.index
    // Each stretch between two markers is looked at once.
    const lastBreak = text.slice(from, at).lastIndexOf('\n')
    if (lastBreak >= 0) lineStart = from + lastBreak + 1
    const isFirst = lineStart >= from
    const valueFrom = from
    from = at + whole.length
    const before = isFirst ? text.slice(lineStart, at) : 'x'
    const isExact = whole === `[[ ## ${name} ## ]]`
    const place =
      isExact && before.trim() === '' ? 'bare' : isMarks(before, markers.length + 1, text.slice(valueFrom, lineStart)) ? 'marked' : 'inside'
    if (place !== 'bare' && name !== completed && !wanted.has(name)) continue
    const opened = /(?:\*{1,3}|_{1,3}|`{1,3})$/.exec(text.slice(Math.max(0, at - 3), at))?.[0] ?? ''
    const closed = opened === '' ? undefined : closingAt(text, from, opened)
    const start = place === 'inside' ? (closed === undefined ? at : at - opened.length) : lineStart
    const open = place === 'marked' && closed === undefined ? opened : ''
    markers.push({ name, place, start, end: behindColon(text, closed ?? from), isQuoted: place === 'marked' && before.includes('>'), open })
  }
  return markers
}

/**
 * Whether what stands before a marker belongs to it, and not to the value before: `+` or `5.` may be all of an answer. Items of a list are
 * numbered from 1.
 */
export function isMarks(before: string, number: number, above: string): boolean {
  const marks = lineMarks.exec(before)
  if (!marks || (marks[1] !== undefined && Number(marks[1]) !== number)) return false
  return number === 1 || above.trim() !== '' || /^[\s>*_`]*$/.test(before)
}

/** Where the emphasis of a marker ends right behind it: `**`, `:**`. */
function closingAt(text: string, from: number, mark: string): number | undefined {
  if (text.startsWith(mark, from)) return from + mark.length
  return text.startsWith(`:${mark}`, from) ? from + mark.length + 1 : undefined
}

/** `[[ ## a ## ]]: yes`; in `[[ ## a ## ]] :)` the colon belongs to the value. */
function behindColon(text: string, from: number): number {
  return text[from] === ':' && /^(?:\s|$)/.test(text.slice(from + 1, from + 2)) ? from + 1 : from
}

/** The markers that begin a section: of each name only those that stand out most. */
function countedOf(markers: readonly Marker[], wanted: ReadonlySet<string>): readonly Marker[] {
  const best = new Map<string, Place>()
  for (const { name, place } of markers) if (rank[place] < rank[best.get(name) ?? 'none']) best.set(name, place)
  const taken = new Set<string>()
  const counted = markers.filter(({ name, place }) => {
    if (place === 'bare') return true
    if (!wanted.has(name) || best.get(name) !== place || taken.has(name)) return false
    taken.add(name)
    return true
  })
  // What closes an answer comes last; anywhere else, somebody speaks of it.
  const closing = wanted.has(completed) ? undefined : markers.findLast(({ name, place }) => name === completed && place !== 'bare')
  if (closing && best.get(completed) !== 'bare' && closing.start >= (counted.at(-1)?.end ?? 0)) return [...counted, closing]
  return counted
}

const rank = { bare: 0, marked: 1, inside: 2, none: 3 } as const

interface Section {
  /** Absent for what stands before the first marker. */
  readonly name?: string
  readonly value: string
}

function sectionsOf(text: string, markers: readonly Marker[]): readonly Section[] {
  const sections: Section[] = [{ value: text.slice(0, markers[0]?.start ?? text.length) }]
  for (const [index, { name, end, isQuoted, open }] of markers.entries()) {
    let value = text.slice(end, markers[index + 1]?.start ?? text.length)
    if (isQuoted) value = value.replace(/^>[ \t]?/gm, '')
    if (open !== '') value = withoutClosing(value, open)
    sections.push({ name, value })
  }
  return sections
}

/** `**[[ ## a ## ]] yes**`: the emphasis ends with the first line of the value. */
function withoutClosing(value: string, mark: string): string {
  const lineBreak = value.indexOf('\n')
  const [line, rest] = lineBreak < 0 ? [value, ''] : [value.slice(0, lineBreak), value.slice(lineBreak)]
  const bare = line.trimEnd()
  return bare.endsWith(mark) ? bare.slice(0, -mark.length) + rest : value
}

/** Without the lines of a Markdown fence that was opened in front of a marker: it is about the layout and in no value. */
function withoutFences(sections: readonly Section[]): readonly Section[] {
  if (!sections.some(({ value }) => value.includes('```'))) return sections
  let isOpen = false
  return sections.map((section, index) => {
    const lines = section.value.trim().split('\n')
    if (isOpen && lines.length > 1 && lines[0]?.trim() === '```') {
      lines.shift()
      isOpen = false
    }
    const fences = lines.filter(isFence).length
    if (!isFence(lines.at(-1))) return { ...section, value: lines.join('\n') }
    if (isOpen && fences % 2 === 0 && isFence(lines.at(-2))) lines.length -= 2
    else if (fences % 2 === 1 && (isOpen || index < sections.length - 1)) {
      lines.length -= 1
      isOpen = !isOpen
    }
    return { ...section, value: lines.join('\n') }
  })
}

function isFence(line: string | undefined): boolean {
  return line !== undefined && /^\s*```[\w+-]*\s*$/.test(line)
}
