import { fromBase64 } from '@/lib/base64'
import { isJsonObject, type Json } from '@/lib/json'
import { EngineError, isEngineError } from '../../base/errors'
import { chooseEmbeddings } from '../../lm/embed-request'
import type { EmbedRequest, LmResponse } from '../../lm/lm'
import { usageFrom } from '../../lm/usage'
import { encodeVectors } from '../../lm/vectors'
import { readAnswer, type AnswerShape } from './read-answer'
import type { Transport } from './transport'

/**
 * The answer of an embeddings API: one vector for each text, all of one length. Throws `lm-bad-response` for anything else; it may be
 * tried again only where the body was no JSON at all, since a server that counts wrong does so every time.
 */
export function readEmbeddings(body: string, request: EmbedRequest, ms: number, transport: Transport): LmResponse {
  const { entries, usage } = readAnswer(body, transport, embeddings)
  const wanted = request.texts.length
  const returned = `${transport.host} returned`
  if (entries.length !== wanted) throw bad(`${returned} ${count(entries.length, 'vector')} for ${count(wanted, 'text')}`)
  const ordered = inOrder(entries)
  if (!ordered) throw bad(`${returned} vectors whose numbers do not say which text each is of`)
  const vectors = ordered.map((entry, at) => {
    const vector = vectorOf(entry)
    if (typeof vector === 'string') throw bad(`${returned} embeddings that are not lists of numbers: that of text ${at + 1} ${vector}`)
    return vector
  })
  const size = vectors[0]?.length
  if (vectors.some(({ length }) => length !== size)) throw bad(`${returned} embeddings that are not lists of numbers of one length`)
  return {
    text: '',
    vectors: encodeVectors(vectors),
    finish: 'stop',
    usage: usageFrom(usage, request, ''),
    ms,
    cached: false,
    attempts: 1,
  }
}

/** `{data: […]}` of OpenAI, `{embeddings: […]}` of Ollama and Cohere, or the bare list of llama.cpp and TEI. */
const embeddings: AnswerShape<{ readonly entries: readonly Json[]; readonly usage?: Json }> = {
  what: 'a list of embeddings',
  mayChange: false,
  find(root) {
    if (Array.isArray(root)) return { entries: root }
    if (!isJsonObject(root)) return `it is no object. ${chooseEmbeddings}`
    const entries = root['data'] ?? root['embeddings']
    return Array.isArray(entries)
      ? { entries, ...(root['usage'] !== undefined && { usage: root['usage'] }) }
      : `it has no list of them. ${chooseEmbeddings}`
  },
}

/** A server without embeddings says so in words that speak of chat; these speak of embeddings. */
export function embedRefusal(error: unknown, { model }: EmbedRequest, host: string): unknown {
  if (!isEngineError(error, 'lm-bad-request')) return error
  const said = / It said: .*$/s.exec(error.message)?.[0] ?? ''
  return new EngineError('lm-bad-request', `${host} makes no embeddings with "${model}". ${chooseEmbeddings}${said}`, error.facts, error)
}

/**
 * `index` says which text a vector is of, counted from 0 or 1. Where a server leaves it out, or writes one number for all, the order says so.
 * Undefined where some numbers are missing or come twice.
 */
function inOrder(entries: readonly Json[]): readonly Json[] | undefined {
  const indices = entries.map(entry => (isJsonObject(entry) ? Number(entry['index'] ?? Number.NaN) : Number.NaN))
  if (indices.every(index => Object.is(index, indices[0]))) return entries
  const first = Math.min(...indices)
  const ordered = new Map(indices.map((index, at) => [index - first, entries[at]] as const))
  const places = entries.map((_, place) => ordered.get(place))
  return (first === 0 || first === 1) && places.every(entry => entry !== undefined) ? places : undefined
}

/** The numbers of one entry, or in words why there are none. */
function vectorOf(entry: Json): readonly number[] | string {
  const value = isJsonObject(entry) ? (entry['embedding'] ?? null) : entry
  const numbers = typeof value === 'string' ? floatsIn(value) : value
  if (!Array.isArray(numbers)) return numbers === null ? 'is missing' : 'is no list'
  const [only] = numbers
  if (Array.isArray(only)) return numbers.length === 1 ? vectorOf(only) : 'holds a vector for each token (turn pooling on in the server)'
  if (numbers.length === 0) return 'is empty'
  const odd = numbers.findIndex(number => typeof number !== 'number')
  return odd < 0 ? numbers : `has no number at place ${odd + 1}`
}

/** Base64 of float32 (little-endian), which some servers send whatever they are asked for. Any other text comes back as it is. */
function floatsIn(text: string): Json {
  const bytes = fromBase64(text)
  if (!bytes || bytes.length === 0 || bytes.length % 4 !== 0) return text
  const view = new DataView(bytes.buffer)
  return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true))
}

function bad(message: string): EngineError {
  return new EngineError('lm-bad-response', `${message}. ${chooseEmbeddings}`, { status: 200, isRetryable: false })
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`
}
