import { pythonStr } from '@/lib/python-text'
import type { Values } from '../base/example'
import type { Demo, PredictorState } from '../program/program'
import type { Signature } from '../signature/signature'
import { withFileWords } from '../blobs/blob-ref'

/**
 * The demos a call shows: all of them, or the `k` nearest to its inputs, the most similar first, as DSPy's KNN orders them.
 * Similarity is lexical (TF-IDF over words and their three-letter pieces, cosine): no request, and the same in every runtime. For a state
 * that picks by embeddings see `nearestByEmbedding`: here it is shown what words alone would pick.
 */
export function shownDemos(state: PredictorState | undefined, signature: Signature, inputs: Values): readonly Demo[] {
  if (state === undefined) return []
  const { demos, nearest } = state
  if (nearest === undefined || demos.length === 0) return demos
  const names = inputNames(signature)
  const index = indexOf(demos, names)
  return mostSimilar(demos, index.similarity(textOf(inputs, names)), nearest.k)
}

/** What a predictor's inputs, and its demos, are compared by. */
export function inputNames(signature: Signature): readonly string[] {
  return signature.fields.filter(field => field.role === 'input').map(field => field.name)
}

/** The `k` demos of the highest similarity, the most similar first; ties stand in the order of the pool. */
export function mostSimilar(demos: readonly Demo[], similarity: readonly number[], k: number): readonly Demo[] {
  const order = demos.map((_, at) => at).sort((a, b) => (similarity[b] ?? 0) - (similarity[a] ?? 0) || a - b)
  return order.slice(0, k).flatMap((at): readonly Demo[] => (demos[at] ? [demos[at]] : []))
}

interface DemoIndex {
  /** 0–1 for each demo. */
  similarity(text: string): readonly number[]
}

/** A list of demos is never changed in place; its predictor's inputs are always the same. */
const indexes = new WeakMap<readonly Demo[], DemoIndex>()

function indexOf(demos: readonly Demo[], names: readonly string[]): DemoIndex {
  let index = indexes.get(demos)
  if (index === undefined) indexes.set(demos, (index = makeIndex(demos.map(demo => textOf(demo, names)))))
  return index
}

function makeIndex(texts: readonly string[]): DemoIndex {
  const counted = texts.map(countsOf)
  const frequency = new Map<string, number>()
  for (const counts of counted) for (const term of counts.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1)
  const weigh = (counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> => {
    const weights = [...counts].map(([term, count]): [string, number] => [
      term,
      (1 + Math.log(count)) * Math.log((texts.length + 1) / ((frequency.get(term) ?? 0) + 0.5)),
    ])
    const norm = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1
    return new Map(weights.map(([term, weight]) => [term, weight / norm]))
  }
  const holders = new Map<string, Holder[]>()
  for (const [demo, counts] of counted.entries()) {
    for (const [term, weight] of weigh(counts)) {
      const own = holders.get(term)
      if (own) own.push({ demo, weight })
      else holders.set(term, [{ demo, weight }])
    }
  }
  return {
    similarity(text) {
      const dots = counted.map(() => 0)
      for (const [term, weight] of weigh(countsOf(text))) {
        for (const holder of holders.get(term) ?? []) dots[holder.demo] = (dots[holder.demo] ?? 0) + weight * holder.weight
      }
      return dots
    },
  }
}

/** A demo that has a term, and how much it counts there. */
interface Holder {
  readonly demo: number
  readonly weight: number
}

/** Words, and pieces of three letters, which see `refunded` in `refund`. */
function countsOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const add = (term: string): void => void counts.set(term, (counts.get(term) ?? 0) + 1)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    add(word)
    const letters = Array.from(word)
    for (let at = 0; letters.length > 3 && at + 3 <= letters.length; at++) add(`…${letters.slice(at, at + 3).join('')}`)
  }
  return counts
}

/**
 * The inputs of a row or of a demo as one text, in the order of the signature.
 * Differs: DSPy's KNN writes the name before each value, in the order of the call. Names are the same in every row and tell none apart.
 */
export function textOf(values: Values | Demo, names: readonly string[]): string {
  return names.map(name => pythonStr(withFileWords(values[name] ?? ''))).join('\n')
}
