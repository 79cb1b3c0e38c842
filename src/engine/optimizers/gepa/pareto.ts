import type { Rng } from '@/lib/rng'
import type { SelectionStrategy } from './params'

/** The best score any candidate has on a row, and the numbers of all that reach it, ascending. */
export interface Front {
  readonly score: number
  readonly members: readonly number[]
}

/** One front a row of the valset, in its order. Undefined until a candidate has a score on the row. */
export type Frontier = readonly (Front | undefined)[]

/** How many fronts a candidate of the frontier stands in: the odds at which it becomes a parent. */
export interface Odds {
  readonly candidate: number
  readonly rows: number
}

/** Takes a candidate's scores in: a better one makes a new front, an equal one joins. `changed` are the rows where it did either. */
export function joinFrontier(
  frontier: Frontier,
  candidate: number,
  scores: readonly (number | null)[],
): { readonly frontier: Frontier; readonly changed: readonly number[] } {
  const changed: number[] = []
  const joined = scores.map((score, row): Front | undefined => {
    const front = frontier[row]
    if (score === null || (front && front.score > score)) return front
    changed.push(row)
    if (front?.score === score) return { score, members: [...front.members, candidate].sort((a, b) => a - b) }
    return { score, members: [candidate] }
  })
  return { frontier: joined, changed }
}

/**
 * The frontier without dominated candidates, each with its odds (Agrawal et al. 2025, GEPA, Algorithm 2). A candidate is dominated when
 * each of its fronts holds another that is not. The lowest mean is looked at first, so of candidates that stand in for each other
 * the better ones stay.
 */
export function frontierOdds(frontier: Frontier, means: readonly number[]): readonly Odds[] {
  const fronts = frontier.flatMap(front => (front ? [front.members] : []))
  const seen = [...new Set(fronts.flat())]
  const remaining = new Set(seen)
  const order = [...seen].sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0))
  const isDominated = (candidate: number): boolean =>
    fronts.every(front => !front.includes(candidate) || front.some(other => other !== candidate && remaining.has(other)))
  for (let found = order.find(isDominated); found !== undefined; found = order.find(one => remaining.has(one) && isDominated(one))) {
    remaining.delete(found)
  }
  const kept = fronts.map(front => front.filter(member => remaining.has(member)))
  return [...new Set(kept.flat())].map(candidate => ({ candidate, rows: kept.filter(front => front.includes(candidate)).length }))
}

/** Draws a parent: each candidate as often as there are rows on which nobody beats it. */
export function drawFromFrontier(odds: readonly Odds[], rng: Rng): number {
  return rng.choice(odds.flatMap(({ candidate, rows }) => Array.from({ length: rows }, () => candidate)))
}

/** Which candidate to improve next, by its number. `means` holds at least one candidate. */
export function selectParent(strategy: SelectionStrategy, frontier: Frontier, means: readonly number[], rng: Rng): number {
  const best = indexOfBest(means)
  if (strategy === 'current_best') return best
  if (strategy === 'epsilon_greedy') return rng.random() < 0.1 ? rng.randint(0, means.length - 1) : best
  const odds = frontierOdds(strategy === 'pareto' ? frontier : amongTop(frontier, means, 5), means)
  return odds.length === 0 ? best : drawFromFrontier(odds, rng)
}

/** The first of the highest. */
export function indexOfBest(means: readonly number[]): number {
  return means.indexOf(means.reduce((top, mean) => Math.max(top, mean), -Infinity))
}

function amongTop(frontier: Frontier, means: readonly number[], count: number): Frontier {
  const top = new Set([...means.keys()].sort((a, b) => (means[b] ?? 0) - (means[a] ?? 0)).slice(0, count))
  return frontier.map(front => {
    const members = front?.members.filter(member => top.has(member)) ?? []
    return front && members.length > 0 ? { ...front, members } : undefined
  })
}
