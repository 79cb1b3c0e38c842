/** One element of a list, or one of several values that follow each other. */
export interface JsonElement {
  readonly text: string
  /** The line of the file it begins in. */
  readonly line: number
}

/**
 * Cuts JSON that comes in pieces into its elements: those of the list it begins with, or else the values that stand one after another.
 * Looks at each character once, however long an element is. Elements are text: whether they are JSON is for the reader of rows.
 */
export function elementCutter() {
  let isList: boolean | undefined
  let isOpen = false
  let line = 1
  let wasReturn = false
  // The element under way: what of it came in earlier pieces, where it began, and what is open in it.
  let parts: string[] = []
  let [length, begun, depth] = [0, 1, 0]
  let [isInside, isQuoted, isEscaped] = [false, false, false]

  function countLine(code: number): void {
    if (code === carriageReturn || (code === lineFeed && !wasReturn)) line += 1
    wasReturn = code === carriageReturn
  }

  function cut(last: string): JsonElement {
    const text = parts.length === 0 ? last : parts.join('') + last
    parts = []
    ;[length, depth] = [0, 0]
    isInside = isQuoted = isEscaped = false
    return { text: text.trim(), line: begun }
  }

  return {
    /** Whether it is a list, once its first character came. */
    isList: () => isList,
    /** The list was not closed so far. */
    isOpen: () => isOpen,
    /** Characters of the element that has not ended yet. */
    pendingLength: () => length,
    *take(piece: string): Generator<JsonElement> {
      let start = 0
      for (let at = 0; at < piece.length; at += 1) {
        const code = piece.charCodeAt(at)
        if (!isInside) {
          if (isSpace(code) || code === comma) {
            countLine(code)
            continue
          }
          // A second list behind the first goes on where that ended.
          if (code === openBracket && !isOpen && isList !== false) {
            isList = isOpen = true
            continue
          }
          isList ??= false
          if (code === closeBracket && isOpen) {
            isOpen = false
            continue
          }
          isInside = true
          start = at
          begun = line
        }
        countLine(code)
        if (isEscaped) isEscaped = false
        else if (isQuoted) {
          if (code === backslash) isEscaped = true
          // JSON has no line breaks inside of texts: among values one a line, a text that is not closed ends with its line.
          else if (code === quote || (code === lineFeed && isList === false)) isQuoted = false
        } else if (code === quote) isQuoted = true
        else if (code === openBrace || code === openBracket) depth += 1
        else if (code === closeBrace || code === closeBracket) {
          // At no depth it closes the list around, behind a number or a word that has no end of its own.
          const closesList = depth === 0
          if (closesList) isOpen = false
          else depth -= 1
          if (depth === 0) {
            yield cut(piece.slice(start, closesList ? at : at + 1))
            start = at + 1
          }
        } else if (depth === 0 && (code === comma || (code === lineFeed && isList === false))) {
          yield cut(piece.slice(start, at))
          start = at + 1
        }
      }
      if (isInside) {
        parts.push(piece.slice(start))
        length += piece.length - start
      }
    },
    /** The last element, which nothing ends but the file; undefined where there is none. */
    end: (): JsonElement | undefined => (isInside ? cut('') : undefined),
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === lineFeed || code === carriageReturn || code === recordSeparator
}

const [lineFeed, carriageReturn, quote, backslash, comma, recordSeparator] = [10, 13, 34, 92, 44, 30]
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93]
