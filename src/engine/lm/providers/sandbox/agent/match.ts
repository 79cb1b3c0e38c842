import { boundedCache } from '@/lib/bounded-cache'
import { bagOf } from '../bag'
import { nameWords } from '../words'

/** How much of a text speaks of `about`, 0 to about 2: words in common, and topics in common for less. */
export function matchOf(text: string, about: string): number {
  return cache.of(`${text}\u0000${about}`, () => {
    const wanted = bagOf(nameWords(about).join(' '))
    let sum = 0
    for (const [feature, weight] of bagOf(text)) {
      if (!wanted.has(feature)) continue
      if (feature.startsWith('w:')) sum += weight
      else if (feature.startsWith('t:')) sum += 0.5 * weight
    }
    return sum / (1 + sum / 3)
  })
}

const cache = boundedCache<number>(4096)

/** All inputs of a request but the trajectory: what is asked. */
export function questionOf(inputs: Readonly<Record<string, string>>): string {
  return Object.entries(inputs)
    .filter(([name, text]) => name !== 'trajectory' && !/^(?:\[\[ ## |<)thought_\d/.test(text))
    .map(([, text]) => text)
    .join('\n')
}
