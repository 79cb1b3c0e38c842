import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { assert } from './assert'
import { mersenneTwister } from './mersenne-twister'

/** A stream of random numbers. Its methods draw exactly what Python's `random.Random` of the same name draws. */
export interface Rng {
  /** 0 ≤ x < 1, with 53 bits. */
  random(): number
  /** A whole number of `k` random bits, 0 ≤ k ≤ 53. */
  getrandbits(k: number): number
  /** A whole number, 0 ≤ x < n. */
  randbelow(n: number): number
  /** A whole number, a ≤ x ≤ b: both ends belong. */
  randint(a: number, b: number): number
  choice<T>(items: readonly T[]): T
  /** A new array in random order; the argument stays as it is. */
  shuffle<T>(items: readonly T[]): T[]
  /** `k` different positions of `items`, in random order. */
  sample<T>(items: readonly T[], k: number): T[]
  /** `k` draws with replacement, weighted where weights are given. */
  choices<T>(items: readonly T[], weights: readonly number[] | undefined, k: number): T[]
  /**
   * A stream of its own, decided by this one's seed and the key alone: not by how much was drawn before.
   * Concurrent work takes one fork a task, or the order of answers would decide who gets which number.
   */
  fork(key: string): Rng
}

/** `random.Random(seed)` of Python, draw for draw (CPython 3.11+). The seed is a whole number or a text. */
export function pythonRandom(seed: number | string): Rng {
  const nextWord = mersenneTwister(seedWords(seed))

  function random(): number {
    const high = nextWord() >>> 5
    const low = nextWord() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  function getrandbits(k: number): number {
    assert(k >= 0 && k <= 53, `getrandbits takes 0 to 53 bits, not ${k}`)
    if (k === 0) return 0
    if (k <= 32) return nextWord() >>> (32 - k)
    const low = nextWord()
    return (nextWord() >>> (64 - k)) * 4294967296 + low
  }

  function randbelow(n: number): number {
    assert(Number.isSafeInteger(n) && n >= 1, `randbelow needs a whole number from 1, not ${n}`)
    const bits = bitLength(n)
    let drawn = getrandbits(bits)
    while (drawn >= n) drawn = getrandbits(bits)
    return drawn
  }

  function sample<T>(items: readonly T[], k: number): T[] {
    const n = items.length
    assert(Number.isInteger(k) && k >= 0 && k <= n, `Cannot take ${k} of ${n} items`)
    const picked: T[] = []
    // CPython's size from which remembering the drawn positions is cheaper than copying the list.
    const setSize = k > 5 ? 21 + 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 21
    if (n <= setSize) {
      const pool = [...items]
      for (let i = 0; i < k; i += 1) {
        const j = randbelow(n - i)
        picked.push(at(pool, j))
        pool[j] = at(pool, n - i - 1)
      }
      return picked
    }
    const seen = new Set<number>()
    while (picked.length < k) {
      const j = randbelow(n)
      if (seen.has(j)) continue
      seen.add(j)
      picked.push(at(items, j))
    }
    return picked
  }

  function choices<T>(items: readonly T[], weights: readonly number[] | undefined, k: number): T[] {
    const n = items.length
    assert(n > 0, 'Cannot choose from an empty list')
    if (!weights) return Array.from({ length: k }, () => at(items, Math.floor(random() * n)))
    assert(weights.length === n, `There are ${n} items but ${weights.length} weights`)
    let total = 0
    const sums = weights.map(weight => (total += weight))
    assert(total > 0 && Number.isFinite(total), 'The weights must add up to a positive number')
    return Array.from({ length: k }, () => at(items, bisectRight(sums, random() * total, n - 1)))
  }

  return {
    random,
    getrandbits,
    randbelow,
    randint: (a, b) => a + randbelow(b - a + 1),
    choice: items => at(items, randbelow(items.length)),
    shuffle(items) {
      const shuffled = [...items]
      for (let i = shuffled.length - 1; i >= 1; i -= 1) {
        const j = randbelow(i + 1)
        const moved = at(shuffled, i)
        shuffled[i] = at(shuffled, j)
        shuffled[j] = moved
      }
      return shuffled
    },
    sample,
    choices,
    fork: key => pythonRandom(`${typeof seed}:${seed}/${key}`),
  }
}

/** The 32-bit words, lowest first, that Python makes of a seed: |n|, or a text's bytes followed by their SHA-512. */
function seedWords(seed: number | string): number[] {
  if (typeof seed === 'number') {
    assert(Number.isSafeInteger(seed), `A seed is a whole number or a text, not ${seed}`)
    const size = Math.abs(seed)
    const high = Math.floor(size / 4294967296)
    return high > 0 ? [size >>> 0, high] : [size >>> 0]
  }
  const text = utf8ToBytes(seed)
  const bytes = concatBytes(text, sha512(text)).reverse()
  const words: number[] = []
  for (let i = 0; i < bytes.length; i += 4) {
    words.push(((bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24)) >>> 0)
  }
  // Python counts the words of the number, and a text that starts with NUL bytes has leading zero words.
  while (words.length > 1 && words.at(-1) === 0) words.pop()
  return words
}

function bitLength(n: number): number {
  return n < 4294967296 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 4294967296))
}

function bisectRight(sums: readonly number[], value: number, last: number): number {
  let low = 0
  let high = last
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value < at(sums, middle)) high = middle
    else low = middle + 1
  }
  return low
}

function at<T>(items: readonly T[], index: number): T {
  assert(index >= 0 && index < items.length, `No item ${index} in a list of ${items.length}`)
  // In range, so this is a T even where T allows undefined.
  return items[index] as T
}
