import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { EngineError, isEngineError } from '../../base/errors'
import { chooseEmbeddings } from '../../lm/embed-request'
import type { LmRequest, LmResponse } from '../../lm/lm'
import { usageFrom } from '../../lm/usage'
import { encodeVectors } from '../../lm/vectors'
import type { Transport } from './transport'

/**
 * The answer of an embeddings API: one vector for each text, all of one length. Throws `lm-bad-response` for anything else; it may be
 * tried again only where the body was no JSON at all, since a server that counts wrong does so every time.
 */
export function readEmbeddings(body: string, request: LmRequest, ms: number, transport: Transport): LmResponse {
  const parsed = parseJson(body)
  if (!parsed.ok || !isJsonObject(parsed.value))
    throw bad(
      `${transport.host} answered with something that holds no embeddings: ${transport.redact(body.slice(0, 200)) || 'nothing'}`,
      true,
    )
  const { error, data, usage } = parsed.value
  // Some servers send `"error": null` or `""` with every success.
  if (isJsonObject(error) || (typeof error === 'string' && error !== '')) throw transport.refusal(200, body)
  if (!Array.isArray(data)) throw bad(`${transport.host} answered without a list of embeddings. ${chooseEmbeddings}`)
  const wanted = request.messages.length
  if (data.length !== wanted)
    throw bad(`${transport.host} returned ${count(data.length, 'vector')} for ${count(wanted, 'text')}. ${chooseEmbeddings}`)
  const vectors = inOrder(data).map(vectorOf)
  const size = vectors[0]?.length
  const whole = vectors.filter(vector => vector !== undefined && vector.length > 0 && vector.length === size)
  if (whole.length < wanted)
    throw bad(`${transport.host} returned embeddings that are not lists of numbers of one length. ${chooseEmbeddings}`)
  const text = encodeVectors(whole.filter(vector => vector !== undefined))
  return { text, finish: 'stop', usage: usageFrom(usage, request, text), ms, cached: false, attempts: 1 }
}

/** A server without embeddings says so in words that speak of chat; these speak of embeddings. */
export function embedRefusal(error: unknown, { model }: LmRequest, host: string): unknown {
  if (!isEngineError(error, 'lm-bad-request')) return error
  const said = / It said: .*$/s.exec(error.message)?.[0] ?? ''
  return new EngineError('lm-bad-request', `${host} makes no embeddings with "${model}". ${chooseEmbeddings}${said}`, error.facts, error)
}

/** `index` says which text a vector is of; where a server leaves it out, the order does. */
function inOrder(data: readonly Json[]): readonly Json[] {
  const ordered: Json[] = []
  for (const entry of data) {
    const index = isJsonObject(entry) ? entry['index'] : undefined
    if (typeof index !== 'number' || !(index in data) || index in ordered) return data
    ordered[index] = entry
  }
  return ordered
}

function vectorOf(entry: Json): readonly number[] | undefined {
  const values = isJsonObject(entry) ? entry['embedding'] : undefined
  return Array.isArray(values) && values.every(value => typeof value === 'number') ? values : undefined
}

function bad(message: string, isRetryable = false): EngineError {
  return new EngineError('lm-bad-response', message, { status: 200, isRetryable })
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`
}
