import { encodingJudge, encodingTitle, type Encoding } from './encoding'
import { foreignKind, unknownBinary, type FileKind } from './file-kind'
import { tableError, type TableLimits } from './limits'
import { textDecoder } from './text-decoder'
import type { FileSource, TableSource } from './table'

/** The text of a source, piece by piece. */
export interface TextStream extends AsyncIterable<string> {
  /** The first piece, without consuming it. */
  peek(): Promise<string>
}

export interface DecodeOptions {
  readonly limits: TableLimits
  /** The name of the file, for words about what it is. */
  readonly name: string
  readonly signal?: AbortSignal
  /** The label of an encoding somebody chose, or that was found before: the file is not judged then. */
  readonly encoding?: string
  readonly onProgress?: (share: number) => void
  readonly onDetail: (text: string) => void
  readonly onEncoding: (encoding: Encoding) => void
}

/**
 * Decodes a file after a look at all of its bytes: the first letter beyond ASCII may stand anywhere, and what is decoded wrongly cannot
 * be told later. So a file is read twice; a stream, which comes only once, is held in memory for that. Stops at the size limit.
 */
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

async function* bytePieces(source: FileSource | ReadableStream<Uint8Array>, options: DecodeOptions): AsyncGenerator<string> {
  const file = 'stream' in source ? source : await inMemory(source, options)
  const progress = (from: number, share: number) => (bytes: number) =>
    options.onProgress?.(file.size === 0 ? 1 : Math.min(1, from + (share * bytes) / file.size))
  const judgeShare = options.encoding === undefined ? 0.3 : 0
  const encoding = options.encoding === undefined ? await judged(file, options, progress(0, judgeShare)) : chosen(options.encoding)
  if (encoding.title !== undefined) options.onDetail(encoding.title)
  options.onEncoding(encoding)

  const decoder = textDecoder(encoding.label)
  // The delimiter is told from the beginning, which a file system or a network may send in crumbs.
  let head = ''
  let isHead = true
  for await (const bytes of chunksOf(file, options, progress(judgeShare, 1 - judgeShare))) {
    const text = decoder.decode(bytes, { stream: true })
    if (isHead) {
      head += text
      if (head.length < headLength) continue
      isHead = false
      yield head
    } else {
      yield text
    }
  }
  yield (isHead ? head : '') + decoder.decode()
}
const headLength = 1 << 16

async function judged(file: FileSource, options: DecodeOptions, onBytes: (bytes: number) => void): Promise<Encoding> {
  const judge = encodingJudge()
  let head = new Uint8Array(0)
  let isKnown = false
  for await (const bytes of chunksOf(file, options, onBytes)) {
    if (!isKnown) {
      head = joined([head, bytes.subarray(0, headLength)])
      isKnown = head.length >= headLength
      if (isKnown) throwIfForeign(foreignKind(head, options.name))
    }
    judge.add(bytes)
    // A mark of UTF-16 says all there is to know.
    if (judge.mark() !== undefined && judge.mark()?.label !== 'utf-8' && isKnown) break
  }
  if (!isKnown) throwIfForeign(foreignKind(head, options.name))
  const verdict = judge.verdict()
  if (verdict === undefined) throwIfForeign(unknownBinary)
  return verdict ?? chosen('utf-8')
}

function throwIfForeign(kind: FileKind | undefined): void {
  if (kind) throw tableError(`This is ${kind.title}, which cannot be read as a table here. ${kind.wayOut}`)
}

function chosen(label: string): Encoding {
  return { label, title: label === 'utf-8' ? undefined : encodingTitle(label), isGuessed: false, isDoubtful: false }
}

async function* chunksOf(file: FileSource, options: DecodeOptions, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const { limits } = options
  if (file.size > limits.maxBytes) throw tooLarge(limits)
  const reader = file.stream().getReader()
  let bytes = 0
  let isComplete = false
  try {
    while (!isComplete) {
      const { value, done } = await reader.read()
      options.signal?.throwIfAborted()
      isComplete = done
      if (!value) continue
      bytes += value.byteLength
      if (bytes > limits.maxBytes) throw tooLarge(limits)
      yield value
      onBytes(bytes)
    }
  } finally {
    if (!isComplete) await reader.cancel().catch(() => undefined)
  }
}

/** All pieces of a stream, so that they can be read twice. */
async function inMemory(stream: ReadableStream<Uint8Array>, options: DecodeOptions): Promise<FileSource> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of chunksOf({ size: 0, stream: () => stream }, options, () => undefined)) {
    pieces.push(piece)
    size += piece.byteLength
  }
  return {
    size,
    stream: () => {
      let next = 0
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          const piece = pieces[next]
          next += 1
          if (piece) controller.enqueue(piece)
          else controller.close()
        },
      })
    },
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

function tooLarge(limits: TableLimits): Error {
  return tableError(
    `The file is larger than ${Math.round(limits.maxBytes / 1024 / 1024)} MB, the most that can be imported at once. Cut it into smaller files, or take a sample of it.`,
  )
}
