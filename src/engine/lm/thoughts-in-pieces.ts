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
  let closeTag = closeTags['<']

  function read(isOver: boolean): readonly SpokenPiece[] {
    const pieces: SpokenPiece[] = []
    const say = (type: SpokenPiece['type'], length: number): void => {
      if (length > 0) pieces.push({ type, text: buffer.slice(0, length) })
      buffer = buffer.slice(length)
    }
    while (place !== 'answer') {
      if (place === 'start') {
        buffer = buffer.trimStart()
        const opener = openTag.exec(buffer)
        if (!opener && !isOver && isOpenTag(buffer)) return pieces
        buffer = buffer.slice(opener?.[0].length ?? 0)
        place = opener ? 'thought' : 'answer'
        if (opener) closeTag = closeTags[opener[0].startsWith('[') ? '[' : opener[0].startsWith('<') ? '<' : '◁']
        continue
      }
      const closer = closeTag.exec(buffer)
      const tail = isOver ? -1 : lastOpening(buffer)
      say('reasoning', closer?.index ?? (tail < 0 ? buffer.length : tail))
      if (!closer) return pieces
      buffer = buffer.slice(closer[0].length)
      // Another thought may follow.
      place = 'start'
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
/** A thought may speak of tags in other brackets. */
const closeTags = {
  '<': /<\/(?:\w{1,20}:)?(?:thinking|think|thoughts?)>/i,
  '[': /\[\/(?:\w{1,20}:)?(?:thinking|think|thoughts?)\]/i,
  '◁': /◁\/(?:\w{1,20}:)?(?:thinking|think|thoughts?)▷/i,
} as const
const longestTag = 34

function isOpenTag(text: string): boolean {
  return text === '' || (text.length < longestTag && /^[<[◁][\w:]*$/.test(text))
}

/** Where at the end a closing tag may begin; -1 where none does. */
function lastOpening(text: string): number {
  const found = /[<[◁](?:\/[\w:]*)?$/.exec(text.slice(-longestTag))
  return found ? text.length - found[0].length : -1
}
