import { z } from 'zod'
import { EngineError } from '@/engine/base/errors'
import type { CallKey } from '@/engine/lm/lm'
import type { CallStore } from '@/engine/lm/kept/call-store'
import type { Paid, StoredCall } from '@/engine/lm/kept/call-store'
import { storedCallSchema } from '@/engine/record/record-schemas'
import { isJsonObject, type Json } from '@/lib/json'
import { fitting } from './fitting'
import type { JsonLines, LinePlace } from './json-lines'

/** The answers of one run. Only their places are held in memory: a long run has gigabytes of them. */
export interface AnswerFile {
  readonly store: CallStore
  readonly count: number
  /** Lines that turned out to hold no answer; most are looked into when they are asked for. */
  readonly leftOut: number
  keys(): Iterable<CallKey>
  read(key: CallKey): KeptAnswer | undefined
  /** Resolves when they survive a power cut. */
  sync(): Promise<void>
}

/** An answer and what was paid for it; lines of older versions do not say that. */
export interface KeptAnswer extends Omit<StoredCall, 'request'> {
  readonly paid?: Paid
  /** What was asked, undefined where that part of the line is damaged. */
  request(): StoredCall['request'] | undefined
}

/** A line is `{"key", "rollout", "at", "paid", "response", "request"}`: what a replay wants comes before the long prompt. */
export function openAnswers(lines: JsonLines): AnswerFile {
  const places = new Map<CallKey, AnswerPlace>()
  const damaged = new Set<number>()
  lines.scan((bytes, place) => {
    const key = keyOf(bytes)
    if (key === undefined) return void damaged.add(place.offset)
    const later: AnswerPlace = { ...place, head: bytes.indexOf(requestPart) }
    const first = places.get(key)
    // The first write wins, unless it turns out to be damaged.
    if (first) later.next = first.next
    if (first) first.next = later
    else places.set(key, later)
  })

  const readPlace = ({ offset, length, head }: AnswerPlace, key: CallKey): KeptAnswer | undefined => {
    const whole = (): Json | undefined => lines.readAt({ offset, length })
    const value = (head > 0 ? lines.readAt({ offset, length: head }, '}') : undefined) ?? whole()
    const answer = fitting<Omit<StoredCall, 'request'>>(answerSchema, value)
    if (!answer || answer.key !== key) return undefined
    const { rollout, response, at } = answer
    const paid = fitting<Paid>(paidSchema, isJsonObject(value) ? value['paid'] : undefined)
    return {
      key,
      rollout,
      response,
      at,
      ...(paid && { paid }),
      request() {
        const all = whole()
        return fitting<StoredCall['request']>(requestSchema, isJsonObject(all) ? all['request'] : undefined)
      },
    }
  }
  const read = (key: CallKey): KeptAnswer | undefined => {
    for (let place = places.get(key); place; place = place.next) {
      const answer = readPlace(place, key)
      if (answer) return answer
      damaged.add(place.offset)
    }
    return undefined
  }
  return {
    get count() {
      return places.size
    },
    get leftOut() {
      return damaged.size
    },
    keys: () => places.keys(),
    read,
    sync: () => lines.sync(),
    store: {
      get: async key => asStored(read(key)),
      async add(call, paid) {
        const first = asStored(read(call.key))
        if (first) return first
        const { key, rollout, at, response, request } = call
        const place = lines.append([{ key, rollout, at, ...(paid && { paid }), response, request }])
        places.set(key, { ...place, head: -1 })
        return call
      },
    },
  }
}

/** `head` is the number of bytes before the request, or −1 where nobody looked; `next` is another line of the same key. */
interface AnswerPlace extends LinePlace {
  readonly head: number
  next?: AnswerPlace | undefined
}

function asStored(answer: KeptAnswer | undefined): StoredCall | undefined {
  if (!answer) return undefined
  return {
    ...answer,
    /** Only read when somebody asks: a replay has the prompt already. */
    get request() {
      const request = answer.request()
      if (request) return request
      throw new EngineError('storage-failed', `What was asked for the answer ${answer.key} can no longer be read from the journal.`)
    },
  }
}

const { request: requestSchema, ...answerFields } = storedCallSchema.shape
const answerSchema = z.object(answerFields)
const paidSchema = z.object({ entry: z.string().optional(), cost: z.number().optional() })

/** Quotes inside of texts are escaped, so this stands nowhere else in a line. */
const requestPart = Buffer.from(',"request":{')

function keyOf(bytes: Buffer): CallKey | undefined {
  if (bytes[bytes.length - 1] !== closingBrace) return undefined
  return /^\{"key":"([^"\\]+)"/.exec(bytes.toString('latin1', 0, 200))?.[1]
}

const closingBrace = 125
