import { bagOf, type Bag } from './bag'
import { terms } from './words'

/** One worked example as evidence: its text's features, and the answer it carries. */
export interface Instance<T> {
  readonly bag: Bag
  readonly answer: T
  readonly weight: number
  /** How to show it in a reasoning text. */
  readonly text: string
}

/** Examples with the weights that make them comparable: rare features count, features of every example do not. */
export interface DemoIndex<T> {
  readonly instances: readonly Instance<T>[]
  idf(feature: string): number
  /** Similarity of a text to each instance, 0–1, in the order of `instances`. */
  similarity(bag: Bag, reads: Reads): readonly number[]
}

/** Which features a look at the text takes in: a quick one sees only the words as they stand. */
export type Reads = 'surface' | 'meaning'

export function indexOf<T>(instances: readonly Instance<T>[]): DemoIndex<T> {
  const frequency = new Map<string, number>()
  for (const { bag } of instances) for (const feature of bag.keys()) frequency.set(feature, (frequency.get(feature) ?? 0) + 1)
  const n = instances.length
  const idf = (feature: string): number => Math.log((n + 2) / ((frequency.get(feature) ?? 0) + 0.7)) / Math.log((n + 2) / 0.7)
  const norms = { surface: new Map<Bag, number>(), meaning: new Map<Bag, number>() }
  const normOf = (bag: Bag, reads: Reads): number => {
    let norm = norms[reads].get(bag)
    if (norm === undefined) {
      norm = 0
      for (const [feature, weight] of bag) if (isRead(feature, reads)) norm += (weight * idf(feature)) ** 2
      norm = Math.sqrt(norm) || 1
      if (norms[reads].size < 5000) norms[reads].set(bag, norm)
    }
    return norm
  }
  return {
    instances,
    idf,
    similarity(bag, reads) {
      const features: [string, number][] = []
      for (const [feature, weight] of bag) {
        if (!frequency.has(feature) || !isRead(feature, reads)) continue
        features.push([feature, weight * idf(feature) ** 2])
      }
      const norm = normOf(bag, reads)
      return instances.map(instance => {
        let dot = 0
        for (const [feature, weight] of features) {
          const other = instance.bag.get(feature)
          if (other !== undefined) dot += weight * other
        }
        return dot / (norm * normOf(instance.bag, reads))
      })
    },
  }
}

export function isRead(feature: string, reads: Reads): boolean {
  return reads === 'meaning' || !feature.startsWith('t:')
}

/** A demo's features, those that its reasoning names made heavier: the demo shows what to look at. */
export function highlightedBag(text: string, reasoning: string | undefined): Bag {
  const bag = bagOf(text)
  if (reasoning === undefined || reasoning === '') return bag
  const named = new Set(terms(reasoning))
  const namedTopics = bagOf(reasoning)
  const out = new Map<string, number>()
  for (const [feature, weight] of bag) {
    const body = feature.slice(2)
    const isNamed = feature.startsWith('w:') ? named.has(body) : feature.startsWith('t:') && namedTopics.has(feature)
    out.set(feature, isNamed ? weight * 1.8 : weight * 0.6)
  }
  return out
}
