import { isMarks } from '../read-markers'
import { pieceReader, valueWriter, type FieldReader, type FieldText, type PieceReading, type ValueWriter } from './field-reader'

/**
 * Reads an answer under `[[ ## name ## ]]` markers while it is written, by the rules of `readMarked`. What only the whole answer can tell it
 * takes as models usually write: a marker in the middle of a line counts where all stand so or the one before stands on that line, and one that closes a quote or an
 * emphasis around a value leaves that value to the end.
 */
export function chatReader(wanted: ReadonlySet<string>): FieldReader {
  return pieceReader(emit => reading(wanted, emit))
}

function reading(wanted: ReadonlySet<string>, emit: (text: FieldText) => void): PieceReading {
  const taken = new Set<string>()
  /** What came and is not yet known to be text. */
  let buffer = ''
  let writer: ValueWriter | undefined
  /** What stands on the line before the buffer; only its beginning where it is long. */
  let line = ''
  let hasMarkerOnLine = false
  /** Something stands in this section, above the line. */
  let hasAbove = false
  let markerCount = 0
  let hasLineMarker = false
  /** The answer stands in a Markdown fence. */
  let isFenced = false
  let isPreamble = true
  /** Set right behind a marker, whose emphasis or colon may still close. */
  let opening: Opening | undefined

  function begin(name: string, { isMuted, open }: { readonly isMuted: boolean; readonly open: string }): void {
    writer?.close()
    writer = undefined
    isPreamble = false
    opening = { name, isMuted, open }
    line = ''
    hasMarkerOnLine = true
    hasAbove = false
  }

  /** Takes what belongs to the marker from the front of the buffer; false where more has to come to know it. */
  function open(isOver: boolean): boolean {
    if (opening === undefined) return true
    const { name, isMuted, open: mark } = opening
    const closers = mark === '' ? [] : [mark, `:${mark}`]
    if (!isOver && [...closers, ':'].some(closer => closer.startsWith(buffer))) return false
    const closer = closers.find(one => buffer.startsWith(one))
    buffer = buffer.slice(closer?.length ?? 0)
    if (!isOver && buffer === ':') return false
    if (/^:(?:\s|$)/.test(buffer.slice(0, 2))) buffer = buffer.slice(1)
    const isClosed = mark === '' || closer !== undefined
    if (wanted.has(name) && !taken.has(name)) {
      taken.add(name)
      if (!isMuted && isClosed) writer = valueWriter({ field: name, emit, trims: true, isFenced })
    }
    opening = undefined
    return true
  }

  function release(text: string): void {
    if (text === '') return
    writer?.add(text)
    const lineBreak = text.lastIndexOf('\n')
    if (lineBreak >= 0) {
      if (isPreamble) isFenced = /^\s*```[\w+-]{0,40}\s*$/.test(lastLine(line + text))
      hasAbove ||= (line + text.slice(0, lineBreak)).trim() !== ''
      hasMarkerOnLine = false
    }
    line = lineBreak < 0 ? line + text : text.slice(lineBreak + 1)
    if (line.length > longestMarks) line = line.trim() === '' ? '' : noMarks
  }

  /** Takes the marker that stands at this place of the buffer, or leaves it as text. */
  function take(at: number, whole: string, name: string): boolean {
    const head = buffer.slice(0, at)
    const lineBreak = head.lastIndexOf('\n')
    const before = lineBreak >= 0 ? head.slice(lineBreak + 1) : hasMarkerOnLine ? noMarks : line + head
    const above = hasAbove || (lineBreak >= 0 && (line + head.slice(0, lineBreak)).trim() !== '') ? noMarks : ''
    const isBeside = lineBreak < 0 && hasMarkerOnLine
    const isBare = whole === `[[ ## ${name} ## ]]` && before.trim() === ''
    const isOnLine = isBare || isMarks(before, markerCount + 1, above)
    if (!isBare && name !== completed && !wanted.has(name)) return false
    markerCount += 1
    const isClosing = name === completed && !wanted.has(completed)
    if (!isBare && !isClosing && (taken.has(name) || (!isOnLine && hasLineMarker && !isBeside))) return false
    hasLineMarker ||= isOnLine
    const mark = isBare ? '' : (/(?:\*{1,3}|_{1,3}|`{1,3})$/.exec(head.slice(-3))?.[0] ?? '')
    release(isOnLine ? head.slice(0, lineBreak + 1) : head.slice(0, head.length - mark.length))
    buffer = buffer.slice(at + whole.length)
    begin(name, { isMuted: isOnLine && before.includes('>'), open: isOnLine ? mark : '' })
    return true
  }

  function read(isOver: boolean): void {
    for (let from = 0; ;) {
      if (!open(isOver)) return
      const at = buffer.indexOf('[[', from)
      if (at < 0) break
      marker.lastIndex = at
      const found = marker.exec(buffer)
      if (found && take(at, found[0], found[1] ?? '')) from = 0
      else if (!found && !isOver && isOpenMarker(buffer.slice(at, at + longestMarker + 1))) {
        hold(at)
        return
      } else from = at + 1
    }
    if (isOver) {
      release(buffer)
      buffer = ''
    } else hold(buffer.endsWith('[') ? buffer.length - 1 : buffer.length)
  }

  /** Keeps what stands in the buffer from this place on, and the marks before it that may belong to a marker there. */
  function hold(at: number): void {
    const lineStart = buffer.lastIndexOf('\n', at - 1) + 1
    const isWholeLine = lineStart > 0 || (line.trim() === '' && !hasMarkerOnLine)
    const isMarked = isWholeLine && at - lineStart <= longestMarks && /^[\s>*_`#+\-\d.)]*$/.test(buffer.slice(lineStart, at))
    const emphasis = /[*_`]{1,3}$/.exec(buffer.slice(Math.max(0, at - 3), at))?.[0].length ?? 0
    const from = isMarked ? lineStart : at - emphasis
    release(buffer.slice(0, from))
    buffer = buffer.slice(from)
  }

  return {
    lines: true,
    read(text, isOver) {
      buffer += text
      read(isOver)
    },
    close: () => writer?.close(),
  }
}

interface Opening {
  readonly name: string
  readonly isMuted: boolean
  /** Emphasis that was opened before the marker. */
  readonly open: string
}

const completed = 'completed'
const marker = /\[\[[ \t]{0,3}##[ \t]{0,3}([\p{L}\p{N}_]+)[ \t]{0,3}##[ \t]{0,3}\]\]/uy
const openMarker = /^\[\[[ \t]{0,3}(?:#(?:#[ \t]{0,3}(?:[\p{L}\p{N}_]{1,150}[ \t]{0,3}(?:#(?:#[ \t]{0,3}\]?)?)?)?)?)?$/u
/** Longer than any name of a field; what is longer is text. */
const longestMarker = 180
const longestMarks = 64
/** Stands for a text that is no mark of a list or an emphasis. */
const noMarks = 'x'

/** Whether this may become a marker when more of it comes. */
function isOpenMarker(text: string): boolean {
  return text.length <= longestMarker && openMarker.test(text)
}

function lastLine(text: string): string {
  const whole = text.trimEnd()
  return whole.slice(whole.lastIndexOf('\n') + 1)
}
