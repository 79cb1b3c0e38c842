import { mean } from '@/lib/stats'
import type { Example } from '../../base/example'
import type { ProgramState } from '../../program/program'
import type { RunEvent } from '../../record/events'
import type { CandidateId } from '../../program/program'
import type { Lineage } from './merge'
import { frontierOdds, indexOfBest, joinFrontier, type Frontier } from './pareto'

/** A candidate that was scored on the whole valset. Its number is its place in the pool; the student has 0. */
export interface GepaCandidate {
  readonly candidate: CandidateId
  readonly state: ProgramState
  /** The instruction of each component. */
  readonly texts: readonly string[]
  readonly parents: readonly number[]
  readonly scores: readonly (number | null)[]
  readonly mean: number
}

/** Every accepted candidate, the front of each val row, and which component each candidate's next child rewrites. */
export interface GepaPool {
  readonly frontier: Frontier
  /** Returns the rows whose front changed. */
  add(candidate: Omit<GepaCandidate, 'mean'>): readonly number[]
  at(number: number): GepaCandidate
  has(candidate: CandidateId): boolean
  means(): readonly number[]
  /** The highest mean, the first of equals. */
  best(): GepaCandidate
  lineage(): Lineage
  /** Round robin: the component that is due, as a slice, and one further the next time. A child goes on where the furthest of its parents is. */
  nextComponent(number: number, components: number): readonly [from: number, to: number]
}

export function createGepaPool(): GepaPool {
  const all: GepaCandidate[] = []
  const pointers: number[] = []
  let frontier: Frontier = []
  const at = (number: number): GepaCandidate => {
    const candidate = all[number]
    if (candidate === undefined) throw new Error(`there is no candidate ${number} in a pool of ${all.length}`)
    return candidate
  }
  const means = (): readonly number[] => all.map(one => one.mean)
  return {
    get frontier() {
      return frontier
    },
    add(candidate) {
      const joined = joinFrontier(frontier, all.length, candidate.scores)
      frontier = joined.frontier
      pointers.push(candidate.parents.reduce((furthest, parent) => Math.max(furthest, pointers[parent] ?? 0), 0))
      all.push({ ...candidate, mean: mean(candidate.scores.filter(score => score !== null)) })
      return joined.changed
    },
    at,
    has: id => all.some(one => one.candidate === id),
    means,
    best: () => at(indexOfBest(means())),
    lineage: () => ({
      texts: all.map(one => one.texts),
      parents: all.map(one => one.parents),
      means: means(),
      scores: all.map(one => one.scores),
    }),
    nextComponent(number, components) {
      const due = pointers[number] ?? 0
      pointers[number] = (due + 1) % components
      return [due, due + 1]
    },
  }
}

/** What a screen draws the frontier from: the rows whose front changed, and who is left to choose parents from. */
export function frontierEvent({ frontier, at, means }: GepaPool, valset: readonly Example[], changed: readonly number[]): RunEvent {
  const idOf = (number: number): CandidateId => at(number).candidate
  return {
    type: 'frontier-change',
    rows: changed.flatMap(row => {
      const [example, front] = [valset[row], frontier[row]]
      return example && front ? [{ example: example.id, score: front.score, candidates: front.members.map(idOf) }] : []
    }),
    members: frontierOdds(frontier, means()).map(odds => ({ candidate: idOf(odds.candidate), rows: odds.rows })),
  }
}
