import { numpyRandom } from './numpy-random'

/** One categorical parameter: which of `choices` options, counted from 0. */
export interface TpeParameter {
  readonly name: string
  readonly choices: number
}

/** A chosen option for every parameter, by name. */
export type TpeChoice = Readonly<Record<string, number>>

/** Proposes what to try next from what was tried. Two calls of `ask` without a `tell` between them are two trials under way. */
export interface TpeSampler {
  ask(): TpeChoice
  /** What a choice came to; more is better. Choices that `ask` never made may be told as well. */
  tell(choice: TpeChoice, value: number): void
}

const startupTrials = 10
const candidateCount = 24

/**
 * The multivariate Tree-structured Parzen Estimator (Bergstra et al. 2011, Algorithms for Hyper-Parameter Optimization, §4; as in
 * Optuna with its defaults, for categorical parameters). Trials are split into the best tenth and the rest; a mixture of kernels
 * is laid over each (l and g of the paper), candidates are drawn from l, and the one with the highest l/g is proposed.
 * Two generators with the same seed, as in Optuna: one for the first trials, one for the estimator.
 */
export function tpeSampler(space: readonly TpeParameter[], seed: number): TpeSampler {
  const drawFirst = numpyRandom(seed)
  const draw = numpyRandom(seed)
  // What has one option is not sampled. Jointly sampled parameters go by name, in the order of code units.
  const open = space.filter(({ choices }) => choices > 1)
  const sorted = [...open].sort((a, b) => (a.name < b.name ? -1 : 1))
  const fixed = Object.fromEntries(space.map(({ name }) => [name, 0]))
  const history: Observation[] = []
  return {
    ask() {
      if (open.length === 0) return fixed
      if (history.length >= startupTrials) return { ...fixed, ...suggest(history, sorted, draw) }
      const entries = open.map(({ name, choices }) => [name, argmax(Array.from({ length: choices }, drawFirst))] as const)
      return { ...fixed, ...Object.fromEntries(entries) }
    },
    tell(choice, value) {
      history.push({ choice, value })
    },
  }
}

interface Observation {
  readonly choice: TpeChoice
  readonly value: number
}

function suggest(history: readonly Observation[], space: readonly TpeParameter[], draw: () => number): TpeChoice {
  const ranked = history.map((_, index) => index).sort((a, b) => valueAt(history, b) - valueAt(history, a) || a - b)
  const belowCount = Math.min(Math.ceil(0.1 * history.length), 25)
  const best = new Set(ranked.slice(0, belowCount))
  const below = parzen(
    history.filter((_, index) => best.has(index)),
    space,
  )
  const above = parzen(
    history.filter((_, index) => !best.has(index)),
    space,
  )
  const candidates = sample(below, space, draw)
  const scores = candidates.map(candidate => logDensity(below, candidate) - logDensity(above, candidate))
  const chosen = candidates[argmax(scores)] ?? []
  return Object.fromEntries(space.map(({ name }, at) => [name, chosen[at] ?? 0]))
}

/** A mixture: one kernel for each observation and a flat one, each a product of categorical distributions. */
interface Mixture {
  readonly weights: readonly number[]
  /** Probabilities by kernel, parameter, option. */
  readonly kernels: readonly (readonly (readonly number[])[])[]
}

function parzen(observations: readonly Observation[], space: readonly TpeParameter[]): Mixture {
  const count = observations.length
  const base = 1 / (count + 1)
  const kernel = (choice: TpeChoice | undefined): readonly (readonly number[])[] =>
    space.map(({ name, choices }) => {
      const raw = Array.from({ length: choices }, (_, option) => base + (choice?.[name] === option ? 1 : 0))
      const total = raw.reduce((sum, share) => sum + share, 0)
      return raw.map(share => share / total)
    })
  const weights = [...recency(count), 1]
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    weights: weights.map(weight => weight / total),
    kernels: [...observations.map(({ choice }) => kernel(choice)), kernel(undefined)],
  }
}

/** Old observations count less once there are more than 25: a ramp from 1/n to 1, then 25 times 1. */
function recency(count: number): readonly number[] {
  const old = count - 25
  if (old <= 0) return Array.from({ length: count }, () => 1)
  const ramp = Array.from({ length: old }, (_, at) => (old === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * at) / (old - 1)))
  return [...ramp, ...Array.from({ length: 25 }, () => 1)]
}

function sample({ weights, kernels }: Mixture, space: readonly TpeParameter[], draw: () => number): readonly (readonly number[])[] {
  const edges = cumulative(weights)
  const last = edges.at(-1) ?? 1
  const picked = Array.from({ length: candidateCount }, () => {
    const u = draw()
    return Math.min(edges.filter(edge => edge / last <= u).length, kernels.length - 1)
  })
  const columns = space.map((_, at) =>
    picked.map(index => {
      const u = draw()
      const shares = cumulative(kernels[index]?.[at] ?? [])
      return Math.min(shares.filter(share => share < u).length, shares.length - 1)
    }),
  )
  return picked.map((_, candidate) => columns.map(column => column[candidate] ?? 0))
}

function logDensity({ weights, kernels }: Mixture, options: readonly number[]): number {
  const logs = kernels.map(
    (kernel, index) => options.reduce((sum, option, at) => sum + Math.log(kernel[at]?.[option] ?? 0), 0) + Math.log(weights[index] ?? 0),
  )
  const top = Math.max(...logs)
  return Math.log(numpySum(logs.map(log => Math.exp(log - top)))) + top
}

/** Adds in NumPy's order (up to 128 values), eight strands at a time: of two equally good candidates the last bit decides, there as here. */
function numpySum(values: readonly number[]): number {
  const whole = values.length - (values.length % 8)
  if (values.length < 8) return values.reduce((sum, value) => sum + value, 0)
  const strand = (at: number): number => values.slice(0, whole).reduce((sum, value, index) => (index % 8 === at ? sum + value : sum), 0)
  const pair = (at: number): number => strand(at) + strand(at + 1)
  const eight = pair(0) + pair(2) + (pair(4) + pair(6))
  return values.slice(whole).reduce((sum, value) => sum + value, eight)
}

function cumulative(values: readonly number[]): readonly number[] {
  let sum = 0
  return values.map(value => (sum += value))
}

/** The first of equal ones. */
function argmax(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? -Infinity) ? index : best), 0)
}

function valueAt(history: readonly Observation[], index: number): number {
  return history[index]?.value ?? 0
}
