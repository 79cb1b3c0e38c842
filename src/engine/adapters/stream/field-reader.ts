import { lineEnd, otherLineEnd } from '../line-ends'

/** What one output gained while its answer is written. */
export interface FieldText {
  readonly field: string
  readonly text: string
  /** The value is over: no more text of this field follows. */
  readonly isLast: boolean
}

/**
 * Reads an answer in the pieces in which it comes. However they are cut, the texts of a field put together are the same: what the adapter reads
 * out of the whole answer, for one that keeps to its layout. Time grows with the length of the text, also where each piece is one letter.
 */
export interface FieldReader {
  push(piece: string): readonly FieldText[]
  /** The answer is over: what was held back comes, and an open value ends. */
  end(): readonly FieldText[]
}

/** Where a reader puts what a value gains. */
export interface ValueWriter {
  add(text: string): void
  close(): void
}

export interface WriterOptions {
  readonly field: string
  readonly emit: (text: FieldText) => void
  /** The white space around a value is no part of it: what may turn out to be its end is held back until more comes. */
  readonly trims: boolean
  /** A line that may close the fence around the whole answer is held back, too. */
  readonly isFenced?: boolean
}

export function valueWriter({ field, emit, trims, isFenced = false }: WriterOptions): ValueWriter {
  let hasBegun = false
  let held = ''
  return {
    add(text) {
      if (!trims) {
        if (text !== '') emit({ field, text, isLast: false })
        return
      }
      const rest = hasBegun ? text : text.trimStart()
      if (rest === '') return
      hasBegun = true
      const end = lengthToShow(rest, held, isFenced)
      if (end > 0) {
        emit({ field, text: held + rest.slice(0, end), isLast: false })
        held = rest.slice(end)
      } else held += rest
    },
    close() {
      // Of what is held back, a fence that did not close the answer has been let go by the text behind it.
      emit({ field, text: '', isLast: true })
    },
  }
}

/** How much of a text may be shown now. With a fence around the answer, a last line of nothing but its mark waits as white space does. */
function lengthToShow(text: string, held: string, isFenced: boolean): number {
  const end = text.trimEnd().length
  if (!isFenced) return end
  const tail = /(?:^|\n)[ \t]{0,9}`{1,3}$/.exec((held + text.slice(0, end)).slice(-longestFence))
  return tail ? Math.max(0, end - tail[0].length) : end
}

const longestFence = 16

export interface PieceReading {
  /** Line ends become line feeds. */
  readonly lines: boolean
  read(text: string, isOver: boolean): void
  /** The answer is over, and all of it was read. */
  close(): void
}

/** A reader of pieces: `read` gets whole letters, and hands what it makes of them to `emit`. */
export function pieceReader(reading: (emit: (text: FieldText) => void) => PieceReading): FieldReader {
  let out: FieldText[] = []
  const { lines, read, close } = reading(text => out.push(text))
  const letters = wholeLetters({ lines })
  function given(): readonly FieldText[] {
    const texts = out
    out = []
    return texts
  }
  return {
    push(piece) {
      read(letters.push(piece), false)
      return given()
    },
    end() {
      read(letters.end(), true)
      close()
      return given()
    },
  }
}

/** Pieces as a reader takes them: no letter is cut in two, and with `lines` neither is the end of a line, which becomes one line feed. */
function wholeLetters({ lines }: { readonly lines: boolean }): { push(piece: string): string; end(): string } {
  let carried = ''
  const plain = (text: string): string => (lines && otherLineEnd.test(text) ? text.split(lineEnd).join('\n') : text)
  return {
    push(piece) {
      const text = carried + piece
      const last = text.charCodeAt(text.length - 1)
      const isOpen = (last >= 0xd800 && last < 0xdc00) || (lines && last === 13)
      carried = isOpen ? text.slice(-1) : ''
      return plain(isOpen ? text.slice(0, -1) : text)
    },
    end() {
      const text = carried
      carried = ''
      return plain(text)
    },
  }
}
