/**
 * NumPy's `default_rng(seed)`: PCG64 (O'Neill 2014, XSL-RR 128/64) seeded through `SeedSequence`, draw for draw. SIMBA draws how
 * many demos to drop from it. The seed is a whole number, 0 ≤ seed < 2^53.
 */
export interface NumpyGenerator {
  /** 0 ≤ x < 1, with 53 bits. */
  random(): number
  /**
   * NumPy's `poisson(mean)`. Differs: from a mean of 10 on NumPy changes to another method (PTRS); this one keeps multiplying, which
   * has the same distribution but other draws. A mean that large would need ten times as many demos as an optimizer puts into a prompt.
   */
  poisson(mean: number): number
}

export function pcg64(seed: number): NumpyGenerator {
  const [highState = 0n, lowState = 0n, highStream = 0n, lowStream = 0n] = seedSequence(seed)
  const increment = wide((((highStream << 64n) | lowStream) << 1n) | 1n)
  const step = (state: bigint): bigint => wide(state * multiplier + increment)
  let state = step(wide(step(0n) + ((highState << 64n) | lowState)))

  function nextWord(): bigint {
    state = step(state)
    const folded = (state >> 64n) ^ BigInt.asUintN(64, state)
    const turn = state >> 122n
    return BigInt.asUintN(64, (folded >> turn) | (folded << ((64n - turn) & 63n)))
  }
  function random(): number {
    return Number(nextWord() >> 11n) / 2 ** 53
  }
  return {
    random,
    poisson(mean) {
      if (mean === 0) return 0
      const least = Math.exp(-mean)
      let count = 0
      for (let product = random(); product > least; product *= random()) count += 1
      return count
    },
  }
}

const multiplier = 0x2360ed051fc65da44385df649fccf645n
const poolSize = 4

function wide(value: bigint): bigint {
  return BigInt.asUintN(128, value)
}

/** Four 64-bit words from a seed, as NumPy's `SeedSequence(seed).generate_state(4, uint64)` makes them. */
function seedSequence(seed: number): readonly bigint[] {
  const entropy = seed < 2 ** 32 ? [seed >>> 0] : [seed >>> 0, Math.floor(seed / 2 ** 32)]
  const hash = hasher(0x43b0d7e5, 0x931e8875)
  const pool = Array.from({ length: poolSize }, (_, at) => hash(entropy[at] ?? 0))
  for (let from = 0; from < poolSize; from += 1) {
    for (let to = 0; to < poolSize; to += 1) if (from !== to) pool[to] = mixed(pool[to] ?? 0, hash(pool[from] ?? 0))
  }
  const spread = hasher(0x8b51f9dd, 0x58f38ded)
  const words = Array.from({ length: 2 * poolSize }, (_, at) => BigInt(spread(pool[at % poolSize] ?? 0)))
  return Array.from({ length: poolSize }, (_, at) => (words[2 * at] ?? 0n) | ((words[2 * at + 1] ?? 0n) << 32n))
}

/** Each call uses the next of a row of constants. */
function hasher(first: number, factor: number): (value: number) => number {
  let constant = first
  return value => {
    const folded = value ^ constant
    constant = Math.imul(constant, factor)
    const product = Math.imul(folded, constant)
    return (product ^ (product >>> 16)) >>> 0
  }
}

function mixed(x: number, y: number): number {
  const sum = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)
  return (sum ^ (sum >>> 16)) >>> 0
}
