import { boundedCache } from '@/lib/bounded-cache'
import { bagOf } from '../text/bag'
import { nameWords } from '../text/words'

/** How much of a text speaks of `about`, 0 to about 2: words in common, and topics in common for less. */
export function matchOf(text: string, about: string): number {
  return cache.of(`${text}\u0000${about}`, () => matchAmong(text, [about])[0] ?? 0)
}

const cache = boundedCache<number>(4096)

/** The same for several at once: what all of them speak of tells nothing. */
export function matchAmong(text: string, abouts: readonly string[]): readonly number[] {
  const wanted = abouts.map(about => bagOf(nameWords(about).join(' ')))
  const sums = wanted.map(() => 0)
  for (const [feature, weight] of bagOf(text)) {
    const worth = feature.startsWith('w:') ? weight : feature.startsWith('t:') ? 1.1 * weight : 0
    const users = wanted.filter(bag => bag.has(feature)).length
    if (worth === 0 || users === 0) continue
    for (const [at, bag] of wanted.entries()) if (bag.has(feature)) sums[at] = (sums[at] ?? 0) + worth / users ** 1.5
  }
  return sums.map(sum => sum / (1 + sum / 3))
}

/** All inputs of a request but the trajectory: what is asked. */
export function questionOf(inputs: Readonly<Record<string, string>>): string {
  return Object.entries(inputs)
    .filter(([name, text]) => name !== 'trajectory' && !/^(?:\[\[ ## |<)thought_\d/.test(text))
    .map(([, text]) => text)
    .join('\n')
}

/** How far the most similar examples agree on each answer, 0 to about 2: near ones count for much more than far ones. */
export function sharesOf<T>(examples: readonly { readonly answer: T }[], similarity: readonly number[]): ReadonlyMap<T, number> {
  const weights = similarity.map(near => near ** 2 + 0.002)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const strength = 0.3 + 2 * Math.min(0.8, Math.max(0, ...similarity))
  const shares = new Map<T, number>()
  for (const [at, { answer }] of examples.entries()) shares.set(answer, (shares.get(answer) ?? 0) + (strength * (weights[at] ?? 0)) / total)
  return shares
}
