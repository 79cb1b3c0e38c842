import type { Rng } from '@/lib/rng'
import { mergeRows } from './params'

/** What a merge looks at: everything by candidate number. */
export interface Lineage {
  /** The text of each component. All candidates have the same components, in the same order. */
  readonly texts: readonly (readonly string[])[]
  readonly parents: readonly (readonly number[])[]
  readonly means: readonly number[]
  /** On the rows of the valset. */
  readonly scores: readonly (readonly (number | null)[])[]
}

export interface Merge {
  readonly first: number
  readonly second: number
  readonly ancestor: number
  readonly texts: readonly string[]
}

const attempts = 10

/**
 * System-aware merge (Agrawal et al. 2025, GEPA, Algorithm 4; dspy-spec §6.12): two candidates that went separate ways from a common
 * ancestor, each component from the one that changed it. `tried` is the caller's memory and grows with each merge found.
 * Differs: ancestors whose scores are all 0 are drawn evenly, where DSPy's drawing fails.
 */
export function findMerge(lineage: Lineage, leaders: readonly number[], tried: Set<string>, rng: Rng): Merge | undefined {
  const candidates = [...leaders].sort((a, b) => a - b)
  if (candidates.length < 2 || lineage.texts.length < 3) return undefined
  for (let attempt = 0; attempt < attempts; attempt++) {
    const family = findFamily(lineage, candidates, tried, rng)
    if (family === undefined) continue
    const { first, second, ancestor } = family
    const origins = originsOf(lineage, family, rng)
    const key = `pair ${first} ${second} from ${origins.join(' ')}`
    if (tried.has(key) || sharedRows(lineage, first, second).length < mergeRows) continue
    tried.add(key)
    tried.add(familyKey(family))
    return { ...family, texts: origins.map((origin, component) => lineage.texts[origin]?.[component] ?? ''), ancestor }
  }
  return undefined
}

/** Five rows to try a merge on: about two where the first is better, two where the second is, the rest where they tie. */
export function mergeTestRows(lineage: Lineage, { first, second }: Merge, rng: Rng): readonly number[] {
  const shared = sharedRows(lineage, first, second)
  const lead = (row: number): number => (lineage.scores[first]?.[row] ?? 0) - (lineage.scores[second]?.[row] ?? 0)
  const groups = [shared.filter(row => lead(row) > 0), shared.filter(row => lead(row) < 0), shared.filter(row => lead(row) === 0)]
  const chosen: number[] = []
  for (const group of groups) {
    const count = Math.min(group.length, Math.ceil(mergeRows / groups.length), mergeRows - chosen.length)
    if (count > 0) chosen.push(...rng.sample(group, count))
  }
  const missing = mergeRows - chosen.length
  if (missing === 0) return chosen
  const unused = shared.filter(row => !chosen.includes(row))
  return [...chosen, ...(unused.length >= missing ? rng.sample(unused, missing) : rng.choices(shared, undefined, missing))]
}

type Family = Omit<Merge, 'texts'>

function findFamily(lineage: Lineage, candidates: readonly number[], tried: ReadonlySet<string>, rng: Rng): Family | undefined {
  const { means } = lineage
  for (let draw = 0; draw < attempts; draw++) {
    const [first = 0, second = 0] = rng.sample(candidates, 2).sort((a, b) => a - b)
    const [above, beside] = [ancestorsOf(lineage, first), ancestorsOf(lineage, second)]
    if (above.has(second) || beside.has(first)) continue
    const common = [...above].filter(ancestor => {
      const isBetter = (means[ancestor] ?? 0) > Math.min(means[first] ?? 0, means[second] ?? 0)
      const family = { first, second, ancestor }
      return beside.has(ancestor) && !isBetter && !tried.has(familyKey(family)) && hasOneSidedChange(lineage, family)
    })
    if (common.length === 0) continue
    const weights = common.map(ancestor => means[ancestor] ?? 0)
    const [ancestor] = rng.choices(common, weights.some(weight => weight > 0) ? weights : undefined, 1)
    if (ancestor !== undefined) return { first, second, ancestor }
  }
  return undefined
}

function familyKey({ first, second, ancestor }: Family): string {
  return `family ${first} ${second} ${ancestor}`
}

/** Every candidate above one, ascending. */
function ancestorsOf({ parents }: Lineage, candidate: number): ReadonlySet<number> {
  const found = new Set<number>()
  const open = [...(parents[candidate] ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue
    found.add(next)
    open.push(...(parents[next] ?? []))
  }
  return new Set([...found].sort((a, b) => a - b))
}

/** Some component that exactly one of the two changed: what a merge can win. */
function hasOneSidedChange({ texts }: Lineage, { first, second, ancestor }: Family): boolean {
  return (texts[ancestor] ?? []).some((old, component) => {
    const [one, other] = [texts[first]?.[component], texts[second]?.[component]]
    return one !== other && (old === one || old === other)
  })
}

/** For each component, the candidate to take it from. */
function originsOf({ texts, means }: Lineage, { first, second, ancestor }: Family, rng: Rng): readonly number[] {
  return (texts[ancestor] ?? []).map((old, component) => {
    const [one, other] = [texts[first]?.[component], texts[second]?.[component]]
    if (one === other) return first
    if (old === one) return second
    if (old === other) return first
    const lead = (means[first] ?? 0) - (means[second] ?? 0)
    if (lead !== 0) return lead > 0 ? first : second
    return rng.choice([first, second])
  })
}

function sharedRows({ scores }: Lineage, first: number, second: number): readonly number[] {
  const other = scores[second] ?? []
  return (scores[first] ?? []).flatMap((score, row) => (score === null || (other[row] ?? null) === null ? [] : [row]))
}
