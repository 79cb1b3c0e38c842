import type { CallKey } from '@/engine/lm/lm'
import type { CallStore, StoredCall } from '@/engine/run/ports'
import type { JsonLines, LinePlace } from './json-lines'

/** The answers of one run. Only their places are held in memory: a long run has gigabytes of them. */
export interface AnswerFile {
  readonly store: CallStore
  readonly count: number
  keys(): Iterable<CallKey>
  read(key: CallKey): StoredCall | undefined
  /** Resolves when they survive a power cut. */
  sync(): Promise<void>
}

export function openAnswers(lines: JsonLines): AnswerFile {
  const places = new Map<CallKey, LinePlace>()
  lines.scan((bytes, place) => {
    const key = keyOf(bytes)
    // The first write wins; a line that a power cut spoilt does not count.
    if (key !== undefined && !places.has(key)) places.set(key, place)
  })
  const read = (key: CallKey): StoredCall | undefined => {
    const place = places.get(key)
    return place && lines.readAt<StoredCall>(place)
  }
  return {
    get count() {
      return places.size
    },
    keys: () => places.keys(),
    read,
    sync: () => lines.sync(),
    store: {
      get: async key => read(key),
      async add(call) {
        const first = read(call.key)
        if (first) return first
        // The key comes first in its line, where the next start looks for it without reading the rest.
        const { key, ...rest } = call
        places.set(key, lines.append([{ key, ...rest }]))
        return call
      },
    },
  }
}

function keyOf(bytes: Buffer): CallKey | undefined {
  if (bytes[bytes.length - 1] !== closingBrace) return undefined
  return /^\{"key":"([^"\\]+)"/.exec(bytes.toString('latin1', 0, 200))?.[1]
}

const closingBrace = 125
