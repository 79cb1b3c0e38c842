import type { CallKey } from '@/engine/lm/lm'
import type { CallStore } from '@/engine/lm/call-store'
import type { Paid, StoredCall } from '@/engine/lm/call-store'
import type { JsonLines, LinePlace } from './json-lines'

/** The answers of one run. Only their places are held in memory: a long run has gigabytes of them. */
export interface AnswerFile {
  readonly store: CallStore
  readonly count: number
  keys(): Iterable<CallKey>
  read(key: CallKey): KeptAnswer | undefined
  /** Resolves when they survive a power cut. */
  sync(): Promise<void>
}

/** An answer and what was paid for it; lines of older versions do not say that. */
export type KeptAnswer = StoredCall & { readonly paid?: Paid }

/** A line is `{"key", "rollout", "at", "paid", "response", "request"}`: what a replay wants comes before the long prompt. */
export function openAnswers(lines: JsonLines): AnswerFile {
  const places = new Map<CallKey, AnswerPlace>()
  lines.scan((bytes, place) => {
    const key = keyOf(bytes)
    // The first write wins; a line that a power cut spoilt does not count.
    if (key !== undefined && !places.has(key)) places.set(key, { ...place, head: bytes.indexOf(requestPart) })
  })
  const read = (key: CallKey): KeptAnswer | undefined => {
    const place = places.get(key)
    if (!place) return undefined
    const { offset, length, head } = place
    const whole = (): KeptAnswer | undefined => lines.readAt<KeptAnswer>({ offset, length })
    const start = head > 0 ? lines.readAt<Omit<KeptAnswer, 'request'>>({ offset, length: head }, '}') : undefined
    if (!start) return whole()
    return {
      ...start,
      get request() {
        const all = whole()
        if (!all) throw new Error(`the answer ${key} is gone from its file`)
        return all.request
      },
    }
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
      async add(call, paid) {
        const first = read(call.key)
        if (first) return first
        const { key, rollout, at, response, request } = call
        const place = lines.append([{ key, rollout, at, ...(paid && { paid }), response, request }])
        places.set(key, { ...place, head: -1 })
        return call
      },
    },
  }
}

/** `head` is the number of bytes before the request, or −1 where nobody looked. */
interface AnswerPlace extends LinePlace {
  readonly head: number
}

/** Quotes inside of texts are escaped, so this stands nowhere else in a line. */
const requestPart = Buffer.from(',"request":{')

function keyOf(bytes: Buffer): CallKey | undefined {
  if (bytes[bytes.length - 1] !== closingBrace) return undefined
  return /^\{"key":"([^"\\]+)"/.exec(bytes.toString('latin1', 0, 200))?.[1]
}

const closingBrace = 125
