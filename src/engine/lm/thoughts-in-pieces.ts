/** Part of an answer in pieces. */
export interface SpokenPiece {
  readonly type: 'text' | 'reasoning'
  readonly text: string
}

/**
 * Takes the thoughts out of an answer that comes in pieces, in which a server left them: what stands at its start between `<think>` and
 * `</think>`. For showing only: see `splitThoughts` for the other places, which only the whole answer tells.
 */
export function thoughtReader(): { push(piece: string): readonly SpokenPiece[]; end(): readonly SpokenPiece[] } {
  let place: 'start' | 'thought' | 'answer' = 'start'
  let buffer = ''

  function read(isOver: boolean): readonly SpokenPiece[] {
    const pieces: SpokenPiece[] = []
    const say = (type: SpokenPiece['type'], length: number): void => {
      if (length > 0) pieces.push({ type, text: buffer.slice(0, length) })
      buffer = buffer.slice(length)
    }
    if (place === 'start') {
      buffer = buffer.trimStart()
      const opener = openTag.exec(buffer)
      if (opener) {
        buffer = buffer.slice(opener[0].length)
        place = 'thought'
      } else if (isOver || !isOpenTag(buffer)) place = 'answer'
      else return pieces
    }
    if (place === 'thought') {
      const closer = closeTag.exec(buffer)
      if (closer) {
        say('reasoning', closer.index)
        buffer = buffer.slice(closer[0].length).trimStart()
        place = 'answer'
      } else {
        const tail = isOver ? -1 : lastOpening(buffer)
        say('reasoning', tail < 0 ? buffer.length : tail)
        return pieces
      }
    }
    say('text', buffer.length)
    return pieces
  }

  return {
    push(piece) {
      buffer += piece
      return read(false)
    },
    end: () => read(true),
  }
}

const openTag = /^[<[◁](?:\w{1,20}:)?(?:thinking|think|thoughts?)[>\]▷]/i
const closeTag = /[<[◁]\/(?:\w{1,20}:)?(?:thinking|think|thoughts?)[>\]▷]/i
const longestTag = 34

function isOpenTag(text: string): boolean {
  return text === '' || (text.length < longestTag && /^[<[◁][\w:]*$/.test(text))
}

/** Where at the end a closing tag may begin; -1 where none does. */
function lastOpening(text: string): number {
  const found = /[<[◁](?:\/[\w:]*)?$/.exec(text.slice(-longestTag))
  return found ? text.length - found[0].length : -1
}
