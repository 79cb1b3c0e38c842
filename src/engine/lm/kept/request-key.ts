import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex, sha256Stream, type TextHash } from '@/lib/hash'
import type { CallKey, ChatRequest, EmbedRequest, Lm, LmRequest } from '../lm'
import { contentOf, type Message, type Part } from '../parts'

/**
 * The content address of a call: sha-256 of the canonical JSON of what decides the answer, and of which sample it is (`rollout`).
 * Where the request has an `endpoint`, a hash of that follows behind a dot: two hosts with one model name never share an answer. Requests of
 * older runs have none, and keep their keys. An API key and headers are no part of it.
 */
export function callKey(request: LmRequest, rollout: number): CallKey {
  if (latest?.request === request && latest.rollout === rollout) return latest.key
  const asked = request.kind === 'embed' ? hashOfTexts(request, rollout) : hashOfChat(request, rollout)
  const key = request.endpoint === undefined ? asked : `${asked}.${placeOf(request.endpoint)}`
  latest = { request, rollout, key }
  return key
}

function hashOfChat({ model, messages, settings, responseFormat, tools, toolChoice }: ChatRequest, rollout: number): string {
  // "messages" comes before the names of the other parts, as canonical JSON wants it.
  const rest = canonicalJson({ model, settings, responseFormat, tools, toolChoice, rollout }).slice(1)
  const last = messages.at(-1)
  return hashOfHead(messages)
    .update(`${last ? writtenMessage(last) : ''}],${rest}`)
    .hex()
}

/** In the shape that these requests had when the first of their keys were made: as chat with a task. */
function hashOfTexts({ model, texts }: EmbedRequest, rollout: number): string {
  const messages = texts.map(content => ({ role: 'user', content }))
  return sha256Hex(canonicalJson({ model, messages, rollout, settings: {}, task: 'embed' }))
}

/** A text and its one text part are written alike. Blobs go by their hash, and the type and the name that are sent with them, never by their bytes. */
function writtenMessage(message: Message): string {
  if (typeof message.content === 'string') return canonicalJson(message)
  const content = contentOf(message.content)
  if (typeof content === 'string') return canonicalJson({ ...message, content })
  return canonicalJson({ ...message, content: content.map(writtenPart) })
}

function writtenPart(part: Part): object {
  if (part.type !== 'blob') return part
  const { $blob, mime, name } = part.ref
  return { type: part.type, blob: $blob, mime, ...(name !== undefined && { name }) }
}

/** What was asked, wherever it was: a key without its endpoint. */
export function keyOfAsked(key: CallKey): string {
  const dot = key.indexOf('.')
  return dot < 0 ? key : key.slice(0, dot)
}

/** The request as it goes to an LM whose keys name its endpoint. */
export function addressedTo<R extends LmRequest>({ endpoint }: Pick<Lm, 'endpoint'>, request: R): R {
  return endpoint === undefined || request.endpoint === endpoint ? request : { ...request, endpoint }
}

/** The layers of the stack ask for the key of the same request one right after the other; requests are never changed. */
let latest: { readonly request: LmRequest; readonly rollout: number; readonly key: CallKey } | undefined

const places = new Map<string, string>()

/** A run asks a handful of endpoints, thousands of times. */
function placeOf(endpoint: string): string {
  let place = places.get(endpoint)
  if (place === undefined) places.set(endpoint, (place = sha256Hex(endpoint).slice(0, 16)))
  return place
}

interface Head {
  readonly messages: readonly Message[]
  readonly hash: TextHash
}

/** By the first demo: a compile sends the same demos with thousands of rows, and they are most of a prompt. */
const heads = new WeakMap<Message, Head>()

/** The hash of everything up to the last message. */
function hashOfHead(messages: readonly Message[]): TextHash {
  const firstDemo = messages.length > 2 ? messages[1] : undefined
  const known = firstDemo && heads.get(firstDemo)
  if (known && isHeadOf(known.messages, messages)) return known.hash.copy()
  const head = messages.slice(0, -1)
  const hash = sha256Stream().update(`{"messages":[${head.map(message => `${writtenMessage(message)},`).join('')}`)
  if (!firstDemo) return hash
  heads.set(firstDemo, { messages: head, hash })
  return hash.copy()
}

/** The adapters hand out the same demo messages again, and a new system message with the same words. */
function isHeadOf(head: readonly Message[], messages: readonly Message[]): boolean {
  if (head.length !== messages.length - 1) return false
  const system = messages[0]
  if (system?.content !== head[0]?.content || system?.role !== head[0]?.role) return false
  for (let index = 1; index < head.length; index++) if (head[index] !== messages[index]) return false
  return true
}
