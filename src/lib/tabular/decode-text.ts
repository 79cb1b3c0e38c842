import { tableError, type TableLimits } from './limits'
import type { TableSource } from './table'

/** The text of a source, piece by piece. */
export interface TextStream extends AsyncIterable<string> {
  /** The first piece, without consuming it. */
  peek(): Promise<string>
}

export interface DecodeOptions {
  readonly limits: TableLimits
  readonly signal?: AbortSignal
  readonly onProgress?: (share: number) => void
  readonly onDetail: (text: string) => void
}

/** Decodes UTF-8, UTF-16 with a byte order mark, and what spreadsheets write on Windows; stops at the size limit. */
export function decodeText(source: TableSource, options: DecodeOptions): TextStream {
  const pieces = typeof source === 'string' ? textPieces(source, options) : bytePieces(source, options)
  let first: Promise<IteratorResult<string>> | undefined
  return {
    peek: async () => {
      first ??= pieces.next()
      const { value, done } = await first
      return done ? '' : value
    },
    async *[Symbol.asyncIterator]() {
      const head = await (first ?? pieces.next())
      if (head.done) return
      yield head.value
      yield* pieces
    },
  }
}

async function* textPieces(text: string, { limits, onProgress, onDetail }: DecodeOptions): AsyncGenerator<string> {
  if (text.length > limits.maxBytes) throw tooLarge(limits)
  const hasMark = text.startsWith('\uFEFF')
  if (hasMark) onDetail('UTF-8 with BOM')
  for (let start = hasMark ? 1 : 0; start < text.length; start += pieceLength) {
    yield text.slice(start, start + pieceLength)
    onProgress?.(Math.min(1, (start + pieceLength) / text.length))
  }
}
const pieceLength = 1 << 20

async function* bytePieces(source: Blob | ReadableStream<Uint8Array>, options: DecodeOptions): AsyncGenerator<string> {
  const { limits } = options
  const size = source instanceof Blob ? source.size : undefined
  if (size !== undefined && size > limits.maxBytes) throw tooLarge(limits)
  const reader = (source instanceof Blob ? source.stream() : source).getReader()
  let decoder: TextDecoder | undefined
  let head: Uint8Array[] = []
  let bytes = 0
  let isComplete = false
  try {
    while (!isComplete) {
      const { value, done } = await reader.read()
      options.signal?.throwIfAborted()
      isComplete = done
      if (value) {
        bytes += value.byteLength
        if (bytes > limits.maxBytes) throw tooLarge(limits)
        if (size !== undefined) options.onProgress?.(bytes / size)
      }
      if (!decoder) {
        // Encoding and delimiter are told from the beginning, which a network may send in crumbs.
        if (value) head.push(value)
        if (!done && bytes < headLength) continue
        const start = joined(head)
        head = []
        decoder = decoderFor(start, options.onDetail)
        yield decoder.decode(start, { stream: !done })
      } else {
        yield decoder.decode(value, { stream: !done })
      }
    }
  } finally {
    if (!isComplete) await reader.cancel().catch(() => undefined)
  }
}
const headLength = 1 << 16

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

function decoderFor(head: Uint8Array, onDetail: (text: string) => void): TextDecoder {
  const [a, b, c] = head
  if (a === 0xff && b === 0xfe) return named('utf-16le', 'UTF-16', onDetail)
  if (a === 0xfe && b === 0xff) return named('utf-16be', 'UTF-16', onDetail)
  if (a === 0xef && b === 0xbb && c === 0xbf) return named('utf-8', 'UTF-8 with BOM', onDetail)
  return isUtf8(head) ? new TextDecoder() : named('windows-1252', 'Windows-1252, since it is not UTF-8', onDetail)
}

function named(label: string, title: string, onDetail: (text: string) => void): TextDecoder {
  onDetail(title)
  return new TextDecoder(label)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // `stream` lets a character be cut at the end of the piece.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function tooLarge(limits: TableLimits): Error {
  return tableError(
    `The file is larger than ${Math.round(limits.maxBytes / 1024 / 1024)} MB, the most that can be imported at once. Cut it into smaller files, or take a sample of it.`,
  )
}
