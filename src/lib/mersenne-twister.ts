/**
 * MT19937 (Matsumoto and Nishimura 1998) seeded by `init_by_array`, as CPython seeds it.
 * Returns a function that gives the next unsigned 32-bit word.
 */
export function mersenneTwister(key: readonly number[]): () => number {
  return wordsOf(initByArray(key))
}

/** The same generator seeded by one 32-bit number with `init_genrand`, as NumPy's `RandomState(seed)` seeds it. */
export function mersenneTwisterOfNumber(seed: number): () => number {
  return wordsOf(initGenrand(seed >>> 0))
}

function wordsOf(state: Uint32Array): () => number {
  let index = size

  return function nextWord() {
    if (index >= size) {
      twist(state)
      index = 0
    }
    let word = state[index] ?? 0
    index += 1
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c5680
    word ^= (word << 15) & 0xefc60000
    return (word ^ (word >>> 18)) >>> 0
  }
}

const size = 624
const period = 397

/** Three loops instead of one with remainders: this is the inner loop of every bootstrap interval. */
function twist(state: Uint32Array): void {
  const next = (i: number, following: number, far: number): void => {
    const mixed = ((state[i] ?? 0) & 0x80000000) | ((state[following] ?? 0) & 0x7fffffff)
    state[i] = (state[far] ?? 0) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0)
  }
  for (let i = 0; i < size - period; i += 1) next(i, i + 1, i + period)
  for (let i = size - period; i < size - 1; i += 1) next(i, i + 1, i + period - size)
  next(size - 1, 0, period - 1)
}

function initGenrand(seed: number): Uint32Array {
  const state = new Uint32Array(size)
  state[0] = seed
  for (let i = 1; i < size; i += 1) {
    state[i] = Math.imul(1812433253, mixed(state, i)) + i
  }
  return state
}

function initByArray(key: readonly number[]): Uint32Array {
  const state = initGenrand(19650218)
  let i = 1
  let j = 0
  for (let left = Math.max(size, key.length); left > 0; left -= 1) {
    state[i] = ((state[i] ?? 0) ^ Math.imul(mixed(state, i), 1664525)) + (key[j] ?? 0) + j
    i += 1
    j += 1
    if (i >= size) {
      state[0] = state[size - 1] ?? 0
      i = 1
    }
    if (j >= key.length) j = 0
  }
  for (let left = size - 1; left > 0; left -= 1) {
    state[i] = ((state[i] ?? 0) ^ Math.imul(mixed(state, i), 1566083941)) - i
    i += 1
    if (i >= size) {
      state[0] = state[size - 1] ?? 0
      i = 1
    }
  }
  state[0] = 0x80000000
  return state
}

function mixed(state: Uint32Array, i: number): number {
  const before = state[i - 1] ?? 0
  return before ^ (before >>> 30)
}
