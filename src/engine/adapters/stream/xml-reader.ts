import { decodeXml } from '../read-xml'
import { pieceReader, valueWriter, type FieldReader, type FieldText, type PieceReading, type ValueWriter } from './field-reader'

/**
 * Reads an answer in tags while it is written, by the rules of `readXmlFields`: the first element of each wanted name. What stands between its
 * tags is text, entities and CDATA sections as what they mean; of a tag that is never closed only the whole answer tells. Nothing is told of
 * the names in `tagged`, whose values are tags in tags.
 */
export function xmlReader(wanted: ReadonlySet<string>, tagged: ReadonlySet<string> = new Set()): FieldReader {
  return pieceReader(emit => reading(wanted, tagged, emit))
}

function reading(wanted: ReadonlySet<string>, tagged: ReadonlySet<string>, emit: (text: FieldText) => void): PieceReading {
  const taken = new Set<string>()
  let buffer = ''
  let inside: { readonly name: string; readonly writer: ValueWriter | undefined; depth: number } | undefined
  let isCdata = false

  function release(text: string): void {
    if (text !== '') inside?.writer?.add(isCdata ? text : decodeXml(text))
  }

  function take(whole: string, isClosing: boolean, name: string, isSelfClosed: boolean): void {
    if (inside === undefined) {
      if (!isClosing && wanted.has(name)) begin(name, isSelfClosed)
      return
    }
    if (name === inside.name && !isSelfClosed) {
      inside.depth += isClosing ? -1 : 1
      if (inside.depth === 0) {
        inside.writer?.close()
        inside = undefined
        return
      }
    }
    release(whole)
  }

  function begin(name: string, isSelfClosed: boolean): void {
    const writer = taken.has(name) || tagged.has(name) ? undefined : valueWriter({ field: name, emit, trims: true })
    taken.add(name)
    if (isSelfClosed) writer?.close()
    else inside = { name, writer, depth: 1 }
  }

  function read(isOver: boolean): void {
    for (;;) {
      const at = buffer.indexOf(isCdata ? cdataEnd : '<')
      if (at < 0) break
      release(buffer.slice(0, at))
      buffer = buffer.slice(at)
      if (isCdata || buffer.startsWith(cdataStart)) {
        buffer = buffer.slice((isCdata ? cdataEnd : cdataStart).length)
        isCdata = !isCdata
        continue
      }
      tag.lastIndex = 0
      const found = tag.exec(buffer)
      if (found) {
        buffer = buffer.slice(found[0].length)
        take(found[0], found[1] !== '', found[2] ?? '', found[4] !== '')
      } else if (!isOver && (cdataStart.startsWith(buffer) || isOpenTag(buffer))) return
      else {
        release('<')
        buffer = buffer.slice(1)
      }
    }
    const held = isOver ? 0 : isCdata ? endingWith(buffer, cdataEnd) : (/&[#\w]{0,8}$/.exec(buffer.slice(-longestEntity))?.[0].length ?? 0)
    release(buffer.slice(0, buffer.length - held))
    buffer = buffer.slice(buffer.length - held)
  }

  return {
    lines: false,
    read(text, isOver) {
      buffer += text
      read(isOver)
    },
    close: () => inside?.writer?.close(),
  }
}

const cdataStart = '<![CDATA['
const cdataEnd = ']]>'
const longestEntity = 10
/** As in `readXmlFields`, with an end to how long its attributes may be while they are waited for. */
const tag = /<(\/?)([\p{L}\p{XID_Start}_][\p{L}\p{N}\p{XID_Continue}.-]*)((?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*'){0,2000}?)?)(\/?)>/uy
const openTag = /^<\/?(?:[\p{L}\p{XID_Start}_][\p{L}\p{N}\p{XID_Continue}.-]*(?:\s[^<>]*)?\/?)?$/u
const longestTag = 200

function isOpenTag(text: string): boolean {
  return text.length <= longestTag && openTag.test(text)
}

/** How many letters at the end may be the beginning of a mark. */
function endingWith(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1) if (mark.startsWith(text.slice(-length))) return length
  return 0
}
