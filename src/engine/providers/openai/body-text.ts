/** A body that goes on for longer than any answer does. */
export class BodyTooLong extends Error {
  constructor(readonly mostBytes: number) {
    super(`the body is longer than ${mostBytes} bytes`)
  }
}

/**
 * What a body may hold once it is unpacked: several times the longest answer a model can give, also framed as a stream of events.
 * Beyond it a server streams without end, or a few packed kilobytes unpack into gigabytes.
 */
export const mostBodyBytes = 32 * 1024 * 1024
/** What is read of a refusal: its words stand at its front. */
export const mostRefusalBytes = 256 * 1024

/**
 * The whole text of a body; `onPiece` is told of what comes, as it comes. Stops reading and throws `BodyTooLong` where it holds more bytes than
 * `most`.
 */
export async function bodyText(response: Response, most = mostBodyBytes, onPiece?: (text: string) => void): Promise<string> {
  const { text, isWhole } = await readUpTo(response, most, undefined, onPiece)
  if (!isWhole) throw new BodyTooLong(most)
  return text
}

/** As much of the text of a body as `most` bytes hold and comes before `late` settles. What breaks off counts as far as it came. */
export async function bodyStart(response: Response, late: Promise<unknown> = never, most = mostRefusalBytes): Promise<string> {
  const isLate = late.then(
    () => 'late' as const,
    () => 'late' as const,
  )
  return (await readUpTo(response, most, isLate)).text
}

const never = new Promise<never>(() => undefined)

interface ReadText {
  readonly text: string
  readonly isWhole: boolean
}

/** With `late`, a body may break off, and ends when that comes. */
async function readUpTo(response: Response, most: number, late?: Promise<'late'>, onPiece?: (text: string) => void): Promise<ReadText> {
  // A host may hand in responses that it has bounded itself, without the cost of a stream.
  if (!response.body) {
    const text = late ? await Promise.race([response.text().catch(() => ''), late.then(() => '')]) : await response.text()
    return { text, isWhole: true }
  }
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  const pieces: string[] = []
  let bytes = 0
  try {
    for (;;) {
      const read = await (late ? Promise.race([reader.read(), late]) : reader.read())
      if (read === 'late') {
        void reader.cancel().catch(() => undefined)
        return { text: pieces.join(''), isWhole: false }
      }
      const { value, done } = read
      if (done) return { text: pieces.join('') + decoder.decode(), isWhole: true }
      bytes += value.byteLength
      const over = bytes - most
      const piece = decoder.decode(over > 0 ? value.subarray(0, Math.max(0, value.byteLength - over)) : value, { stream: true })
      pieces.push(piece)
      onPiece?.(piece)
      if (over <= 0) continue
      await reader.cancel().catch(() => undefined)
      return { text: pieces.join(''), isWhole: false }
    }
  } catch (error) {
    if (late) return { text: pieces.join(''), isWhole: false }
    throw error
  }
}
