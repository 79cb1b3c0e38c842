import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import type { Demo } from '../program/program'
import { chooseEmbeddings, embedRequest } from '../lm/embed-request'
import type { EmbedRequest, Lm, LmCall, ModelSpec } from '../lm/lm'
import { decodeVectors } from '../lm/vectors'
import { mostSimilar, textOf } from './nearest-demos'
import { askRecorded, type RecordCall } from './recorded-call'

/** Asks one embedding model on behalf of one piece of work. */
export interface EmbedderCall {
  readonly lm: Lm
  readonly model: ModelSpec
  readonly call: LmCall
  readonly record: RecordCall
}

/** Texts of one request: what the strictest of the known servers takes. Part of what a request is, so a change asks everything again. */
export const textsPerRequest = 32

/** How a request for vectors stands in a trace. */
export const embeddingFormat = 'embedding'

/**
 * The `k` demos whose vectors are most like that of the inputs (cosine), the most similar first; those without a vector come last, and
 * ties stand in the order of the pool. Nothing of it is kept with the program: the vectors come by way of the run's own LM stack, whose
 * store makes them free the second time and a replay exact. A text without a word has no vector and is not asked for.
 * Differs: DSPy takes the dot product, which prefers long vectors where an embedder gives some of other lengths.
 */
export async function nearestByEmbedding(
  demos: readonly Demo[],
  { k, inputs, names }: { readonly k: number; readonly inputs: Values; readonly names: readonly string[] },
  embedder: EmbedderCall,
): Promise<readonly Demo[]> {
  const text = textOf(inputs, names)
  if (demos.length === 0 || isBlank(text)) return demos.slice(0, k)
  const pool = await poolVectors(demos, names, embedder)
  const [query] = await ask(embedRequest(embedder.model.model, [text]), embedder)
  if (query === undefined) throw new Error('one text has one vector')
  return mostSimilar(
    demos,
    pool.map(vector => (vector ? similarity(vector, query, embedder.model) : 0)),
    k,
  )
}

/** Every vector of a pool of demos, undefined for those without text; one demo each, in their order. */
export async function poolVectors(
  demos: readonly Demo[],
  names: readonly string[],
  embedder: EmbedderCall,
): Promise<readonly (PoolVector | undefined)[]> {
  const pool = poolOf(demos, names, embedder)
  pool.whole ??= wholeOf(pool)
  if (pool.whole) return pool.whole
  const results = await Promise.allSettled(pool.batches.map(batch => fill(batch, embedder)))
  // All of them have come to an end: what was asked for does not depend on which of them failed first.
  const failed = results.find(result => result.status === 'rejected')
  if (failed) throw failed.reason
  const whole = wholeOf(pool)
  if (whole === undefined) throw new Error('a pool of demos was asked for in full')
  return (pool.whole = whole)
}

/** Requests for a pool of so many demos. */
export function poolRequests(demoCount: number): number {
  return Math.ceil(demoCount / textsPerRequest)
}

export interface PoolVector {
  readonly values: Float32Array
  readonly length: number
}

interface PoolBatch {
  readonly request: EmbedRequest
  isRecorded?: boolean
  vectors?: readonly PoolVector[]
}
interface Pool {
  /** Which vector belongs to each demo; -1 for a text without a word. */
  readonly places: readonly number[]
  readonly batches: readonly PoolBatch[]
  whole?: readonly (PoolVector | undefined)[] | undefined
}

/** Read once a run: a run has one stack for each model, and a list of demos is never changed in place. */
const pools = new WeakMap<Lm, WeakMap<readonly Demo[], Pool>>()

function poolOf(demos: readonly Demo[], names: readonly string[], { lm, model }: EmbedderCall): Pool {
  let known = pools.get(lm)
  if (known === undefined) pools.set(lm, (known = new WeakMap()))
  let pool = known.get(demos)
  if (pool === undefined)
    known.set(
      demos,
      (pool = makePool(
        demos.map(demo => textOf(demo, names)),
        model.model,
      )),
    )
  return pool
}

function makePool(texts: readonly string[], model: string): Pool {
  let next = 0
  const places = texts.map(text => (isBlank(text) ? -1 : next++))
  const asked = texts.filter(text => !isBlank(text))
  const batches: PoolBatch[] = []
  for (let at = 0; at < asked.length; at += textsPerRequest)
    batches.push({ request: embedRequest(model, asked.slice(at, at + textsPerRequest)) })
  return { places, batches }
}

function wholeOf({ places, batches }: Pool): Pool['whole'] {
  const vectors: PoolVector[] = []
  for (const batch of batches) {
    if (batch.vectors === undefined) return undefined
    vectors.push(...batch.vectors)
  }
  return places.map(place => vectors[place])
}

/**
 * Rows that start together wait for the same answer, and the first to get it puts it down as a call of the run: so each batch counts
 * once, at whatever concurrency.
 */
async function fill(batch: PoolBatch, embedder: EmbedderCall): Promise<void> {
  if (batch.vectors) return
  const record: RecordCall = (call, isAnswered) => {
    const isRead = isAnswered && call.error === undefined
    if (!isRead || !batch.isRecorded) embedder.record(call, isAnswered)
    if (isRead) batch.isRecorded = true
  }
  const vectors = await ask(batch.request, { ...embedder, record })
  batch.vectors ??= vectors.map(values => ({ values, length: lengthOf(values) }))
}

function ask(request: EmbedRequest, { lm, call, record }: EmbedderCall): Promise<readonly Float32Array[]> {
  // Whatever sample the program is run for, a text has one vector.
  const plain: LmCall = { ...call, purpose: 'embed', rollout: 0 }
  return askRecorded({ lm, request, call: plain, format: embeddingFormat, record }, answer => {
    const vectors = decodeVectors(answer.vectors)
    if (vectors.length !== request.texts.length) throw wrongCount(vectors.length, request)
    return vectors
  })
}

/** Cosine but for the length of the query, which is the same for all. */
function similarity({ values, length }: PoolVector, query: Float32Array, { model }: ModelSpec): number {
  if (values.length !== query.length) {
    throw new EngineError(
      'lm-bad-response',
      `"${model}" gave vectors of ${values.length} and of ${query.length} numbers, which cannot be compared. ${chooseEmbeddings}`,
      { isRetryable: false },
    )
  }
  return length === 0 ? 0 : dot(values, query) / length
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(dot(values, values))
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0)
  return sum
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}

function wrongCount(got: number, { texts }: EmbedRequest): EngineError {
  return new EngineError('lm-bad-response', `An answer holds ${got} vectors for ${texts.length} texts. ${chooseEmbeddings}`, {
    isRetryable: false,
  })
}
