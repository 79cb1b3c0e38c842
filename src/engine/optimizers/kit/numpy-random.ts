import { mersenneTwisterOfNumber } from '@/lib/mersenne-twister'

/** NumPy's `RandomState(seed).random_sample()`, draw for draw: what Optuna's samplers draw from. The seed is a whole number from 0. */
export function numpyRandom(seed: number): () => number {
  const nextWord = mersenneTwisterOfNumber(seed)
  return () => {
    const high = nextWord() >>> 5
    const low = nextWord() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }
}
