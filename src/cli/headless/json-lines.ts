import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { EngineError } from '@/engine/base/errors'
import { parseJson, type Json } from '@/lib/json'

/** Where a line lies in its file. */
export interface LinePlace {
  readonly offset: number
  readonly length: number
}

/** A file of one JSON value a line that is only ever appended to. */
export interface JsonLines {
  /** Goes through the lines on disk. */
  scan(onLine: (bytes: Buffer, place: LinePlace) => void): void
  /** Every line that `read` makes something of, and how many others there are. */
  readAll<T>(read: (value: Json) => T | undefined): { readonly records: T[]; readonly leftOut: number }
  /** One line, or its beginning with `end` after it; undefined when that is no JSON. */
  readAt(place: LinePlace, end?: string): Json | undefined
  /** Writes all records or none. Throws `storage-full` when the disk is. Returns where the first one lies. */
  append(records: readonly unknown[]): LinePlace
  /** Resolves when what was appended survives a power cut too. */
  sync(): Promise<void>
  close(): void
}

/**
 * Opens or makes the file. A last line without its newline was torn by a kill: it is cut off in place, so that a kill during
 * the repair costs nothing either.
 */
export function openJsonLines(path: string): JsonLines {
  const file = openSync(path, 'a+')
  let end = scanFile(file, () => undefined)
  if (fstatSync(file).size > end) ftruncateSync(file, end)
  let isSynced = true

  function write(bytes: Buffer): void {
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
    } catch (error) {
      // Half a line here would swallow the first half of the next one.
      ftruncateSync(file, end)
      throw unwritable(path, error)
    }
  }

  return {
    scan: onLine => scanFile(file, onLine),
    readAll<T>(read: (value: Json) => T | undefined) {
      const records: T[] = []
      let leftOut = 0
      scanFile(file, bytes => {
        const parsed = parseJson(bytes.toString('utf8'))
        const record = parsed.ok ? read(parsed.value) : undefined
        if (record === undefined) leftOut += 1
        else records.push(record)
      })
      return { records, leftOut }
    },
    readAt({ offset, length }, end = '') {
      const bytes = Buffer.allocUnsafe(length)
      if (readSync(file, bytes, 0, length, offset) < length) return undefined
      const parsed = parseJson(bytes.toString('utf8') + end)
      return parsed.ok ? parsed.value : undefined
    },
    append(records) {
      const bytes = Buffer.from(records.map(record => `${JSON.stringify(record)}\n`).join(''))
      const place = { offset: end, length: bytes.indexOf(newline) }
      if (bytes.length === 0) return place
      write(bytes)
      end += bytes.length
      isSynced = false
      return place
    },
    sync() {
      if (isSynced) return Promise.resolve()
      isSynced = true
      // A file system that cannot sync still has the bytes: a kill of this process does not lose them.
      return new Promise(resolve => fdatasync(file, () => resolve()))
    },
    close: () => closeSync(file),
  }
}

const newline = 10
const chunkBytes = 4 * 1024 * 1024

/**
 * Calls back for each whole line that is not blank, without what surrounds its value. Reads in chunks, so a file may be larger than memory.
 * Returns where the last line ends.
 */
function scanFile(file: number, onLine: (bytes: Buffer, place: LinePlace) => void): number {
  let carried: Buffer = Buffer.alloc(0)
  let start = 0
  for (let position = 0; ;) {
    const chunk = Buffer.allocUnsafe(chunkBytes)
    const count = readSync(file, chunk, 0, chunkBytes, position)
    if (count === 0) return start
    position += count
    const bytes = carried.length === 0 ? chunk.subarray(0, count) : Buffer.concat([carried, chunk.subarray(0, count)])
    let from = 0
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      const [first, last] = valueIn(bytes, from, at)
      if (last > first) onLine(bytes.subarray(first, last), { offset: start + first, length: last - first })
      from = at + 1
    }
    start += from
    carried = bytes.subarray(from)
  }
}

/** Where a line has its value: between blanks, a byte order mark, the CR of another system, and zeros that a power cut left. */
function valueIn(bytes: Buffer, from: number, to: number): readonly [first: number, last: number] {
  let [first, last] = [from, to]
  while (first < last && isAround(bytes[first] ?? 0)) first += 1
  while (last > first && isAround(bytes[last - 1] ?? 0)) last -= 1
  return [first, last]
}

/** No JSON value begins or ends with one of these. */
function isAround(byte: number): boolean {
  return byte <= 32 || byte === 0xef || byte === 0xbb || byte === 0xbf
}

function unwritable(path: string, error: unknown): EngineError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new EngineError(
        'storage-full',
        `There is no room left to write ${path}. Free some disk space: nothing is lost, the run waits.`,
        {},
        error,
      )
    : new EngineError('storage-failed', `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`, {}, error)
}
