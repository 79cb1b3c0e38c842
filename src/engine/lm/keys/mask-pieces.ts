import type { Masker } from './mask'

/** A text that comes in pieces, without keys. */
export interface CleanPieces {
  /** As much of what came as holds no beginning of a key: whole words. */
  push(piece: string): string
  /** What was held back. */
  end(): string
}

/**
 * Takes keys out of a text that comes in pieces, which may cut a key in two: what has no white space, quotation mark or letter of another
 * script behind it waits for more. Takes time in proportion to the text.
 */
export function cleanPieces(masker: () => Masker): CleanPieces {
  let held: string[] = []
  let heldLength = 0

  function hold(text: string): void {
    held = text === '' ? [] : [text]
    heldLength = text.length
  }

  return {
    push(piece) {
      const at = placeToCut(piece)
      if (at === 0) {
        held.push(piece)
        heldLength += piece.length
        if (heldLength <= longestWord) return ''
        const text = held.join('')
        const clean = masker().text(text)
        // A key that began further back would have been found: the first letters of one are enough.
        hold(clean === text ? text.slice(-enoughOfKey) : '')
        return clean === text ? text.slice(0, -enoughOfKey) : clean
      }
      const text = held.join('') + piece.slice(0, at)
      // A key that is no more than a word is one behind this word alone.
      const bearer = /bearer\s{1,9}$/i.exec(text.slice(-16))?.[0].length ?? 0
      hold(text.slice(text.length - bearer) + piece.slice(at))
      return masker().text(text.slice(0, text.length - bearer))
    },
    end() {
      const text = held.join('')
      hold('')
      return masker().text(text)
    },
  }
}

/** More than the longest key that is taken. */
const longestWord = 20_000
const enoughOfKey = 1000

/** The place behind the last letter that stands in no key; 0 where there is none. */
function placeToCut(text: string): number {
  for (let at = text.length; at > 0; at -= 1) {
    const unit = text.charCodeAt(at - 1)
    if (unit <= 32 || unit === 34 || unit > 126) return at
  }
  return 0
}
