/** FNV-1a over UTF-16 units, then mixed: a cheap stable number for a text. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mix(hash)
}

/** What breaks ties. Same messages, rollout and temperature, same noise: the model is a pure function of its request. */
export interface Noise {
  /** A number in [-amplitude, amplitude], fixed by the request and `key`. */
  jitter(key: string): number
  /** An index in 0…n-1, fixed by the request and `key`. */
  pick(key: string, n: number): number
}

/**
 * `seed` stands for the messages. At temperature 0 and rollout 0 only near-ties move; a higher temperature or a further
 * rollout widens what counts as near.
 */
export function noiseOf(seed: number, rollout: number, temperature: number): Noise {
  const sampled = temperature > 0 ? rollout : rollout * 7
  const base = mix(seed ^ Math.imul(sampled + 1, 0x9e3779b1))
  const amplitude = 0.02 + Math.min(temperature, 2) * 0.25 + (rollout > 0 ? 0.1 : 0)
  const unit = (key: string): number => mix(base ^ textHash(key)) / 4294967296
  return { jitter: key => (unit(key) * 2 - 1) * amplitude, pick: (key, n) => Math.min(n - 1, Math.floor(unit(`pick ${key}`) * n)) }
}

function mix(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
